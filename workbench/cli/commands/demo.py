"""`workbench demo`: the whole job on data that comes with the program."""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

from workbench.cli.commands.export import export
from workbench.cli.commands.train import described, record, train
from workbench.cli.display import has_display
from workbench.cli.errors import INTERRUPTED
from workbench.cli.options import add_json, seed
from workbench.cli.output import duration, print_json
from workbench.cli.store import add_runs, writable_runs_root
from workbench.project import Project, SetTraining, assign
from workbench.protocol import ExportDone, Finished, Stopped
from workbench.runs import Run
from workbench.templates import get_template

_ACCURACY = "val_accuracy"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[--seed N] [--runs DIR] [--json]."""
    parser.epilog = "It takes well under a minute and needs no display. With one, it offers to open the result."
    parser.add_argument(
        "--seed", metavar="N", type=seed, default=0, help="of split, order and initial weights (default 0)"
    )
    add_runs(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Trains LeNet-5 with the template's recipe, exports it into the run's folder and says how good both are."""
    project = _project(arguments.seed)
    trained = train(project, f"demo-{project.title}", writable_runs_root(arguments))
    if isinstance(trained, Stopped):
        return _stopped(trained, arguments.json)
    exported = export(Path(trained.run), Path(trained.run, "savedmodel"))
    if arguments.json:
        print_json(_record(trained, exported))
    else:
        print(*_lines(project, trained, exported), sep="\n")
        _offer_to_open(Run.open(Path(trained.run)).project_file)
    return 0


def _stopped(trained: Stopped, wants_json: bool) -> int:
    if wants_json:
        print_json(record(trained))
    else:
        print(*described(trained), sep="\n")
    return INTERRUPTED


def _project(seed_: int) -> Project:
    project = get_template("lenet5").build()
    project.apply(SetTraining(assign(project.training, {"seed": seed_})))
    return project


def _record(trained: Finished, exported: ExportDone) -> dict[str, Any]:
    """`accuracy` is that of the exported weights, which are the best epoch's, on the held-out images."""
    return {
        "accuracy": trained.best[_ACCURACY],
        "export_difference": exported.difference,
        "run": trained.run,
        "export": exported.path,
        "best_epoch": trained.best_epoch,
        "last_accuracy": trained.last[_ACCURACY],
        "epochs": trained.epochs,
        "seconds": trained.seconds,
    }


def _lines(project: Project, trained: Finished, exported: ExportDone) -> list[str]:
    best, last = trained.best[_ACCURACY], trained.last[_ACCURACY]
    return [
        f"LeNet-5 on the {project.dataset.spec}: {trained.epochs} epochs in {duration(trained.seconds)}",
        f"run: {trained.run}",
        f"export: {exported.path} (weights of epoch {trained.best_epoch}, the best)",
        f"held-out accuracy: {best:.4f} ({last:.4f} after the last epoch)",
        f"export difference: {exported.difference:.3g} over {exported.images} held-out images, in a clean process",
    ]


def _offer_to_open(project_file: Path) -> None:
    if not (has_display() and sys.stdin.isatty() and sys.stdout.isatty()):
        return
    try:
        answer = input("Open the trained network in the window? [y/N] ")
    except EOFError:
        return
    if answer.strip().lower() in ("y", "yes"):
        subprocess.run([sys.executable, "-m", "workbench", str(project_file)], check=False)
