"""Importing a model as a person does it: chosen or dropped, undone questions, failures in one line."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton

from workbench.graph import Node, NodeId, edits
from workbench.project import load_project
from workbench.project.weight_matching import layers_with_weights
from workbench.project.weights import read_weights, shared_store, store_of
from workbench.ui.notices import Level

LEFT = Qt.MouseButton.LeftButton
MODEL = """
    import keras
    keras.utils.set_random_seed(3)
    image = keras.Input((16, 16, 3), name="image")
    x = keras.layers.Conv2D(8, 3, padding="same", name="first")(image)
    for number in range(3):
        y = keras.layers.Conv2D(8, 3, padding="same", name=f"part{number}_conv")(x)
        y = keras.layers.BatchNormalization(name=f"part{number}_norm")(y)
        y = keras.layers.ReLU(name=f"part{number}_relu")(y)
        x = keras.layers.Add(name=f"part{number}_add")([x, y])
    x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
    x = keras.layers.Dense(4, activation="softmax", name="head")(x)
    keras.Model(image, x, name="thing").save("thing.keras")
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """A file that Keras saved, in a process of its own: the window's stays without TensorFlow."""
    folder = tmp_path_factory.mktemp("models")
    subprocess.run([sys.executable, "-c", textwrap.dedent(MODEL)], cwd=folder, check=True, capture_output=True)
    return folder / "thing.keras"


def drop(window, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    arguments = (Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
    entering = QDragEnterEvent(QPoint(500, 400), *arguments)
    QApplication.sendEvent(window, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(500, 400), *arguments))


def imported(window, qtbot) -> None:
    qtbot.waitUntil(lambda: window.document.title == "thing", timeout=20_000)


def choose(monkeypatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))


def test_by_its_key_to_a_saved_project_with_weights(window, qtbot, monkeypatch, model, tmp_path):
    choose(monkeypatch, model)
    QTest.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    imported(window, qtbot)
    names = [node.name for node in window.document.graph]
    assert len(names) == 16
    assert {"image", "part2_add", "head"} <= set(names)
    assert window.document.modified
    assert window.document.path is None
    assert window.document.graph_analysis.totals.params == 8 * 27 + 8 + 3 * (8 * 72 + 8 + 32) + 36
    told, _ = window.board.notices  # the other one offers blocks
    assert told.level is Level.OK
    assert told.message == "Imported thing: 16 nodes, 2,108 parameters, 22 arrays of weights."
    assert window.document.project.weights.file.parent == shared_store()
    file = tmp_path / "mine.workbench"
    assert window.session.save_to(file)
    weights = load_project(file).project.weights
    assert weights.file.parent == store_of(file)
    assert len(read_weights(weights.file)) == 22


def test_the_whole_network_is_in_sight(window, qtbot, model):
    drop(window, model)
    imported(window, qtbot)
    seen = window.canvas.mapToScene(window.canvas.viewport().rect()).boundingRect()
    assert all(seen.contains(QPointF(*node.position)) for node in window.document.graph)


def test_it_asks_before_changes_are_lost(window, qtbot, model, answer):
    window.document.edit(edits.Add((Node(NodeId("mine"), "keras.layers.ReLU", "mine"),)))
    asked = []

    def keep(box: QMessageBox) -> None:
        asked.append(box.text())
        QTest.mouseClick(box.button(QMessageBox.StandardButton.Cancel), LEFT)

    answer(keep)
    drop(window, model)
    qtbot.waitUntil(lambda: bool(asked), timeout=20_000)
    assert "mine" in [node.name for node in window.document.graph]
    assert window.document.title != "thing"


def test_what_is_no_model_is_told_in_one_line_and_nothing_changes(window, qtbot, monkeypatch, tmp_path):
    before = window.document.project
    bad = tmp_path / "bad.keras"
    bad.write_bytes(b"PK\x03\x04 and then nothing")
    choose(monkeypatch, bad)
    window.commands["import-model"].trigger()
    qtbot.waitUntil(lambda: bool(window.board.notices), timeout=20_000)
    (told,) = window.board.notices
    assert told.level is Level.ERROR
    assert told.message.startswith(f"Cannot import {bad}: Expected a whole .keras archive")
    assert "\n" not in told.message
    assert window.document.project is before


