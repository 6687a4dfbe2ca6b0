"""`workbench sweep FILE`: many trainings with other values, each an ordinary run."""

import argparse
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from workbench.cli.errors import INTERRUPTED, InputError, WrongUsage
from workbench.cli.jobs import quietened, run_job
from workbench.cli.options import add_json, assignment, positive, seed
from workbench.cli.output import duration, metric, print_json, print_table
from workbench.cli.progress import progress
from workbench.cli.projects import open_project
from workbench.cli.store import add_runs, writable_runs_root
from workbench.engine import EngineUnavailable
from workbench.project import SUFFIX, LiveAnalysis
from workbench.project.file import dumps
from workbench.protocol import AnyEvent, Finished, Started, Stopped, Train
from workbench.runs import RunStoreError, change_labels
from workbench.sweeps import (
    OPEN,
    Sweep,
    SweepError,
    SweepPlan,
    SweepRecord,
    SweepStore,
    TrialRecord,
    TrialStatus,
    parse_values,
    plan_sweep,
    ranked,
    read_description,
    trial_project,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE [--grid key=values]... [--random key=values]... [--trials N] [--seed N] [--resume] [--runs DIR] [--json]."""
    parser.epilog = (
        "FILE is a project with --grid or --random, or the description of a sweep (*.toml, *.json: project or "
        "template, grid, random, trials, seed, set, metric, name). Keys are settings, or parameters as "
        "node.conv_1.filters. Values are listed (16,32) or, for --random, a range (0:0.5, log:1e-4:1e-1). "
        "Ctrl-C stops at the batch and keeps every run; --resume goes on."
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="a project, or the description of a sweep")
    for name, told in (("grid", "every combination of these"), ("random", "drawn from these")):
        parser.add_argument(
            f"--{name}", metavar="key=values", type=assignment, action="append", default=[], help=f"{told}; repeatable"
        )
    parser.add_argument("--trials", metavar="N", type=positive, help="how many random trials")
    parser.add_argument("--seed", metavar="N", type=seed, help="seed of the random values (default 0)")
    parser.add_argument(
        "--set", metavar="key=value", dest="fixed", type=assignment, action="append", default=[], help="for all trials"
    )
    parser.add_argument("--metric", metavar="NAME", help="sort by this metric, as val_loss (default: val_accuracy)")
    parser.add_argument("--name", metavar="NAME", help="what to call the sweep")
    parser.add_argument("--device", default="auto", help="auto, cpu, gpu:0 and so on")
    parser.add_argument("--resume", action="store_true", help="go on with the last sweep of the same trials")
    parser.add_argument("--dry-run", action="store_true", help="list the trials and train nothing")
    add_runs(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Trains the trials one after the other; 130 where it was stopped, 1 where no trial has a result."""
    plan = _plan(arguments)
    if arguments.dry_run:
        return _show_plan(plan, arguments.json)
    store = SweepStore(writable_runs_root(arguments))
    try:
        queue = _Queue(store, _record(store, plan, arguments), arguments)
        stopped = queue.run()
    except SweepError as error:
        raise InputError(str(error)) from error
    _show(queue.record, store, arguments.json)
    if stopped:
        return INTERRUPTED
    return 0 if any(trial.best for trial in queue.record.trials) else 1


class _Queue:
    """The trials that are still to do, one after the other; those that another process trains are left to it.

    What becomes of each is on disk before the next begins.
    """

    def __init__(self, store: SweepStore, record: SweepRecord, arguments: argparse.Namespace) -> None:
        self.record = record
        self._store = store
        self._runs = store.folder.parent
        self._device: str = arguments.device

    def run(self) -> bool:
        """True where Ctrl-C ended it. Raises SweepError where the state cannot be kept."""
        stopped = any(self._take(planned) for planned in self.record.open)
        self.record = self._store.read(self.record.name)  # with what other processes have done
        return stopped

    def _take(self, planned: TrialRecord) -> bool:
        """Trains a trial unless another process does, or has; True where Ctrl-C ended it."""
        with self._store.claimed(self.record, planned.number) as trial:
            if trial is None or trial.status not in OPEN:
                return False
            self.record = self._store.read(self.record.name)
            try:
                self._run(trial)
            except KeyboardInterrupt:
                self._note(trial, status=TrialStatus.STOPPED)
            return self.record.trials[trial.number - 1].status is TrialStatus.STOPPED

    def _run(self, trial: TrialRecord) -> None:
        self._note(trial, status=TrialStatus.RUNNING, problem="")
        with quietened() as people, progress(people) as report:
            print(f"trial {trial.number}/{len(self.record.trials)}: {_values(trial)}", file=people, flush=True)

            def hear(event: AnyEvent) -> None:
                if isinstance(event, Started):
                    self._label(trial, Path(event.run))
                report(event)

            try:
                done = run_job(self._command(trial), hear)
            except (InputError, SweepError) as error:
                if isinstance(error.__cause__, EngineUnavailable):
                    self._note(trial, status=TrialStatus.WAITING)
                    raise
                self._note(trial, status=TrialStatus.FAILED, problem=" ".join(str(error).split()))
                print(f"trial {trial.number} failed: {error}", file=people, flush=True)
                return
        self._conclude(trial, done)

    def _command(self, trial: TrialRecord) -> Train:
        """Goes on with the run that the trial was stopped in. Raises SweepError where the network is not whole."""
        unfinished = self._store.unfinished_run(trial)
        if unfinished is not None:
            return Train(project="", runs=str(self._runs), resume=str(unfinished), device=self._device)
        project = trial_project(self.record.sweep, trial.trial)
        analysis = LiveAnalysis(project)
        errors = analysis.errors
        analysis.close()
        if errors:
            raise SweepError(errors[0].message)
        return Train(
            project=dumps(project).decode(),
            runs=str(self._runs),
            name=f"{self.record.name}-{trial.number}",
            device=self._device,
        )

    def _label(self, trial: TrialRecord, run: Path) -> None:
        self._note(trial, run=run.name)
        with contextlib.suppress(RunStoreError):  # a run without its label is a run all the same
            change_labels(run, sweep=self.record.name, trial=trial.number, values=trial.values)

    def _conclude(self, trial: TrialRecord, done: AnyEvent) -> None:
        assert isinstance(done, Finished | Stopped)
        status = TrialStatus.FINISHED if isinstance(done, Finished) else TrialStatus.STOPPED
        facts = {name: getattr(done, name) for name in ("best", "monitor", "best_epoch", "epochs", "seconds")}
        self._note(trial, status=status, **facts)

    def _note(self, trial: TrialRecord, **changes: Any) -> None:
        self.record = self.record.with_trial(trial.number, **changes)
        self._store.save(self.record, trial.number)


def _plan(arguments: argparse.Namespace) -> SweepPlan:
    try:
        return plan_sweep(_sweep(arguments))
    except SweepError as error:
        raise InputError(str(error)) from error


def _sweep(arguments: argparse.Namespace) -> Sweep:
    grid = {key: parse_values(key, written) for key, written in arguments.grid}
    drawn = {key: parse_values(key, written) for key, written in arguments.random}
    path: Path = arguments.file
    if path.suffix == SUFFIX:
        opened = open_project(path)
        if not grid and not drawn:
            raise WrongUsage("a sweep of a project takes --grid or --random, as --grid learning_rate=1e-2,1e-3")
        if drawn and not arguments.trials:
            raise WrongUsage("--random takes --trials N")
        name = f"{opened.project.title or path.stem}-sweep"
        sweep = Sweep(name, dumps(opened.project).decode())
    else:
        sweep = read_description(path)
    sweep = replace(
        sweep,
        grid={**sweep.grid, **grid},
        random={**sweep.random, **drawn},
        fixed={**sweep.fixed, **dict(arguments.fixed)},
    )
    given = {name: getattr(arguments, name) for name in ("trials", "seed", "metric", "name")}
    return replace(sweep, **{name: value for name, value in given.items() if value is not None})


def _record(store: SweepStore, plan: SweepPlan, arguments: argparse.Namespace) -> SweepRecord:
    if not arguments.resume:
        return store.begin(plan)
    found = store.find(plan)
    if found is None:
        raise InputError(f"{store.folder}: there is no sweep of {arguments.file} with these trials to go on with")
    return found


def _values(trial: TrialRecord) -> str:
    return ", ".join(f"{key}={_value(value)}" for key, value in trial.values.items())


def _value(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _show_plan(plan: SweepPlan, as_json: bool) -> int:
    if as_json:
        print_json([{"trial": trial.number, "values": trial.values} for trial in plan.trials])
        return 0
    keys = list(plan.trials[0].values)
    rows = ((str(trial.number), *(_value(trial.values[key]) for key in keys)) for trial in plan.trials)
    print_table(("trial", *keys), rows, ("trial", *keys))
    return 0


def _show(record: SweepRecord, store: SweepStore, as_json: bool) -> None:
    sorted_trials = ranked(record)
    measured_by = record.measured_by()
    if as_json:
        print_json(_document(record, sorted_trials, measured_by, store))
        return
    keys = list(record.trials[0].values)
    columns = ("trial", *keys, measured_by or "metric", "epochs", "time", "status", "run")
    print_table(columns, _rows(sorted_trials, keys, measured_by), columns[:-2])
    print(*(f"trial {trial.number}: {trial.problem}" for trial in record.trials if trial.problem), sep="\n", end="")
    left = len(record.open)
    print(f"\nThe sweep is {record.name}" + (f"; {left} trials are left: --resume goes on" if left else ""))


def _rows(trials: list[TrialRecord], keys: list[str], measured_by: str) -> Iterator[tuple[str, ...]]:
    for trial in trials:
        value = trial.best.get(measured_by)
        yield (
            str(trial.number),
            *(_value(trial.values[key]) for key in keys),
            "" if value is None else metric(value),
            str(trial.epochs),
            duration(trial.seconds),
            trial.status.value,
            trial.run,
        )


def _document(record: SweepRecord, trials: list[TrialRecord], measured_by: str, store: SweepStore) -> dict[str, Any]:
    runs = store.folder.parent
    listed = [
        {**msgspec.to_builtins(trial), "run": str(runs / trial.run) if trial.run else "", "trial": trial.number}
        for trial in trials
    ]
    best = listed[0] if listed and measured_by in listed[0]["best"] else None
    return {"sweep": record.name, "metric": measured_by, "best": best, "trials": listed}
