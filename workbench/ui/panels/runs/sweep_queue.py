"""The trials of a sweep, trained one after the other by the window's engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.project.results import metric_value, metric_words
from workbench.protocol import AnyCommand, AnyEvent, BatchProgress, EpochEnd, Failed, Finished, Started, Stopped, Train
from workbench.ui.notices import Level, Notice
from workbench.ui.preferences import Preferences
from workbench.ui.run_store import RunStoreModel
from workbench.ui.training.outcomes import Outcome
from workbench.ui.training.session import EngineSession, EngineState

if TYPE_CHECKING:
    from workbench.sweeps import SweepPlan, SweepRecord, TrialRecord

_TOPIC = "sweep"
Prepared = tuple[str, str, str]
"""A trial: the text of its project, or the run that it goes on with, or what is wrong with it; the others are ""."""


class SweepQueue(QObject):
    """At most one sweep is worked at; a training that a person begins goes first, and the next trial waits for it.

    What becomes of a trial is on disk before the next begins. An engine that dies takes one trial with it.
    """

    changed = Signal()
    """A sweep, or one of its trials, stands otherwise."""
    progressed = Signal(object)
    """The `BatchProgress` of the trial that is trained."""
    noticed = Signal(object)
    """A `Notice` for the whole window."""

    def __init__(
        self, session: EngineSession, store: RunStoreModel, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.records: dict[str, SweepRecord] = {}
        self.active = ""
        """The name of the sweep whose trials are trained, "" while none is."""
        self._session = session
        self._store = store
        self._preferences = preferences
        self._root = store.root
        self._trial: TrialRecord | None = None
        self._command: AnyCommand | None = None
        self._cancelled = self._preparing = False
        session.answered.connect(self._hear)
        session.changed.connect(self._on_session)
        session.concluded.connect(self._on_concluded)

    @property
    def running(self) -> TrialRecord | None:
        """The trial that is trained."""
        return self._trial

    @property
    def seconds_left(self) -> float | None:
        """For the trials that wait, by those that are done; None until one is."""
        record = self.records.get(self.active)
        done = [trial.seconds for trial in record.trials if trial.seconds] if record else []
        return sum(done) / len(done) * len(record.open) if record and done else None

    def load(self) -> None:
        """Reads the sweeps that the store knows, but the one that is worked at."""
        root = self._store.root
        self._store.ask(lambda: _list(root), self._take)

    def start(self, plan: SweepPlan) -> None:
        """Records a sweep and begins with its first trial; with another one at work, it waits to be gone on with."""
        root = self._store.root
        self._store.ask(lambda: _begin(root, plan), self._add)

    def go_on(self, name: str) -> None:
        """Trains what is left of a sweep."""
        if self.active or name not in self.records:
            return
        self.active, self._root = name, self._store.root
        for trial in self.records[name].open:
            self._note(trial.number, save=False, status="waiting", problem="")
        self._next()

    def cancel(self, name: str, number: int) -> None:
        """Takes a trial out of the queue; one that is trained stops within a batch and keeps its run."""
        if self._trial is not None and (name, number) == (self.active, self._trial.number):
            self._cancelled = True
            if self._command is not None:
                self._session.stop()
            return
        if name in self.records and number in {trial.number for trial in self.records[name].open}:
            self._note(number, name, status="cancelled")

    def cancel_all(self) -> None:
        """Cancels every trial of the sweep at work that has no result yet."""
        name, running = self.active, self._trial
        if not name:
            return
        for trial in self.records[name].open:
            if running is None or trial.number != running.number:
                self._note(trial.number, name, status="cancelled")
        if running is not None:
            self.cancel(name, running.number)
        else:
            self._end()

    def pause(self) -> None:
        """Stops the trial that is trained; the others wait until the sweep is gone on with."""
        if self._command is not None:
            self._session.stop()
        else:
            self._end()

    # -- one after the other
    def _next(self) -> None:
        record = self.records.get(self.active)
        if record is None or self._trial is not None or self._preparing or self._session.job is not None:
            return
        trial = next((trial for trial in record.trials if trial.status == "waiting"), None)
        if trial is None:
            self._finish(record)
            return
        self._preparing = True
        root = self._root
        self._store.ask(lambda: _prepare(root, record, trial), partial(self._begin_trial, trial))

    def _begin_trial(self, trial: TrialRecord, prepared: Prepared) -> None:
        self._preparing = False
        text, unfinished, problem = prepared
        if not self.active or self._session.job is not None or not self._is_waiting(trial):
            self._next()
            return
        if problem:
            self._note(trial.number, status="failed", problem=problem)
            self._next()
            return
        self._trial, self._cancelled = trial, False
        self._note(trial.number, status="running", problem="")
        self._command = Train(
            project=text,
            runs=str(self._root),
            name=f"{self.active}-{trial.number}",
            device=self._preferences.device,
            resume=unfinished,
        )
        self._session.begin(self._command)

    def _is_waiting(self, trial: TrialRecord) -> bool:
        record = self.records.get(self.active)
        return record is not None and record.trials[trial.number - 1].status == "waiting"

    def _hear(self, command: AnyCommand, event: AnyEvent) -> None:
        if command is not self._command or self._trial is None:
            return
        match event:
            case Started():
                self._label(self._trial, Path(event.run))
            case BatchProgress():
                self.progressed.emit(event)
            case EpochEnd():
                self._note(self._trial.number, save=False, epochs=event.epoch)
            case Finished():
                self._conclude(status="finished", **_facts(event))
            case Stopped():
                self._conclude(status="cancelled" if self._cancelled else "stopped", **_facts(event))
            case Failed():
                self._conclude(status="failed", problem=" ".join(f"{event.message} {event.hint}".split()))

    def _label(self, trial: TrialRecord, run: Path) -> None:
        self._note(trial.number, run=run.name)
        name, number, values = self.active, trial.number, trial.values
        self._store.do(lambda: _write_labels(run, name, number, values))

    def _conclude(self, **facts: Any) -> None:
        trial, self._trial, self._command = self._trial, None, None
        if trial is None:
            return
        self._note(trial.number, **facts)
        if facts["status"] == "stopped":  # by the Stop of the whole window: it is meant for the sweep, too
            self._end()
        else:
            QTimer.singleShot(0, self, self._next)

    def _on_concluded(self, outcome: Outcome) -> None:
        """A job that ended with an answer has told it by the time that this is looked at; a dead engine tells none."""
        QTimer.singleShot(0, self, partial(self._bury, self._command, outcome))

    def _bury(self, command: AnyCommand | None, outcome: Outcome) -> None:
        if command is None or command is not self._command or self._session.job is not None:
            return
        if self._session.state is EngineState.UNAVAILABLE:
            self._conclude(status="stopped", problem=outcome.text)
        else:
            self._conclude(status="cancelled" if self._cancelled else "failed", problem=outcome.text)

    def _on_session(self) -> None:
        if self.active and self._trial is None and not self._preparing and self._session.job is None:
            QTimer.singleShot(0, self, self._next)

    def _finish(self, record: SweepRecord) -> None:
        counts = {status: sum(t.status == status for t in record.trials) for status in ("finished", "failed")}
        self._end()
        failed = f", {counts['failed']} failed" if counts["failed"] else ""
        text = f"The sweep {record.name} is done: {counts['finished']} of {len(record.trials)} trials finished{failed}."
        self.noticed.emit(Notice(Level.WARNING if failed else Level.OK, text + _best(record), topic=_TOPIC))

    def _end(self) -> None:
        self.active = ""
        self.changed.emit()

    # -- what is kept
    def _take(self, records: list[SweepRecord]) -> None:
        current = self.records.get(self.active)
        self.records = {record.name: record for record in records}
        if current is not None:
            self.records[self.active] = current
        self.changed.emit()

    def _add(self, record: SweepRecord) -> None:
        self.records = {record.name: record, **self.records}
        self.changed.emit()
        self.go_on(record.name)

    def _note(self, number: int, name: str = "", *, save: bool = True, **changes: Any) -> None:
        name = name or self.active
        if name in self.records:
            self.records[name] = self.records[name].with_trial(number, **changes)
            if save:
                self._save(name, number)
            self.changed.emit()

    def _save(self, name: str, number: int) -> None:
        record = self.records[name]
        root = self._root if name == self.active else self._store.root
        self._store.ask(lambda: _save(root, record, number), lambda _: None)


def _best(record: SweepRecord) -> str:
    """The best trial by the metric that the sweep is measured by, as a sentence; "" where none has it."""
    # The sweep was read, so this brings nothing new into the window's process.
    from workbench.sweeps import ranked

    metric = record.measured_by()
    best = ranked(record)[0]
    if metric not in best.best:
        return ""
    return f" Best: {metric_words(metric)} {metric_value(metric, best.best[metric])}, trial {best.number}."


def _facts(event: Finished | Stopped) -> dict[str, Any]:
    return {name: getattr(event, name) for name in ("best", "monitor", "best_epoch", "epochs", "seconds")}


# -- in the store's thread
def _list(root: Path) -> list[SweepRecord]:
    from workbench.sweeps import SweepStore

    return SweepStore(root).list()


def _begin(root: Path, plan: SweepPlan) -> SweepRecord:
    from workbench.sweeps import SweepStore

    return SweepStore(root).begin(plan)


def _save(root: Path, record: SweepRecord, number: int) -> None:
    from workbench.sweeps import SweepStore

    SweepStore(root).save(record, number)


def _prepare(root: Path, record: SweepRecord, trial: TrialRecord) -> Prepared:
    from workbench.project import LiveAnalysis
    from workbench.project.file import dumps
    from workbench.sweeps import SweepError, SweepStore, trial_project

    unfinished = SweepStore(root).unfinished_run(trial)
    if unfinished is not None:
        return "", str(unfinished), ""
    try:
        project = trial_project(record.sweep, trial.trial)
    except SweepError as error:
        return "", "", str(error)
    analysis = LiveAnalysis(project)
    errors = analysis.errors
    analysis.close()
    return ("", "", errors[0].message) if errors else (dumps(project).decode(), "", "")


def _write_labels(run: Path, sweep: str, trial: int, values: Mapping[str, Any]) -> None:
    from workbench.runs import change_labels

    change_labels(run, sweep=sweep, trial=trial, values=dict(values))
