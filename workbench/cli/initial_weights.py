"""`--weights scratch|project|RUN|FILE`: what a training begins with, as edits of the project it trains."""

import argparse
import contextlib
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

from workbench.cli.errors import InputError
from workbench.cli.projects import open_project
from workbench.cli.store import runs_root
from workbench.importing import ModelFileError
from workbench.importing.formats import is_saved_model
from workbench.importing.weights_file import file_weights
from workbench.project import SUFFIX, Project, SetTraining, SetWeights, assign
from workbench.project.weight_matching import Found, adopt, project_weights
from workbench.project.weights import Weights, WeightsCancelled, WeightStoreError, shared_store
from workbench.runs import RunStore, RunStoreError
from workbench.runs.weights import run_weights

SCRATCH, PROJECT = "scratch", "project"


def add_weights(parser: argparse.ArgumentParser) -> None:
    """`--weights`; see `choose_weights`."""
    parser.add_argument(
        "--weights",
        metavar="scratch|project|RUN|FILE",
        help="what it begins with: drawn anew, the project's own (the default where it has some), the best weights "
        "of a run, or those of a file (.keras, .h5, .weights.h5, .workbench)",
    )


def choose_weights(project: Project, arguments: argparse.Namespace) -> None:
    """Raises InputError where there are none, or none fits."""
    chosen: str | None = arguments.weights
    if chosen is None:
        return
    if chosen == PROJECT and project.weights is None:
        raise InputError(f"--weights {PROJECT}: the project has no weights of its own")
    if chosen not in (SCRATCH, PROJECT):
        project.apply(SetWeights(taken(project, chosen, runs_root(arguments))))
    kind = SCRATCH if chosen == SCRATCH else PROJECT
    project.apply(SetTraining(assign(project.training, {"initial_weights": kind})))


def taken(project: Project, chosen: str, runs: Path) -> Weights:
    """The weights of a run or a file in the user's own store, for a project. Raises InputError."""
    try:
        with _stopped_by_ctrl_c() as stop:
            return adopt(project, found(project, chosen, runs), shared_store(), stop=stop)
    except (RunStoreError, ModelFileError, WeightStoreError) as error:
        raise InputError(str(error)) from error
    except WeightsCancelled:
        raise KeyboardInterrupt from None


def found(project: Project, chosen: str, runs: Path) -> Found:
    """Weights by what a person wrote: a file where there is one, else a run."""
    path = Path(chosen).expanduser()
    if path.is_file() and path.suffix == SUFFIX:
        return project_weights(open_project(path).project, path.name)
    if path.is_file() or is_saved_model(path):  # a folder, which is no run
        return file_weights(path, project)
    return run_weights(RunStore(runs).resolve(chosen))


@contextlib.contextmanager
def _stopped_by_ctrl_c() -> Iterator[threading.Event]:
    stop = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
