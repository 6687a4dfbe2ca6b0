"""Normalising, exporting and cancelling."""

import threading

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from workbench.data.sources import open_source
from workbench.project.normalisation import present
from workbench.ui.background import Background, BackgroundBar
from workbench.ui.panels.dataset.opening import State


def messages(window):
    return [notice.message for notice in window.board.notices]


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_normalising_puts_what_is_measured_of_framed_training_images_behind_the_input(window, panel, qtbot):
    click(qtbot, panel.buttons.normalise)
    graph = window.document.graph
    qtbot.waitUntil(lambda: present(graph) is not None)
    split, source = panel.dataset.samples.division.split, panel.dataset.samples.source
    cv2 = pytest.importorskip("cv2")
    images = [cv2.resize(source.read(int(i)), (32, 32), interpolation=cv2.INTER_LINEAR) for i in split.training]
    pixels = np.stack(images).astype(np.float64) / 255
    node = present(graph)
    assert node.params["mean"] == pytest.approx([pixels.mean()], rel=1e-5)
    assert node.params["variance"] == pytest.approx([pixels.var()], rel=1e-4)
    assert not window.document.analysis.errors
    assert "part of every export" in messages(window)[-1]
    assert panel.buttons.normalise.text() == "Measure normalisation anew"
    window.document.undo()
    assert present(graph) is None
    assert panel.buttons.normalise.text() == "Normalise in the network"


def test_the_numbers_are_in_the_range_of_values_in_use(window, panel, qtbot):
    graph = window.document.graph
    click(qtbot, panel.buttons.normalise)
    qtbot.waitUntil(lambda: present(graph) is not None)
    mean = present(graph).params["mean"][0]
    combo = panel.settings.fields["value_range"].combo
    combo.setCurrentIndex(1)
    combo.activated.emit(1)
    assert window.document.project.dataset.value_range == "-1..1"
    click(qtbot, panel.buttons.normalise)
    qtbot.waitUntil(lambda: present(graph).params["mean"][0] != mean)
    assert present(graph).params["mean"][0] == pytest.approx(2 * mean - 1, rel=1e-5)


def test_two_inputs_are_told_and_nothing_changes(window, panel, qtbot):
    window.canvas.add_layer("input")
    steps = window.document.history.undo_label
    click(qtbot, panel.buttons.normalise)
    assert "Received: 2" in messages(window)[-1]
    assert window.document.history.undo_label == steps


def test_an_export_opens_as_the_same_dataset(window, panel, type_spec, images, tmp_path, qtbot, monkeypatch):
    type_spec(images)
    folder = tmp_path / "exported"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(folder), ""))
    click(qtbot, panel.buttons.export)
    qtbot.waitUntil(lambda: "13 images exported" in "".join(messages(window)))
    before, after = open_source(str(images)), open_source(str(folder))
    assert after.keys == before.keys
    assert all(np.array_equal(before.read(i), after.read(i)) for i in range(13))
    assert panel.buttons.export.isEnabled()


def test_an_export_into_a_folder_that_holds_something_is_refused(window, panel, type_spec, images, qtbot, monkeypatch):
    type_spec(images)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(images), ""))
    click(qtbot, panel.buttons.export)
    qtbot.waitUntil(lambda: len(messages(window)) == 1)
    assert messages(window)[0].startswith(str(images))


def test_balanced_class_weights_are_a_setting_of_the_training(window, panel):
    combo = panel.settings.fields["class_weights"].combo
    combo.setCurrentIndex(1)
    combo.activated.emit(1)
    assert window.document.project.training.class_weights == "balanced"
    assert panel.dataset.state is State.OPEN
    window.document.undo()
    assert window.document.project.training.class_weights == "none"
    assert combo.currentText() == "none"


class Slow:
    """Work that waits until it is let go, or cancelled."""

    def __init__(self):
        self.go = threading.Event()
        self.ended = threading.Event()

    def __call__(self, report, cancel):
        done = 0
        while not self.go.wait(0.002) and not cancel.is_set():
            done += 1
            report(done, 1000, "Counting")
        self.ended.set()
        return "counted"


@pytest.fixture
def background(qapp):
    work = Background()
    yield work
    work.close()
    work.deleteLater()


def never():
    return ()


def test_progress_is_shown_with_a_cancel_that_ends_the_thread(background, qtbot):
    bar = BackgroundBar(background)
    qtbot.addWidget(bar)
    slow, answers = Slow(), []
    background.done.connect(answers.append)
    background.start("Beginning", slow, never)
    qtbot.waitUntil(lambda: bar.isVisible() and "Counting" in bar.text.text() and "of 1,000" in bar.text.text())
    qtbot.waitUntil(lambda: "left" in bar.text.text(), timeout=5000)
    with qtbot.waitSignal(background.cancelled):
        click(qtbot, bar.cancel)
    assert not background.runs
    assert bar.isHidden()
    assert slow.ended.wait(5)
    qtbot.wait(50)
    assert answers == []


def test_newer_work_takes_the_place_of_older(background, qtbot):
    first, answers = Slow(), []
    background.done.connect(answers.append)
    background.start("One", first, never)
    background.start("Two", lambda report, cancel: "two", never)
    qtbot.waitUntil(lambda: answers == ["two"])
    assert first.ended.is_set()


def test_an_expected_error_is_told_and_another_is_a_fault(background, qtbot):
    def fails(report, cancel):
        raise KeyError("missing")

    with qtbot.waitSignal(background.failed) as told:
        background.start("One", fails, lambda: (KeyError,))
    assert told.args == ["'missing'"]
    with qtbot.captureExceptions() as raised:
        background.start("Two", fails, never)
        qtbot.waitUntil(lambda: len(raised) == 1)
    assert raised[0][0] is KeyError
