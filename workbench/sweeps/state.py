"""How far a sweep has come, in the run store, so that it resumes after whatever ended it.

`.sweeps/<name>.json` holds the plan and is written once; `.sweeps/<name>/<number>/` holds the state of a trial and the
lock of the process that trains it. Plans of earlier versions hold the states, too: those count where a trial has no
state of its own. Processes share the work: each claims a trial before it looks at its state.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from workbench.project import write_atomic
from workbench.project.objectives import larger_is_better
from workbench.project.results import headline
from workbench.runs import Run, RunStatus, RunStoreError
from workbench.runs.lock import hold, is_held
from workbench.sweeps.errors import SweepError
from workbench.sweeps.plan import Sweep, SweepPlan, Trial
from workbench.sweeps.ranges import Values, parse_values

FOLDER = ".sweeps"
_STATE = "trial.json"
_FORMAT = 1


class TrialStatus(StrEnum):
    """How a trial stands. A `running` one whose program is gone is to be done again."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


OPEN = frozenset({TrialStatus.WAITING, TrialStatus.RUNNING, TrialStatus.STOPPED})
"""What a resumed sweep still does."""


class TrialRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`run` is the name of its folder in the store, "" until there is one."""

    number: int
    values: dict[str, Any]
    status: TrialStatus = TrialStatus.WAITING
    run: str = ""
    best: dict[str, float] = {}
    monitor: str = ""
    best_epoch: int = 0
    epochs: int = 0
    seconds: float = 0.0
    problem: str = ""

    @property
    def trial(self) -> Trial:
        """What it tries."""
        return Trial(self.number, self.values)


class SweepRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A sweep's plan and state. `grid` and `random` are as they are written in a description."""

    format: int = _FORMAT
    name: str
    project: str = ""
    template: str = ""
    grid: dict[str, Any] = {}
    random: dict[str, Any] = {}
    fixed: dict[str, Any] = {}
    count: int = 0
    seed: int = 0
    metric: str = ""
    trials: tuple[TrialRecord, ...] = ()

    @property
    def sweep(self) -> Sweep:
        """The sweep as it was planned."""
        return Sweep(
            self.name,
            self.project,
            self.template,
            {key: parse_values(key, value) for key, value in self.grid.items()},
            {key: parse_values(key, value) for key, value in self.random.items()},
            self.fixed,
            self.count,
            self.seed,
            self.metric,
        )

    @property
    def open(self) -> tuple[TrialRecord, ...]:
        """What there is still to do."""
        return tuple(trial for trial in self.trials if trial.status in OPEN)

    def with_trial(self, number: int, **changes: Any) -> SweepRecord:
        """The record with one trial changed."""
        trials = (
            msgspec.structs.replace(trial, **changes) if trial.number == number else trial for trial in self.trials
        )
        return msgspec.structs.replace(self, trials=tuple(trials))

    def measured_by(self) -> str:
        """The metric that the trials are compared by: the one asked for, else the one that they monitor; or ""."""
        if self.metric:
            return self.metric
        found = (headline(trial.best, trial.monitor) for trial in self.trials)
        return next((name for name, _ in filter(None, found)), "")


