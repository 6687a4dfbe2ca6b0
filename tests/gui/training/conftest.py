import pytest
from PySide6.QtWidgets import QMainWindow

from tests.gui.training.scripted_engine import ScriptedEngine
from workbench.templates import get_template
from workbench.ui.document import Document
from workbench.ui.preferences import Preferences
from workbench.ui.theme import Theme, ThemeChoice
from workbench.ui.training import TrainingController


class Bench:
    """The training part of the window, as the shell composes it, with a scripted engine."""

    def __init__(self, qtbot, script):
        self.qtbot = qtbot
        self.window = QMainWindow()
        self.document = Document(get_template("lenet5").build())
        self.theme = Theme(ThemeChoice.LIGHT, self.window)
        self.preferences = Preferences(self.window)
        self.training = TrainingController(
            self.document, self.theme, self.preferences, self.window, lambda on_line: self._engine(script, on_line)
        )
        self.notices = []
        self.training.noticed.connect(self.notices.append)
        self.window.setCentralWidget(self.training.panel)
        self.window.statusBar().addPermanentWidget(self.training.progress)
        self.window.resize(1280, 320)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)

    def _engine(self, script, on_line):
        self.engine = ScriptedEngine(script, on_line)
        return self.engine

    @property
    def panel(self):
        return self.training.panel

    @property
    def headline(self):
        return f"{self.panel.headline.text.text()}\n{self.panel.headline.hint.text()}"

    @property
    def listed(self):
        """Name and status of the listed runs."""
        table = self.panel.runs_list.table
        items = [table.topLevelItem(index) for index in range(table.topLevelItemCount())]
        return [(item.text(0), item.text(1)) for item in items]

    def wait(self, condition, seconds=10):
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=seconds * 1000)

    def wait_for(self, words):
        """Until the headline holds the words."""
        self.wait(lambda: words in self.headline)

    def close(self):
        self.training.close()
        self.window.close()
        self.window.deleteLater()
        self.document.close()


@pytest.fixture
def bench(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_RUNS", str(tmp_path / "runs"))
    made = []

    def make(script="quick"):
        made.append(Bench(qtbot, script))
        return made[-1]

    yield make
    for bench in made:
        bench.close()
