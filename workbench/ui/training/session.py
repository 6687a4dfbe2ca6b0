"""What the window knows of the engine: its state, the job that runs, and how the last one ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from workbench.protocol import (
    AnyCommand,
    AnyEvent,
    BatchProgress,
    EpochEnd,
    Export,
    ExportDone,
    Failed,
    Finished,
    Hello,
    Log,
    Ready,
    Received,
    Stage,
    Started,
    Stop,
    Stopped,
    Train,
    Unavailable,
)
from workbench.ui.notices import Level
from workbench.ui.training import wording
from workbench.ui.training.engine_thread import EngineThread, MakeEngine


class EngineState(Enum):
    """Where the engine process stands."""

    OFF = "off"
    STARTING = "starting"
    READY = "ready"
    UNAVAILABLE = "unavailable"
    DIED = "died"


@dataclass(frozen=True)
class Job:
    """What the engine does for the user now. `run` is a name, "" until there is one."""

    id: str
    command: AnyCommand
    stage: str = ""
    run: str = ""
    progress: BatchProgress | None = None
    stopping: bool = False

    @property
    def trains(self) -> bool:
        """Whether it makes a run."""
        return isinstance(self.command, Train)


@dataclass(frozen=True)
class Outcome:
    """How the engine or its last job ended, for people; `detail` is technical."""

    level: Level
    text: str
    hint: str = ""
    detail: str = ""


class EngineSession(QObject):
    """Gives the engine one job at a time and keeps what it answers. Holds no widgets."""

    changed = Signal()
    """Anything below is another: state, job or outcome."""
    trained = Signal(object)
    """A `Started`, `BatchProgress` or `EpochEnd` of the training that runs."""
    answered = Signal(object, object)
    """The command of the job that runs, and each event that it sends, the last one too."""
    run_changed = Signal()
    """A run began or ended."""
    begun = Signal()
    """A job was given to the engine."""
    concluded = Signal(object)
    """An `Outcome`: a job or the engine ended."""
    logged = Signal(str)
    """A line for the console."""

    def __init__(self, make_engine: MakeEngine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = EngineState.OFF
        self.ready: Ready | None = None
        self.job: Job | None = None
        self.outcome: Outcome | None = None
        self._unavailable: Unavailable | None = None
        self._closed = False
        self._thread = EngineThread(make_engine, self)
        self._thread.arrived.connect(self._take_all)
        self._thread.printed.connect(self.logged)
        self._thread.ended.connect(self._on_end)

    def warm_up(self) -> None:
        """Starts the engine where none runs; call it once the window is painted."""
        if self.state in (EngineState.OFF, EngineState.UNAVAILABLE, EngineState.DIED):
            self.state = EngineState.STARTING
            self._thread.warm_up()
            self.changed.emit()

    def train(self, project: str, runs: Path, name: str, device: str) -> None:
        """Begins a training; does nothing while another job runs."""
        self.begin(Train(project=project, runs=str(runs), name=name, device=device))

    def export(self, run: Path, target: Path, weights: str, device: str) -> None:
        """Begins an export; does nothing while another job runs."""
        self.begin(Export(run=str(run), path=str(target), weights=weights, device=device))

    def begin(self, command: AnyCommand) -> None:
        """Gives the engine a job; does nothing while another runs."""
        if self.job is not None:
            return
        self.warm_up()
        self.outcome = None
        self.job = Job(self._thread.order(command), command)
        self.begun.emit()
        self.changed.emit()

    def tell(self, command: AnyCommand) -> None:
        """Sends a command that concerns the job that runs, as a change of its course; nothing where none runs."""
        if self.job is not None:
            self._thread.order(command, self.job.id)

    def stop(self) -> None:
        """Ends the job within a batch and keeps its run. A second call ends the engine itself, at once."""
        if self.job is None:
            return
        if self.job.stopping:
            self._thread.kill()
            return
        self.job = replace(self.job, stopping=True)
        self._thread.order(Stop(), self.job.id)
        self.changed.emit()

    def close(self) -> None:
        """Ends the engine and waits for it: a training stops within its batch and keeps its run. Hears no more."""
        self._closed = True
        self._thread.end()

    def _take_all(self, events: tuple[Received[AnyEvent], ...]) -> None:
        if self._closed:  # these were under way to a window that is gone by now
            return
        for received in events:
            if not received.job or (self.job is not None and received.job == self.job.id):
                self._take(received.message)
        self.changed.emit()

    def _take(self, event: AnyEvent) -> None:
        match event:
            case Hello():
                self.logged.emit(f"Engine process {event.pid} started")
            case Ready():
                self._on_ready(event)
            case Unavailable():
                self._unavailable = event  # its process ends now: that concludes the job
                self.logged.emit(event.detail)
            case Log():
                self.logged.emit(event.text)
            case _ if self.job is not None:
                command = self.job.command
                self._take_of_job(self.job, event)
                self.answered.emit(command, event)

    def _take_of_job(self, job: Job, event: AnyEvent) -> None:
        match event:
            case Stage():
                self.job = replace(job, stage=event.text)
            case Started():
                self.job = replace(job, run=event.name, stage="")
                self.logged.emit(wording.started(event))
                self.trained.emit(event)
                self.run_changed.emit()
            case BatchProgress():
                self.job = replace(job, progress=event, stage="")
                self.trained.emit(event)
            case EpochEnd():
                self.trained.emit(event)
            case Finished():
                self._conclude(Outcome(Level.OK, wording.finished(event)))
            case Stopped():
                text = wording.stopped(event) if job.trains else "The export was stopped; nothing was written."
                self._conclude(Outcome(Level.INFO, text))
            case ExportDone():
                self._conclude(Outcome(Level.OK, wording.exported(event)))
            case Failed():
                self.logged.emit(event.detail)
                what = "Training failed" if job.trains else "The export failed"
                self._conclude(Outcome(Level.ERROR, f"{what}: {event.message}", event.hint, event.detail))

    def _on_ready(self, event: Ready) -> None:
        self.state = EngineState.READY
        self.ready = event
        self.logged.emit(wording.device_details(event))

    def _conclude(self, outcome: Outcome) -> None:
        trained = self.job is not None and self.job.trains
        self.job = None
        self.outcome = outcome
        self.logged.emit("\n".join(filter(None, (outcome.text, outcome.hint))))
        self.concluded.emit(outcome)
        if trained:
            self.run_changed.emit()

    def _on_end(self, reason: str, log: str, lost: frozenset[str]) -> None:
        unavailable, self._unavailable = self._unavailable, None
        if self._closed or (self.job is not None and self.job.id not in lost):
            return  # that job is for the next process, which is starting
        if unavailable is not None:
            self.state = EngineState.UNAVAILABLE
            self._conclude(Outcome(Level.ERROR, unavailable.message, unavailable.hint, unavailable.detail))
        else:
            self.state = EngineState.DIED
            self._conclude(_death(self.job, reason, log))
        self.changed.emit()


def _death(job: Job | None, reason: str, log: str) -> Outcome:
    text = f"The engine process is gone: {reason}."
    if job is None:
        return Outcome(Level.WARNING, text, "The next training starts a new one.", log)
    if not job.trains:
        return Outcome(Level.ERROR, f"The export failed. {text}", "Nothing was written; export again.", log)
    listed = f"The run {job.run} is listed as interrupted, with its completed epochs. " if job.run else ""
    return Outcome(
        Level.ERROR, text, f"{listed}Your project is as it was; press Train to start again with a new engine.", log
    )