class SweepStore:
    """The sweeps of a run store."""

    def __init__(self, runs: Path) -> None:
        self.folder = runs.expanduser().absolute() / FOLDER

    def begin(self, plan: SweepPlan) -> SweepRecord:
        """Records a new sweep, under its name or that with a number. Raises SweepError."""
        sweep = plan.sweep
        base = sweep.name.replace(os.sep, "-").strip(". ") or "sweep"
        names = (base if number == 1 else f"{base}-{number}" for number in count(1))
        with _recording(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            name = next(filter(self._reserve, names))
            record = _record(sweep, name, (TrialRecord(number=t.number, values=dict(t.values)) for t in plan.trials))
            write_atomic(self._path(name), _document(record))
        return record

    def _reserve(self, name: str) -> bool:
        """Makes the folder of a sweep's trials: of several processes, one gets the name."""
        if self._path(name).exists():
            return False
        try:
            (self.folder / name).mkdir()
        except FileExistsError:
            return False
        return True

    def save(self, record: SweepRecord, *numbers: int) -> None:
        """Replaces the states of the trials of these numbers, or of all. Raises SweepError."""
        for trial in record.trials:
            if not numbers or trial.number in numbers:
                path = self._state(record.name, trial.number)
                with _recording(path):
                    path.parent.mkdir(parents=True, exist_ok=True)
                    write_atomic(path, _document(trial))
        with contextlib.suppress(OSError):
            os.utime(self._path(record.name))  # `list` begins with the sweep that changed last

    @contextlib.contextmanager
    def claimed(self, record: SweepRecord, number: int) -> Iterator[TrialRecord | None]:
        """Holds a trial while it is trained, and gives its present state; None where another process trains it.

        Raises SweepError.
        """
        folder = self._state(record.name, number).parent
        with _recording(folder):
            folder.mkdir(parents=True, exist_ok=True)
        if is_held(folder):
            yield None
            return
        try:
            claim = hold(folder)
        except RunStoreError as error:
            if not is_held(folder):
                raise SweepError(str(error)) from error
            yield None  # another process was faster
            return
        try:
            trial = self.read(record.name).trials[number - 1]
            # The window claims no trials, but it holds the lock of the run that it trains.
            yield None if trial.run and is_held(self.folder.parent / trial.run) else trial
        finally:
            claim.release()

    def read(self, name: str) -> SweepRecord:
        """Raises SweepError where there is no such sweep, or its file is damaged."""
        path = self._path(name)
        try:
            record = msgspec.json.decode(path.read_bytes(), type=SweepRecord)
            return msgspec.structs.replace(record, trials=tuple(self._present(name, trial) for trial in record.trials))
        except OSError as error:
            raise SweepError(f"{path}: cannot be read: {error.strerror or error}") from error
        except msgspec.DecodeError as error:
            raise SweepError(f"{path}: damaged: {error}") from error

    def _present(self, name: str, planned: TrialRecord) -> TrialRecord:
        """A trial's state, where it has one of its own. Raises OSError and msgspec.DecodeError."""
        path = self._state(name, planned.number)
        return msgspec.json.decode(path.read_bytes(), type=TrialRecord) if path.exists() else planned

    def list(self) -> list[SweepRecord]:
        """Every sweep that can be read, the last changed first."""
        if not self.folder.is_dir():
            return []
        paths = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        found = []
        for path in paths:
            try:
                found.append(self.read(path.stem))
            except SweepError:
                continue  # a damaged file: its runs are in the store, and say which sweep they are of
        return found

    def find(self, plan: SweepPlan) -> SweepRecord | None:
        """The last sweep that is of this plan: the same project and the same values, whatever its number."""
        wanted = [dict(trial.values) for trial in plan.trials]
        for record in self.list():
            sweep = plan.sweep
            alike = (record.project, record.template, record.fixed) == (sweep.project, sweep.template, sweep.fixed)
            if alike and [trial.values for trial in record.trials] == wanted:
                return record
        return None

    def unfinished_run(self, trial: TrialRecord) -> Path | None:
        """The run that a trial was stopped in, where training can go on with it."""
        if not trial.run:
            return None
        try:
            run = Run.open(self.folder.parent / trial.run)
        except RunStoreError:
            return None  # deleted in the meantime: the trial begins anew
        ended = run.status in (RunStatus.STOPPED, RunStatus.INTERRUPTED)
        return run.folder if ended and run.kept_epochs() else None

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _state(self, name: str, number: int) -> Path:
        return self.folder / name / str(number) / _STATE


@contextlib.contextmanager
def _recording(path: Path) -> Iterator[None]:
    """Turns what the file system refuses into SweepError."""
    try:
        yield
    except OSError as error:
        raise SweepError(f"{path}: the sweep cannot be recorded: {error.strerror or error}") from error


def _document(record: SweepRecord | TrialRecord) -> bytes:
    return msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n"


def ranked(record: SweepRecord) -> list[TrialRecord]:
    """Trials from the best to the worst, those without a result after them in the order of their numbers."""
    metric = record.measured_by()
    sign = -1 if larger_is_better(metric) else 1

    def place(trial: TrialRecord) -> tuple[bool, float, int]:
        value = trial.best.get(metric)
        measured = value is not None and value == value  # NaN is no result
        return not measured, sign * value if measured and value is not None else 0.0, trial.number

    return sorted(record.trials, key=place)


def _record(sweep: Sweep, name: str, trials: Iterable[TrialRecord]) -> SweepRecord:
    return SweepRecord(
        name=name,
        project=sweep.project,
        template=sweep.template,
        grid={key: _written(values) for key, values in sweep.grid.items()},
        random={key: _written(values) for key, values in sweep.random.items()},
        fixed=dict(sweep.fixed),
        count=sweep.trials,
        seed=sweep.seed,
        metric=sweep.metric,
        trials=tuple(trials),
    )


def _written(values: Values) -> Any:
    listed = getattr(values, "values", None)
    return list(listed) if listed is not None else str(values)
