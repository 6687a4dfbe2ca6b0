"""A person at the whole window: from an empty canvas to a SavedModel, by mouse and keyboard."""

import json
from itertools import pairwise

import pytest

pytest.importorskip("PySide6.QtWidgets", reason="Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox

from tests.gui.canvas.conftest import Person
from workbench.runs import RunStore
from workbench.ui.document import Document
from workbench.ui.main_window import MainWindow
from workbench.ui.preferences import Preferences
from workbench.ui.session import empty_project
from workbench.ui.theme import Theme, ThemeChoice
from workbench.ui.training.export_dialog import ExportDialog

pytestmark = pytest.mark.gui

LEFT = Qt.MouseButton.LeftButton
PATIENCE = 120_000
LAYERS = (
    ("input", "Input", {"shape": "32x32x1"}),
    ("c1", "Conv2D", {"filters": "6", "kernel_size": "5 5", "activation": "tanh"}),
    ("s2", "AveragePooling2D", {}),
    ("c3", "Conv2D", {"filters": "16", "kernel_size": "5 5", "activation": "tanh"}),
    ("s4", "AveragePooling2D", {}),
    ("flatten", "Flatten", {}),
    ("c5", "Dense", {"units": "120", "activation": "tanh"}),
    ("f6", "Dense", {"units": "84", "activation": "tanh"}),
    ("output", "Dense", {"units": "10", "activation": "softmax"}),
)
"""LeNet-5: name, what is searched, and what is written in the inspector."""
COLUMNS, ACROSS, DOWN = 3, 240.0, 140.0


@pytest.fixture
def window(qtbot, tmp_path, monkeypatch):
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "WORKBENCH_RUNS"):
        monkeypatch.setenv(name, str(tmp_path / name))
    window = MainWindow(Document(empty_project()), Preferences(), Theme(ThemeChoice.LIGHT))
    window.resize(1600, 1000)
    for part in (window.document, window.preferences, window.theme):
        part.setParent(window)
    with qtbot.waitSignal(window.painted):
        window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield window
    window.document.history.mark_saved()
    window.close()
    window.deleteLater()


def replace_text(line, text):
    """Clicks into a line, replaces what is there, presses Return."""
    QTest.mouseClick(line, LEFT)
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def write_parameter(window, name, text):
    """A text into each of the parameter's lines."""
    parts = window.inspector.form.rows[name].field.parts()
    for part, word in zip(parts, text.split(), strict=True):
        replace_text(part.lineEdit() if isinstance(part, QComboBox) else part, word)


def draw(window, person):
    """Every layer by double-click search, named and set in the inspector, then wired by dragging."""
    for number, (name, search, parameters) in enumerate(LAYERS):
        row, column = divmod(number, COLUMNS)
        person.double_click(((column - 1) * ACROSS, (row - 1) * DOWN))
        person.type_in_search(search)
        replace_text(window.inspector.header.name, name)
        for parameter, text in parameters.items():
            write_parameter(window, parameter, text)
    for (source, *_), (target, *_) in pairwise(LAYERS):
        person.drag(person.port(source, "output"), person.port(target, "input"))


def test_from_an_empty_canvas_to_a_saved_model(window, qtbot, tmp_path):
    panel = window.training.panel
    assert not panel.train_button.isEnabled()
    draw(window, Person(window.canvas))
    assert window.document.analysis.errors == ()
    assert window.document.graph_analysis.totals.params == 61_706

    replace_text(panel.form.fields["epochs"].line, "2")
    QTest.mouseClick(panel.train_button, LEFT)
    curves = panel.curves
    qtbot.waitUntil(lambda: "loss" in curves.history.batch, timeout=PATIENCE)
    seen = list(curves.history.batch["loss"].y)
    qtbot.waitUntil(lambda: "Trained 2 epochs" in panel.headline.text.text(), timeout=PATIENCE)
    assert len(curves.history.batch["loss"].y) > len(seen)
    qtbot.waitUntil(lambda: all(len(drawn(chart.held_out)) == 2 for chart in curves.charts))
    for chart in curves.charts:
        assert len(drawn(chart.train)) == 2
        assert len(set(drawn(chart.held_out))) == 2
    assert "Best held-out accuracy" in panel.headline.text.text()
    qtbot.waitUntil(panel.export_button.isEnabled)

    QTest.mouseClick(panel.export_button, LEFT)
    dialog = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ExportDialog))
    replace_text(dialog.target, str(tmp_path / "lenet5"))
    qtbot.waitUntil(lambda: "largest difference" in panel.headline.text.text(), timeout=PATIENCE)
    assert (tmp_path / "lenet5" / "saved_model.pb").is_file()
    run = RunStore(window.preferences.runs_folder).resolve("latest")
    assert run.status == "finished"
    drawn_names = {node["name"] for node in json.loads(run.project_file.read_text())["graphs"]["model"]["nodes"]}
    assert drawn_names == {name for name, *_ in LAYERS}


def drawn(item):
    """The points of a line that pyqtgraph draws."""
    x, y = item.getOriginalDataset()
    return [] if x is None else list(zip(x, y, strict=True))
