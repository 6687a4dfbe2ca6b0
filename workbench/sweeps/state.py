"""How far a sweep has come, in the run store: `.sweeps/<name>.json`, so that it goes on after whatever ended it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from workbench.project import write_atomic
from workbench.project.objectives import larger_is_better
from workbench.project.results import headline
from workbench.runs import Run, RunStatus, RunStoreError
from workbench.sweeps.errors import SweepError
from workbench.sweeps.plan import Sweep, SweepPlan, Trial
from workbench.sweeps.ranges import Values, parse_values

FOLDER = ".sweeps"
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
        name = next(name for name in names if not self._path(name).exists())
        record = _record(sweep, name, (TrialRecord(number=t.number, values=dict(t.values)) for t in plan.trials))
        self.save(record)
        return record

    def save(self, record: SweepRecord) -> None:
        """Replaces a sweep's state. Raises SweepError."""
        path = self._path(record.name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomic(path, msgspec.json.format(msgspec.json.encode(record), indent=2) + b"\n")
        except OSError as error:
            raise SweepError(f"{path}: the sweep cannot be recorded: {error.strerror or error}") from error

    def read(self, name: str) -> SweepRecord:
        """Raises SweepError where there is no such sweep, or its file is damaged."""
        path = self._path(name)
        try:
            return msgspec.json.decode(path.read_bytes(), type=SweepRecord)
        except OSError as error:
            raise SweepError(f"{path}: cannot be read: {error.strerror or error}") from error
        except msgspec.DecodeError as error:
            raise SweepError(f"{path}: damaged: {error}") from error

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
