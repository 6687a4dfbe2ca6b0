"""Training as the rest of the window sees it: widgets to place, actions to show, and what the status bar says.

The window does this:

    training = TrainingController(document, theme, preferences, self)
    dock.setWidget(training.panel); other_dock.setWidget(training.console)
    statusBar().addPermanentWidget(training.progress)      # hides itself while nothing runs
    menu.addAction(training.actions["train"])              # and the others of `job_actions`; they enable themselves
    training.state_changed.connect(...)                    # read device_text, device_details, busy
    training.noticed.connect(board.post)                   # notices: an engine that died, an export that failed
    training.withdrawn.connect(board.withdraw)
    training.layer_asked.connect(...)                      # the path of a layer to show on the canvas
    training.show_on(canvas)                               # node states while training
    training.warm_up()                                     # once, after the first frame
    training.close()                                       # when the window closes: waits for the engine's end

Other panels give the engine jobs of their own with `training.session.begin(command)` and hear `session.answered`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from workbench import locations
from workbench.jobs import EngineProcess
from workbench.project import SetTraining, assign, is_adversarial
from workbench.project.file import dumps
from workbench.protocol import (
    AnyCommand,
    AnyEvent,
    Device,
    FindBatchSize,
    FindLearningRate,
    LayerAlarm,
    OverfitBatch,
    Train,
    TrainingAlarm,
)
from workbench.ui.canvas import CanvasView
from workbench.ui.document import Document
from workbench.ui.fields import finish_writing
from workbench.ui.folders import open_folder
from workbench.ui.notices import Level, Notice
from workbench.ui.preferences import Preferences
from workbench.ui.run_store import RunStoreModel
from workbench.ui.theme import Theme
from workbench.ui.training import wording
from workbench.ui.training.branch_dialog import BranchDialog, EpochsDialog
from workbench.ui.training.canvas_states import CanvasStates
from workbench.ui.training.console import Console
from workbench.ui.training.engine_thread import MakeEngine
from workbench.ui.training.exports import Exports
from workbench.ui.training.job_actions import JobActions
from workbench.ui.training.outcomes import Outcome
from workbench.ui.training.panel import TrainingPanel
from workbench.ui.training.progress import JobProgress
from workbench.ui.training.recent_runs import RecentRuns, RunRow
from workbench.ui.training.session import EngineSession, EngineState
from workbench.ui.training.shown_run import ShownRun

_TOPIC = "training"
_ALARM = "layer"
_QUIET_MS = 250


class TrainingController(QObject):
    """Owns the engine's session and everything that shows it."""

    state_changed = Signal()
    """`device_text`, `busy` or an action's state may be another; at most about twenty times a second."""
    noticed = Signal(object)
    """A `notices.Notice` for the whole window."""
    withdrawn = Signal(str)
    """The topic of notices that are over: another job began."""
    layer_asked = Signal(str)
    """The path of a layer's primitive (the drawn node's id before the first slash): show it on the canvas."""

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
        self._preferences = preferences
        self._canvas: CanvasStates | None = None
        self.session = EngineSession(make_engine or _engine, self)
        self.store = RunStoreModel(preferences, self)
        self.runs = RecentRuns(self.store, self)
        self.actions = JobActions(self, theme)
        self.panel = TrainingPanel(document, theme, self.session, self.runs, parent)
        self.exports = Exports(document, preferences, self.session, self.runs, self.panel.window)
        self.shown = ShownRun(document, self.session, self.runs, self.store, self.panel)
        self.console = Console(theme, parent)
        self.progress = JobProgress(self.session, parent)
        self._later = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._later.timeout.connect(self._refresh_now)
        self._refresh()
        self.panel.use(self.actions)
        self._follow()

    # -- what is so
    @property
    def busy(self) -> bool:
        """Whether a job of any kind runs."""
        return self.session.job is not None

    @property
    def blocked(self) -> str:
        """Why the network cannot be trained as it is drawn, or ""."""
        return wording.blocked(self._document.project, self._document.analysis.errors)

    @property
    def lacks_data(self) -> str:
        """Why there is nothing to train on, or ""."""
        return wording.without_data(self._document.project)

    @property
    def can_train(self) -> bool:
        """Whether `train` would do something: nothing runs, the network is whole, and there are data."""
        return not self.busy and not self._document.analysis.errors and not self.lacks_data

    @property
    def can_try(self) -> bool:
        """Whether a trial would do something: they are for one network with one loss."""
        return self.can_train and not self.adversarial

    @property
    def adversarial(self) -> bool:
        """Whether the project is a GAN."""
        return is_adversarial(self._document.project)

    @property
    def resumable(self) -> RunRow | None:
        """The run that `resume` goes on with, of those that can be: the selected one, else the project's newest."""
        selected = [row for row in self.runs.resumable if row.folder == self.runs.selected]
        return selected[0] if selected else self.runs.resumable_of(self._document.title)

    @property
    def device_text(self) -> str:
        """Where training happens, in a few words."""
        ready = self.session.ready
        if ready is not None and self.session.state is EngineState.READY:
            return wording.device(ready, self._preferences.device)
        return _WITHOUT_DEVICE[self.session.state]

    @property
    def device(self) -> Device | None:
        """The device that training would use; None while the engine has not said which there are."""
        ready = self.session.ready
        return None if ready is None else wording.chosen_device(ready, self._preferences.device)

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

    def show_on(self, canvas: CanvasView) -> None:
        """Shows on the canvas how far the training is, and how each layer does."""
        self._canvas = CanvasStates(self._document, self.session, canvas, self)

    # -- training
    def train(self) -> None:
        """Trains the document as it stands; does nothing where it cannot."""
        if self.can_train:
            runs, name = str(self._preferences.runs_folder), self._document.title
            self.session.begin(
                Train(project=self._text(), runs=runs, name=name, device=self._device, weights=self._weights)
            )

    def resume(self, run: Path | None = None) -> None:
        """Goes on with a run (a folder) after its last whole epoch; without one, with `resumable`."""
        row = self.resumable
        folder = run or (row.folder if row else None)
        if folder is not None:
            self._continue(folder)

    def add_epochs(self, run: Path, epochs: int) -> None:
        """Trains a run for so many epochs more than it was planned for."""
        self._continue(run, epochs_more=epochs)

    def branch(self, run: Path, epoch: int, more: int = 0, *, as_drawn: bool = False) -> None:
        """Begins a new run from what another one had learned by the end of an epoch.

        `more` epochs follow (0: as many as its settings say in all). `as_drawn`: with the project as it is now instead
        of that run's own; its network has to be the same.
        """
        row = self.runs.row_of(run)
        planned = self._document.project.training.epochs if as_drawn else (row.planned if row else 0)
        if not more:
            more = max(1, planned - epoch)
        beyond = epoch + more - planned if planned else 0
        text = self._text() if as_drawn else ""
        self._continue(run, project=text, branch_epoch=epoch, epochs_more=beyond)

    def ask_epochs(self) -> None:
        """Asks which run should train for how many epochs more."""
        if self.runs.continuable:
            dialog = EpochsDialog(self.runs.continuable, self.runs.selected, self.panel.window())
            dialog.chosen.connect(self.add_epochs)
            dialog.open()

    def ask_branch(self, run: Path | None = None) -> None:
        """Asks which run, and after which of its epochs, a new one should begin from."""
        if self.runs.continuable:
            dialog = BranchDialog(self.runs.continuable, run or self.runs.selected, self.panel.window())
            dialog.chosen.connect(lambda run, epoch, more, drawn: self.branch(run, epoch, more, as_drawn=drawn))
            dialog.open()

    def pause_or_go_on(self) -> None:
        """Holds the training that runs, or goes on with it."""
        job = self.session.job
        if job is not None and (job.paused or job.pausing):
            self.session.go_on()
        else:
            self.session.pause()

    def set_rate(self, rate: float | None) -> None:
        """Changes the learning rate of the training that runs; None gives it back to the schedule."""
        self.session.set_rate(rate)

    def scale_rate(self, factor: float) -> None:
        """Multiplies the learning rate that holds now."""
        job = self.session.job
        if job is not None and job.rate:
            self.session.set_rate(job.rate * factor)

    def stop(self) -> None:
        """Stops the job that runs and keeps its run; asked again, ends the engine at once."""
        self.session.stop()

    # -- trials
    def overfit_batch(self) -> None:
        """Tries whether the network learns one batch by heart."""
        if self.can_try:
            self.session.begin(OverfitBatch(project=self._text(), device=self._device, weights=self._weights))

    def find_rate(self) -> None:
        """Looks for a learning rate."""
        if self.can_try:
            self.session.begin(FindLearningRate(project=self._text(), device=self._device, weights=self._weights))

    def find_batch(self) -> None:
        """Looks for the largest batch that fits."""
        if self.can_try:
            self.session.begin(FindBatchSize(project=self._text(), device=self._device))

    def use_setting(self, name: str, value: float) -> None:
        """Takes a value that was found over into the project: an undoable edit."""
        settings = assign(self._document.project.training, {name: value})
        if settings != self._document.project.training:
            self._document.do(SetTraining(settings))

    # -- export
    def export(self) -> None:
        """Asks which run goes where, and begins the export."""
        self.exports.ask()

    def export_run(self, folder: Path) -> None:
        """The same with this run chosen, however old it is."""
        self.exports.ask_for(folder)

    def close(self) -> None:
        """Ends the engine, keeping the run of a training; returns when process and threads are gone."""
        self.panel.curves.finish()
        self.panel.form.weights.watch.work.close()
        self.store.close()
        self.session.close()

    @property
    def _device(self) -> str:
        return self._preferences.device

    @property
    def _weights(self) -> str:
        """The file of the project's weights: only this process knows beside which file they are."""
        weights = self._document.project.weights
        return str(weights.file) if weights is not None and weights.file else ""

    def _text(self) -> str:
        """The project as a file would hold it, with what is being written in a field."""
        finish_writing()
        return dumps(self._document.project).decode()

    def _continue(self, run: Path, *, project: str = "", epochs_more: int = 0, branch_epoch: int = 0) -> None:
        self.session.begin(
            Train(
                project=project,
                runs=str(run.parent),
                resume=str(run),
                epochs_more=epochs_more,
                branch_epoch=branch_epoch,
                device=self._device,
            )
        )

    def _follow(self) -> None:
        self.session.changed.connect(self._refresh)
        self.session.run_changed.connect(self.store.refresh)
        self.session.logged.connect(self.console.add)
        self.session.concluded.connect(self._tell)
        self.session.answered.connect(self._on_answer)
        self.session.begun.connect(self._on_begun)
        self.console.noticed.connect(self.noticed)
        self.panel.noticed.connect(self.noticed)
        self.panel.layers.layer_asked.connect(self.layer_asked)
        self.panel.rate.written.connect(self.set_rate)
        self.panel.trials.rate_chosen.connect(lambda rate: self.use_setting("learning_rate", rate))
        self.panel.trials.batch_chosen.connect(lambda size: self.use_setting("batch_size", size))
        self.runs.changed.connect(self._refresh)
        self._document.analysed.connect(self._refresh)
        self._document.changed.connect(lambda _: self._refresh())
        self._document.replaced.connect(self._on_project)
        self._preferences.changed.connect(self._on_preference)

    def _on_begun(self) -> None:
        """Old news go."""
        self.withdrawn.emit(_TOPIC)
        self.withdrawn.emit(_ALARM)

    def _on_project(self) -> None:
        """News of the last project go with it."""
        self._on_begun()
        self.session.forget_outcome()

    def _on_preference(self, name: str) -> None:
        if name == "runs_folder":
            self.store.refresh()
        self._refresh()

    def _refresh(self) -> None:
        """While quiet jobs follow one another, only now and then: the tool bar would flicker."""
        job = self.session.job
        if job is not None and job.words.quiet:
            if not self._later.isActive():
                self._later.start()
            return
        self._later.stop()
        self._refresh_now()

    def _refresh_now(self) -> None:
        self.actions.refresh()
        self.state_changed.emit()

    def _on_answer(self, command: AnyCommand, event: AnyEvent) -> None:
        if isinstance(event, LayerAlarm):
            show = (("Show layer", lambda: self.layer_asked.emit(event.path)),)
            self.noticed.emit(Notice(Level.WARNING, event.message, buttons=show, topic=_ALARM))
        elif isinstance(event, TrainingAlarm):
            self.noticed.emit(Notice(Level.WARNING, f"{event.message} {event.hint}".rstrip(), topic=_ALARM))

    def _tell(self, outcome: Outcome) -> None:
        """Every end of a job, unless the person looks at where it is told anyway."""
        if outcome.at_training and outcome.level in (Level.OK, Level.INFO) and self.panel.isVisible():
            return
        text = f"{outcome.text} {outcome.hint}".strip()
        buttons = (("Open folder", lambda: open_folder(Path(outcome.folder))),) if outcome.folder else ()
        self.noticed.emit(Notice(outcome.level, text, outcome.detail, buttons=buttons, topic=_TOPIC))


def _engine(on_line: Callable[[str], None]) -> EngineProcess:
    return EngineProcess(locations.user_data() / "engine.log", on_line=on_line)


_WITHOUT_DEVICE = {
    EngineState.OFF: "Engine not started",
    EngineState.STARTING: "Engine starting…",
    EngineState.READY: "",
    EngineState.UNAVAILABLE: "No TensorFlow: why?",
    EngineState.DIED: "Engine stopped",
}
