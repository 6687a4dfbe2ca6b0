"""Training as the rest of the window sees it: widgets to place, actions to show, and what the status bar says.

The window does this:

    training = TrainingController(document, theme, preferences, self)
    dock.setWidget(training.panel); other_dock.setWidget(training.console)
    statusBar().addPermanentWidget(training.progress)      # hides itself while nothing runs
    menu.addAction(training.train_action)                  # and stop_action, export_action; they enable themselves
    training.state_changed.connect(...)                    # read device_text, device_details, busy
    training.noticed.connect(board.post)                   # notices: an engine that died, an export that failed
    training.withdrawn.connect(board.withdraw)
    training.warm_up()                                     # once, after the first frame
    training.close()                                       # when the window closes: waits for the engine's end
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget

from workbench import locations
from workbench.jobs import EngineProcess
from workbench.project.file import dumps
from workbench.ui import icons
from workbench.ui.document import Document
from workbench.ui.notices import Level, Notice
from workbench.ui.preferences import Preferences
from workbench.ui.run_store import RunStoreModel
from workbench.ui.theme import Theme
from workbench.ui.training import wording
from workbench.ui.training.console import Console
from workbench.ui.training.engine_thread import MakeEngine
from workbench.ui.training.export_dialog import ExportDialog
from workbench.ui.training.panel import TrainingPanel
from workbench.ui.training.progress import JobProgress, stop_help
from workbench.ui.training.recent_runs import RecentRuns, RunRow
from workbench.ui.training.session import EngineSession, EngineState, Outcome

_TOPIC = "training"


class TrainingController(QObject):
    """Owns the engine's session and everything that shows it."""

    state_changed = Signal()
    """`device_text`, `busy` or an action's state may be another; at most about twenty times a second."""
    noticed = Signal(object)
    """A `notices.Notice` for the whole window."""
    withdrawn = Signal(str)
    """The topic of notices that are over: another job began."""

    def __init__(
        self,
        document: Document,
        theme: Theme,
        preferences: Preferences,
        parent: QWidget | None = None,
        make_engine: MakeEngine | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._preferences = preferences
        self.session = EngineSession(make_engine or _engine, self)
        self.store = RunStoreModel(preferences, self)
        self.runs = RecentRuns(self.store, self)
        self.train_action = self._action("train", "&Train", "Ctrl+R", self.train)
        self.stop_action = self._action("stop", "&Stop", "Ctrl+.", self.stop)
        self.export_action = self._action("export", "&SavedModel…", "Ctrl+E", self.export)
        self.panel = TrainingPanel(document, theme, self.session, self.runs, parent)
        self.panel.use(self.train_action, self.stop_action, self.export_action)
        self.console = Console(theme, parent)
        self.progress = JobProgress(self.session, parent)
        self._follow()
        self._refresh()

    @property
    def busy(self) -> bool:
        """Whether a training or an export runs."""
        return self.session.job is not None

    @property
    def can_train(self) -> bool:
        """Whether `train` would do something: nothing runs, and the network is whole."""
        return not self.busy and not self._document.analysis.errors

    @property
    def can_export(self) -> bool:
        """Whether there is a run to export and nothing runs."""
        return not self.busy and bool(self.runs.exportable)

    @property
    def device_text(self) -> str:
        """Where training happens, in a few words."""
        ready = self.session.ready
        if ready is not None and self.session.state is EngineState.READY:
            return wording.device(ready, self._preferences.device)
        return _WITHOUT_DEVICE[self.session.state]

    @property
    def device_details(self) -> str:
        """The devices, or why there is none and what to do: a tool tip, or the text behind "why?"."""
        ready, outcome = self.session.ready, self.session.outcome
        if ready is not None and self.session.state is EngineState.READY:
            return wording.device_details(ready)
        return f"{outcome.text}\n{outcome.hint}".strip() if outcome else ""

    def warm_up(self) -> None:
        """Starts the engine and what drawing curves needs. Call it when the window has been painted."""
        self.panel.curves.load()
        self.session.warm_up()
        self.store.refresh()

    def train(self) -> None:
        """Trains the document as it stands; does nothing where it cannot."""
        if not self.can_train:
            return
        _finish_writing()
        text = dumps(self._document.project).decode()
        preferences = self._preferences
        self.session.train(text, preferences.runs_folder, self._document.title, preferences.device)

    def stop(self) -> None:
        """Stops the job that runs and keeps its run; asked again, ends the engine at once."""
        self.session.stop()

    def export(self) -> None:
        """Asks which run goes where, and begins the export."""
        if not self.can_export:
            return
        self._ask_export(self.runs.exportable, self.runs.selected)

    def export_run(self, folder: Path) -> None:
        """The same with this run chosen, however old it is."""
        row = self.runs.row_of(folder)
        if row is not None and row.exportable and not self.busy:
            others = tuple(other for other in self.runs.exportable if other.folder != folder)
            self._ask_export((row, *others), folder)

    def close(self) -> None:
        """Ends the engine, keeping the run of a training; returns when process and threads are gone."""
        self.panel.curves.finish()
        self.store.close()
        self.session.close()

    def _ask_export(self, choices: Sequence[RunRow], selected: Path | None) -> None:
        dialog = ExportDialog(choices, selected, self._export_folder(), self.panel.window())
        dialog.chosen.connect(self._export)
        dialog.open()

    def _export(self, run: Path, target: Path, weights: str) -> None:
        self.session.export(run, target, weights, self._preferences.device)

    def _export_folder(self) -> Path:
        path = self._document.path
        return path.parent if path else Path.home()

    def _action(self, name: str, text: str, shortcut: str, act: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.setObjectName(name)
        action.setShortcut(shortcut)
        action.triggered.connect(lambda: act())
        return action

    def _follow(self) -> None:
        self.session.changed.connect(self._refresh)
        self.session.run_changed.connect(self.store.refresh)
        self.session.logged.connect(self.console.add)
        self.session.concluded.connect(self._tell)
        self.session.begun.connect(lambda: self.withdrawn.emit(_TOPIC))
        self.runs.changed.connect(self._refresh)
        self._document.analysed.connect(self._refresh)
        self._document.replaced.connect(self._refresh)
        self._preferences.changed.connect(self._on_preference)
        self._theme.changed.connect(self._paint)
        self._paint()

    def _on_preference(self, name: str) -> None:
        if name == "runs_folder":
            self.store.refresh()
        self._refresh()

    def _refresh(self) -> None:
        errors = self._document.analysis.errors
        job = self.session.job
        self.train_action.setEnabled(self.can_train)
        blocked = wording.blocked(self._document.project, errors)
        self.train_action.setToolTip(f"Training waits until the network is whole:\n{blocked}" if errors else _TRAIN)
        self.stop_action.setEnabled(job is not None)
        self.stop_action.setText("End &now" if job and job.stopping else "&Stop")
        self.stop_action.setToolTip(stop_help(job) if job else "Nothing runs")
        self.export_action.setEnabled(self.can_export)
        self.export_action.setToolTip(_EXPORT if self.can_export or job else "Train first: there is no run to export")
        self.state_changed.emit()

    def _tell(self, outcome: Outcome) -> None:
        if outcome.level in (Level.ERROR, Level.WARNING):
            text = f"{outcome.text} {outcome.hint}".strip()
            self.noticed.emit(Notice(outcome.level, text, outcome.detail, topic=_TOPIC))

    def _paint(self) -> None:
        for action in (self.train_action, self.stop_action, self.export_action):
            action.setIcon(icons.icon(action.objectName(), self._theme))


def _engine(on_line: Callable[[str], None]) -> EngineProcess:
    return EngineProcess(locations.user_data() / "engine.log", on_line=on_line)


def _finish_writing() -> None:
    """Takes what is being written in a field into the document: a key or the toolbar leaves the keyboard there."""
    if (writing := QApplication.focusWidget()) is not None:
        writing.clearFocus()
        writing.setFocus()


_TRAIN = "Train the network on this computer (Ctrl+R)"
_EXPORT = "Write a trained run as a TensorFlow SavedModel (Ctrl+E)"
_WITHOUT_DEVICE = {
    EngineState.OFF: "Engine not started",
    EngineState.STARTING: "Engine starting…",
    EngineState.READY: "",
    EngineState.UNAVAILABLE: "No TensorFlow: why?",
    EngineState.DIED: "Engine stopped",
}