def test_reading_can_be_cancelled(window, qtbot, monkeypatch, model):
    import threading

    from workbench.importing import import_model, report

    held = threading.Event()

    def slow(path, with_weights, progress, cancel, *_):
        progress(1, 4, "Reading weights")
        assert cancel.wait(20)
        held.set()
        return import_model(path, with_weights, progress, cancel)

    monkeypatch.setattr(report, "import_model", slow)
    before = window.document.project
    drop(window, model)
    qtbot.waitUntil(lambda: _cancel_button(window) is not None, timeout=5_000)
    QTest.mouseClick(_cancel_button(window), LEFT)
    assert held.wait(20)
    assert not window.models.work.runs
    assert window.document.project is before
    assert not window.board.notices


def _cancel_button(window):
    from workbench.ui.background import BackgroundBar

    bars = [bar for bar in window.status.findChildren(BackgroundBar) if bar.isVisible()]
    return bars[0].cancel if bars else None


def test_repeated_parts_are_offered_and_folded_in_one_step(window, qtbot, model):
    drop(window, model)
    imported(window, qtbot)
    before = window.document.project.weights
    (button,) = (b for b in window.board.findChildren(QPushButton) if b.text().startswith("Fold "))
    assert button.text() == "Fold 3 repeated parts into 1 block"
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: bool(window.document.project.blocks), timeout=20_000)
    (block,) = window.document.project.blocks
    (instance,) = (node for node in window.document.graph if node.type == block)
    assert instance.params["repeat"] == 3
    keys = read_weights(window.document.project.weights)
    wanted = [key for layer in layers_with_weights(window.document.project) for key in layer.wanted]
    assert f"{instance.id}/2/part0_conv:000.kernel" in wanted
    assert len(wanted) == 22
    assert set(wanted) <= set(keys)
    errors = {problem.code for problem in window.document.graph_analysis.diagnostics if problem.severity == "error"}
    assert errors <= {"output.classes"}  # the bundled digits have ten, until other data are chosen
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not window.document.project.blocks
    assert window.document.project.weights == before
    assert len(window.document.graph) == 16


def test_what_does_not_repeat_says_so(open_window):
    window = open_window()
    window.commands["fold-repeats"].trigger()
    (told,) = window.board.notices
    assert told.message == "No part of this network is drawn twice."


def texts(window) -> list[str]:
    return [notice.message for notice in window.board.notices]


def test_a_network_of_keras_comes_with_its_preprocessing(open_window, model, monkeypatch, qtbot, answer):
    monkeypatch.setenv("APPLICATION_MODEL", str(model))
    window = open_window()

    def act(dialog) -> None:
        assert dialog.network == "ResNet50"
        QTest.keyClicks(dialog.search, "mobilenet v2")
        assert dialog.network == "MobileNetV2"
        QTest.keyClicks(dialog.search, "nothing of the kind")
        assert not dialog.network
        QTest.keyClick(dialog.search, Qt.Key.Key_Return)
        assert dialog.isVisible()
        dialog.search.clear()
        QTest.keyClicks(dialog.search, "mobilenetv2")
        dialog.source.setFocus()
        QTest.keyClick(dialog.source, Qt.Key.Key_End)
        assert dialog.source.currentText() == "Random"
        QTest.keyClick(dialog.list, Qt.Key.Key_Return)

    answer(act)
    window.commands["import-network"].trigger()
    qtbot.waitUntil(lambda: window.document.title == "MobileNetV2", timeout=20_000)
    graph = window.document.graph
    between = graph.node(graph.find_name("preprocessing"))
    assert between.params == {"scale": 2.0, "offset": -1.0}
    assert [wire.target for wire in graph.wires_from(graph.find_name("image"))] == [between.id]
    assert [wire.target for wire in graph.wires_from(between.id)] == [graph.find_name("first")]
    assert window.document.project.weights is not None


def test_weights_of_keras_that_cannot_be_had_are_one_notice(open_window, qtbot):
    window = open_window()
    before = window.document.project
    window.networks.make("ResNet50", "imagenet")
    qtbot.waitUntil(lambda: any("no file in the cache" in text for text in texts(window)), timeout=20_000)
    assert window.document.project is before


def test_a_network_waits_for_what_runs(open_window, qtbot):
    window = open_window(script="endless")
    window.commands["train"].trigger()
    qtbot.waitUntil(lambda: window.training.session.job is not None, timeout=20_000)
    window.networks.make("ResNet50", "")
    assert any("once what runs now has ended" in text for text in texts(window))
