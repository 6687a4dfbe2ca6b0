"""`workbench train FILE`: trains a project, with a progress bar."""

import argparse
from pathlib import Path
from typing import Any

from workbench.cli.errors import INTERRUPTED, InputError, WrongUsage
from workbench.cli.jobs import quietened, run_job
from workbench.cli.options import add_file, add_json, assignment, positive
from workbench.cli.output import duration, metrics_line, print_json
from workbench.cli.progress import progress
from workbench.cli.projects import open_project
from workbench.cli.store import add_runs, writable_runs_root
from workbench.project import Project, SetDataset, SettingsError, SetTraining, assign
from workbench.project.file import dumps
from workbench.protocol import Finished, Stopped, Train


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """FILE [--data SPEC] [--epochs N] [--set key=value]... [--runs DIR] [--json]."""
    parser.epilog = (
        "Ctrl-C stops at the batch and keeps the run; a second Ctrl-C ends at once. The file is not changed."
    )
    add_file(parser)
    parser.add_argument("--data", metavar="SPEC", help="train on this dataset instead of the project's, as digits")
    parser.add_argument("--epochs", metavar="N", type=positive, help="train for N epochs")
    parser.add_argument(
        "--set",
        metavar="key=value",
        dest="settings",
        type=assignment,
        action="append",
        default=[],
        help="another setting: batch_size, optimizer, learning_rate, schedule, seed, validation_share; may be repeated",
    )
    add_runs(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Trains; 130 where it was stopped."""
    opened = open_project(arguments.file)
    apply_settings(opened.project, arguments)
    if opened.errors:
        raise InputError(*opened.error_lines())
    root = writable_runs_root(arguments)
    done = train(opened.project, opened.project.title or opened.path.stem, root)
    if arguments.json:
        print_json(record(done))
    else:
        print(*described(done), sep="\n")
    return INTERRUPTED if isinstance(done, Stopped) else 0


def train(project: Project, name: str, root: Path) -> Finished | Stopped:
    """Trains into a new run under `root`. Raises InputError."""
    command = Train(project=dumps(project).decode(), runs=str(root), name=name)
    with quietened() as people, progress(people) as report:
        done = run_job(command, report)
    assert isinstance(done, Finished | Stopped)
    return done


def record(done: Finished | Stopped) -> dict[str, Any]:
    """The result as data; `run` is the run's folder, "" where training had not begun."""
    return {
        "run": done.run,
        "name": done.name,
        "status": "finished" if isinstance(done, Finished) else "stopped",
        "best": done.best,
        "best_epoch": done.best_epoch,
        "epochs": done.epochs,
        "seconds": done.seconds,
    }


def described(done: Finished | Stopped) -> list[str]:
    """The result in lines."""
    if not done.run:
        return ["stopped before training began"]
    how = "trained" if isinstance(done, Finished) else "stopped after"
    lines = [f"{how} {done.epochs} epochs in {duration(done.seconds)}; the run is {done.run}"]
    if done.best:
        lines.append(f"best epoch {done.best_epoch}: {metrics_line(done.best)}")
    return lines


def apply_settings(project: Project, arguments: argparse.Namespace) -> None:
    """What the command line says goes before what the file says. Raises WrongUsage."""
    values: dict[str, Any] = dict(arguments.settings)
    values |= {"epochs": arguments.epochs} if arguments.epochs is not None else {}
    values |= {"spec": arguments.data} if arguments.data is not None else {}
    dataset = {name: values.pop(name) for name in project.dataset.__struct_fields__ if name in values}
    try:
        project.apply(SetDataset(assign(project.dataset, dataset)))
        project.apply(SetTraining(assign(project.training, values)))
    except SettingsError as error:
        raise WrongUsage(str(error)) from error
