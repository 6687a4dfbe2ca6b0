"""`workbench runs`: what has been trained."""

import argparse
from typing import Any

from workbench.cli.errors import InputError
from workbench.cli.options import add_json
from workbench.cli.output import duration, metrics_line, print_json, print_table
from workbench.cli.store import add_runs, runs_root
from workbench.runs import DamagedRun, Run, RunStore, RunStoreError

_RECORDED = (
    "created",
    "dataset",
    "seed",
    "device",
    "epochs",
    "epochs_planned",
    "best_epoch",
    "best",
    "last",
    "seconds",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[--runs DIR] [--json]."""
    parser.epilog = "Where a command takes RUN: a name from this list, a path, or `latest`."
    add_runs(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Lists the runs, the newest first; folders that cannot be read as runs come last, with the reason."""
    root = runs_root(arguments)
    try:
        runs = RunStore(root).list()
    except RunStoreError as error:
        raise InputError(str(error)) from error
    if arguments.json:
        print_json([_record(run) for run in runs])
    elif runs:
        print_table(("run", "status", "created", "epochs", "time", "best"), map(_row, runs), ("epochs", "time"))
        print(*(f"{run.folder}: {run.problem}" for run in runs if run.problem), f"The runs are in {root}", sep="\n")
    else:
        print(f"There are no runs in {root} yet; workbench train FILE makes one")
    return 0


def _record(run: Run | DamagedRun) -> dict[str, Any]:
    facts = {name: getattr(run.record, name) for name in _RECORDED} if isinstance(run, Run) else {}
    return {"name": run.name, "path": str(run.folder), "status": str(run.status), "problem": run.problem, **facts}


def _row(run: Run | DamagedRun) -> tuple[str, ...]:
    if isinstance(run, DamagedRun):
        return run.name, run.status, "", "", "", ""
    record = run.record
    created = record.created.replace("T", " ")[:19]
    epochs = f"{record.epochs}/{record.epochs_planned}"
    held_out = {name: value for name, value in record.best.items() if name.startswith("val_")}
    best = metrics_line(held_out or record.best)
    return run.name, str(run.status), created, epochs, duration(record.seconds), best
