"""The whole way, as a person goes it: an empty canvas, LeNet-5 by mouse and keyboard, training, export."""

from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar, QWidget

from tests.gui.canvas.conftest import Person
from tests.gui.training.test_training import drawn
from workbench.runs import RunStore
from workbench.ui.main_window import MainWindow
from workbench.ui.session import empty_project
from workbench.ui.training.export_dialog import ExportDialog

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
LONG = 240_000


class Draughtsman:
    """Draws in the window, through nothing but its widgets."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.hand = Person(window.canvas)

    def search_and_add(self, word: str) -> None:
        """Tab on the canvas: a layer after the selected one."""
        self.window.canvas.setFocus()
        QTest.keyClick(self.window.canvas, Qt.Key.Key_Tab)
        self.hand.type_in_search(word)

    def add_from_palette(self, label: str) -> None:
        tree = self.window.palette_panel.tree
        item = next(item for item in tree.every_item() if item.text(0) == label)
        tree.scrollToItem(item)
        at = tree.visualItemRect(item).center()
        QTest.mouseClick(tree.viewport(), LEFT, pos=at)
        QTest.mouseDClick(tree.viewport(), LEFT, pos=at)

    def write(self, param: str, *texts: str) -> None:
        """Types into the inspector's editor, or into its parts one after the other."""
        parts = self.window.inspector.form.rows[param].field.parts()
        for part, text in zip(parts, texts, strict=True):
            self._write(part, text)
        QTest.keyClick(parts[-1], Qt.Key.Key_Return)

    @staticmethod
    def _write(part: QWidget, text: str) -> None:
        part.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(part, Qt.Key.Key_A, CONTROL)
        QTest.keyClicks(part, text)

    def draw_lenet(self) -> None:
        self.hand.double_click(QPointF(0, 0))
        self.hand.type_in_search("input")
        self.write("shape", "32x32x1")
        for filters in ("6", "16"):
            self.search_and_add("conv2d")
            self.write("filters", filters)
            self.write("kernel_size", "5", "5")
            self.write("activation", "tanh")
            self.add_from_palette("AveragePooling2D")
        self.search_and_add("flatten")
        for units, activation in (("120", "tanh"), ("84", "tanh"), ("10", "softmax")):
            self.search_and_add("dense")
            self.write("units", units)
            self.write("activation", activation)

    def rewire(self) -> None:
        """Takes the wire out of the second pooling away and draws it again with the mouse."""
        self.window.commands["fit"].trigger()
        pool, flatten = self.hand.port("average_pool_2", "output"), self.hand.port("flatten_1", "input")
        self.hand.click((pool + flatten) / 2)
        QTest.keyClick(self.window.canvas, Qt.Key.Key_Delete)
        assert ("average_pool_2", "flatten_1") not in self.hand.wires()
        self.hand.drag(pool, flatten)
        assert ("average_pool_2", "flatten_1") in self.hand.wires()


def raise_tab(window: MainWindow, title: str) -> None:
    for bar in window.findChildren(QTabBar):
        for index in range(bar.count()):
            if bar.tabText(index) == title:
                QTest.mouseClick(bar, LEFT, pos=bar.tabRect(index).center())
                return
    raise AssertionError(f"no tab {title}")


def export(window: MainWindow, answer, target: Path) -> None:
    def choose(dialog: ExportDialog) -> None:
        dialog.target.selectAll()
        QTest.keyClicks(dialog.target, str(target))
        QTest.mouseClick(dialog.accept_button, LEFT)

    answer(choose)
    QTest.mouseClick(window.training.panel.export_button, LEFT)


def test_lenet_from_an_empty_canvas_to_a_savedmodel(open_window, qtbot, answer, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_RUNS", str(tmp_path / "runs"))
    window = open_window(empty_project(), script="")
    window.resize(1280, 800)
    assert not window.commands["train"].isEnabled()
    draughtsman = Draughtsman(window)
    draughtsman.draw_lenet()
    draughtsman.rewire()
    assert window.status._params.text() == "61,706 parameters"
    assert window.document.analysis.diagnostics == ()

    raise_tab(window, "Training")
    epochs = window.training.panel.form.fields["epochs"].parts()[0]
    draughtsman._write(epochs, "2")
    QTest.keyClick(epochs, Qt.Key.Key_Return)
    QTest.mouseClick(window.training.panel.train_button, LEFT)
    curves = window.training.panel.curves
    both = ("loss", "accuracy")
    qtbot.waitUntil(
        lambda: all(name in curves.by_name and drawn(curves.by_name[name].batch) for name in both), timeout=LONG
    )
    charts = [curves.by_name[name] for name in both]
    assert set(charts) <= set(curves.charts)
    at_first = [chart.grab().toImage() for chart in charts]
    qtbot.waitUntil(lambda: not window.training.busy, timeout=LONG)
    qtbot.waitUntil(lambda: all(len(drawn(chart.train)) == 2 for chart in charts), timeout=LONG)
    for chart, before in zip(charts, at_first, strict=True):
        assert chart.grab().toImage() != before, "the curve did not move"

    qtbot.waitUntil(window.training.panel.export_button.isEnabled, timeout=LONG)
    export(window, answer, tmp_path / "lenet-export")
    qtbot.waitUntil(lambda: window.training.busy, timeout=LONG)
    qtbot.waitUntil(lambda: not window.training.busy, timeout=LONG)
    assert (tmp_path / "lenet-export" / "saved_model.pb").is_file()
    assert len(RunStore(tmp_path / "runs").list()) == 1
