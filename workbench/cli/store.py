"""The run store that a command works with."""

import argparse
import tempfile
from collections.abc import Iterable
from pathlib import Path

from workbench import locations
from workbench.cli.errors import InputError
from workbench.runs import RunStore, RunStoreError
from workbench.runs.run import Weights


def add_runs(parser: argparse.ArgumentParser) -> None:
    """`--runs`; see `runs_root`."""
    where = f"the folder of all runs (default: {locations.RUNS_VARIABLE}, Preferences, or the user data folder)"
    parser.add_argument("--runs", metavar="DIR", type=Path, help=where)


def runs_root(arguments: argparse.Namespace) -> Path:
    """The run store that the arguments or the environment name."""
    chosen: Path | None = arguments.runs
    return locations.runs_folder() if chosen is None else chosen.expanduser().absolute()


def chosen_runs(arguments: argparse.Namespace, names: Iterable[str], weights: Weights) -> tuple[str, ...]:
    """The folders of runs that hold weights. Raises InputError at once, not when TensorFlow has loaded."""
    store = RunStore(runs_root(arguments))
    try:
        chosen = [store.resolve(name) for name in names]
        for run in chosen:
            run.weights_file(weights)
    except RunStoreError as error:
        raise InputError(str(error)) from error
    return tuple(str(run.folder.absolute()) for run in chosen)


def writable_runs_root(arguments: argparse.Namespace) -> Path:
    """The same, made where it is missing. Raises InputError at once, not when TensorFlow has loaded."""
    root = runs_root(arguments)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root):
            return root
    except OSError as error:
        choose = f"choose another folder with --runs or {locations.RUNS_VARIABLE}"
        raise InputError(f"{root}: runs cannot be kept here: {error.strerror or error}; {choose}") from error
