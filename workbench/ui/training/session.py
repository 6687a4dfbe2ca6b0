"""What the window knows of the engine: its state, the job that runs, and how the last one ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from workbench.protocol import (
    LAST_OF_JOB,
    AnyCommand,
    AnyEvent,
    BatchProgress,
    Checked,
    Continue,
    Continued,
    EpochEnd,
    Failed,
    Hello,
    InitialWeights,
    LayerAlarm,
    LearningRateSet,
    Load,
    Log,
    Pause,
    Paused,
    Ready,
    Received,
    SetLearningRate,
    Stage,
    Started,
    Stop,
    TrainingAlarm,
    Unavailable,
)
from workbench.ui.notices import Level
from workbench.ui.training import wording
from workbench.ui.training.engine_thread import EngineThread, MakeEngine
from workbench.ui.training.job_words import JobWords, words_of
from workbench.ui.training.log_entries import LogLevel
from workbench.ui.training.outcomes import Outcome, outcome_of, outcome_of_death

_LOG_LEVELS = {"debug": LogLevel.OUTPUT, "warning": LogLevel.WARNING, "error": LogLevel.ERROR}
_LEVELS = {
    Level.OK: LogLevel.INFO,
    Level.INFO: LogLevel.INFO,
    Level.WARNING: LogLevel.WARNING,
    Level.ERROR: LogLevel.ERROR,
}


class EngineState(Enum):
    """Where the engine process stands."""

    OFF = "off"
    STARTING = "starting"
    READY = "ready"
    UNAVAILABLE = "unavailable"
    DIED = "died"


@dataclass(frozen=True)
class Job:
    """What the engine does for the user now. `run` is a name and `folder` its place, "" until there is one."""

    id: str
    command: AnyCommand
    stage: Stage | None = None
    run: str = ""
    folder: str = ""
    progress: BatchProgress | None = None
    load: Load | None = None
    rate: float | None = None
    """The learning rate that holds now; `by_hand`: not the schedule's."""
    by_hand: bool = False
    pausing: bool = False
    paused: Paused | None = None
    stopping: bool = False

    @property
    def words(self) -> JobWords:
        """How it is spoken of."""
        return words_of(self.command)

    @property
    def trains(self) -> bool:
        """Whether it makes a run, or goes on with one."""
        return self.words.trains


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
    logged = Signal(str, object)
    """Lines for the console and their `LogLevel`."""

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
        self._thread.printed.connect(lambda lines: self.logged.emit(lines, LogLevel.OUTPUT))
        self._thread.ended.connect(self._on_end)

    def warm_up(self) -> None:
        """Starts the engine where none runs; call it once the window is painted."""
        if self.state in (EngineState.OFF, EngineState.UNAVAILABLE, EngineState.DIED):
            self.state = EngineState.STARTING
            self._thread.warm_up()
            self.changed.emit()

    def forget_outcome(self) -> None:
        """How the last job ended is of no more interest."""
        self.outcome = None
        self.changed.emit()

    def begin(self, command: AnyCommand) -> None:
        """Gives the engine a job; does nothing while another runs."""
        if self.job is not None:
            return
        self.warm_up()
        self.job = Job(self._thread.order(command), command)
        if not self.job.words.quiet:
            self.outcome = None
        self.begun.emit()
        self.changed.emit()

    def tell(self, command: AnyCommand) -> None:
        """Sends a command that concerns the job that runs, as a change of its course; nothing where none runs."""
        if self.job is not None:
            self._thread.order(command, self.job.id)

    def pause(self) -> None:
        """Holds the training between two batches; nothing where none runs."""
        if self.job is not None and self.job.trains and not self.job.paused:
            self.job = replace(self.job, pausing=True)
            self.tell(Pause())
            self.changed.emit()

    def go_on(self) -> None:
        """Goes on with a training that was paused, or that paused by itself."""
        if self.job is not None and (self.job.paused or self.job.pausing):
            self.tell(Continue())

    def set_rate(self, rate: float | None) -> None:
        """Changes the learning rate of the training that runs; None gives it back to its schedule."""
        if self.job is not None and self.job.trains:
            self.tell(SetLearningRate(rate=rate))

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
                self._log(f"Engine process {event.pid} started")
            case Ready():
                self._on_ready(event)
            case Unavailable():
                self._unavailable = event  # its process ends now: that concludes the job
                self._log(event.detail, LogLevel.ERROR)
            case Log():
                self._log(event.text, _LOG_LEVELS.get(event.level, LogLevel.INFO))
            case InitialWeights():
                self._log(wording.initial_weights(event))
            case _ if self.job is not None:
                command = self.job.command
                self._take_of_job(self.job, event)
                self.answered.emit(command, event)

    def _take_of_job(self, job: Job, event: AnyEvent) -> None:
        match event:
            case Stage():
                self.job = replace(job, stage=event)
            case Started():
                self.job = replace(job, run=event.name, folder=event.run, stage=None)
                self._log(wording.started(event))
                self.trained.emit(event)
                self.run_changed.emit()
            case BatchProgress():
                self.job = _after_batch(job, event)
                self.trained.emit(event)
            case EpochEnd():
                self._log(wording.epoch_done(event))
                self.trained.emit(event)
            case Checked() | LayerAlarm() | TrainingAlarm():
                for line in wording.remarks(event):
                    self._log(line, LogLevel.WARNING)
            case Paused():
                self.job = replace(job, pausing=False, paused=event)
                self._log(wording.paused(event), LogLevel.WARNING if event.problem else LogLevel.INFO)
            case Continued():
                self.job = replace(job, pausing=False, paused=None)
                self._log("Training goes on")
            case LearningRateSet():
                self.job = replace(job, rate=event.rate, by_hand=event.by_hand)
                self._log(wording.rate_set(event))
            case _ if isinstance(event, LAST_OF_JOB):
                if isinstance(event, Failed):
                    self._log(event.detail, LogLevel.ERROR)
                self._conclude(outcome_of(job.command, event))

    def _on_ready(self, event: Ready) -> None:
        self.state = EngineState.READY
        self.ready = event
        self._log(wording.device_details(event))

    def _conclude(self, outcome: Outcome) -> None:
        trained = self.job is not None and self.job.trains
        quiet = self.job is not None and self.job.words.quiet and outcome.level is Level.OK
        self.job = None
        if quiet:
            return
        self.outcome = outcome
        self._log("\n".join(filter(None, (outcome.text, outcome.hint))), _LEVELS[outcome.level])
        self.concluded.emit(outcome)
        if trained:
            self.run_changed.emit()

    def _log(self, text: str, level: LogLevel = LogLevel.INFO) -> None:
        if text:
            self.logged.emit(text, level)

    def _on_end(self, reason: str, log: str, lost: frozenset[str]) -> None:
        unavailable, self._unavailable = self._unavailable, None
        if self._closed or (self.job is not None and self.job.id not in lost):
            return  # that job is for the next process, which is starting
        if unavailable is not None:
            self.state = EngineState.UNAVAILABLE
            self._conclude(Outcome(Level.ERROR, unavailable.message, unavailable.hint, unavailable.detail))
        else:
            self.state = EngineState.DIED
            job = self.job
            self._conclude(outcome_of_death(job.command if job else None, job.run if job else "", reason, log))
        self.changed.emit()


def _after_batch(job: Job, event: BatchProgress) -> Job:
    """Load and rate do not come with every batch: the last ones hold."""
    return replace(
        job,
        progress=event,
        stage=None,
        load=event.load or job.load,
        rate=job.rate if event.learning_rate is None else event.learning_rate,
    )
