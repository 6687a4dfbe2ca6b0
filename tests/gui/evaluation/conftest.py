import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.evaluation.scripted_engine import ScriptedEngine
from workbench.data.sources.digits import read_digits
from workbench.runs import Checkpoint, RunStatus, RunStore
from workbench.templates import get_template
from workbench.ui.document import Document
from workbench.ui.main_window import MainWindow
from workbench.ui.preferences import Preferences
from workbench.ui.theme import Theme

LEFT = Qt.MouseButton.LeftButton


class Bench:
    """The whole window with two runs in its store and the Evaluation panel in front."""

    def __init__(self, qtbot, script, runs=2):
        self.qtbot = qtbot
        self.script = script
        preferences = Preferences()
        theme = Theme(preferences.theme)
        document = Document(get_template("lenet5").build())
        self.window = MainWindow(document, preferences, theme, self._make)
        for part in (preferences, theme, document):
            part.setParent(self.window)
        with qtbot.waitSignal(self.window.painted):
            self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.window.show_panel("evaluation")
        self.panel = self.window.evaluation
        self.wait(lambda: self.panel.setup.table.topLevelItemCount() == runs)

    def _make(self, on_line):
        self.engine = ScriptedEngine(self.script, on_line)
        return self.engine

    def wait(self, condition, seconds=15):
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=seconds * 1000)

    def click(self, widget, place=None):
        QTest.mouseClick(widget, LEFT, pos=place or widget.rect().center())

    def evaluate(self):
        self.click(self.panel.setup.evaluate)
        self.wait(lambda: self.panel.results is not None and self.panel.setup.evaluate.isEnabled())

    def pick_cell(self, true, guess):
        matrix = self.panel.confusion.matrix
        self.click(matrix, matrix.rect_of(true, guess).center())

    def pick_image(self, row=0):
        grid = self.panel.confusion.grid
        index = grid.model().index(row, 0)
        self.wait(lambda: grid.visualRect(index).isValid())
        self.click(grid.viewport(), grid.visualRect(index).center())

    def tab(self, title):
        tabs = self.panel._tabs
        index = next(number for number in range(tabs.count()) if tabs.tabText(number) == title)
        self.click(tabs.tabBar(), tabs.tabBar().tabRect(index).center())

    @property
    def shown(self):
        return self.panel._tabs.tabText(self.panel._tabs.currentIndex())

    def close(self):
        self.window.document.history.mark_saved()
        self.window.close()
        self.window.deleteLater()


@pytest.fixture
def bench(qtbot, tmp_path, monkeypatch):
    root = tmp_path / "runs"
    monkeypatch.setenv("WORKBENCH_RUNS", str(root))
    for name in ("older", "newer"):
        with RunStore(root).create(name, "{}", 0, epochs_planned=2) as run:
            run.save_best(Checkpoint({}))
            run.finish(RunStatus.FINISHED, best={"val_accuracy": 0.9}, epochs=2)
    made = []

    def make(script="quick"):
        made.append(Bench(qtbot, script))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def images(tmp_path):
    """A folder with three digits and a file that is no image."""
    folder = tmp_path / "images"
    folder.mkdir()
    for index in range(3):
        pixels = read_digits().read(index).astype("uint8")[..., 0]
        Image.fromarray(pixels).save(folder / f"digit{index}.png")
    (folder / "broken.png").write_text("")
    return folder
