"""`workbench import MODEL -o FILE`: a Keras model as a project, with its weights."""

import argparse
from pathlib import Path

from workbench.cli.errors import InputError
from workbench.cli.progress_bar import data_progress
from workbench.importing import ModelFileError, import_project
from workbench.project import ProjectFileError, save_project
from workbench.project.weights import WeightStoreError, store_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """MODEL -o FILE [--no-weights] [--force]."""
    parser.epilog = "The model is read as data: nothing in its file is executed."
    parser.add_argument("model", metavar="MODEL", type=Path, help="a model that Keras saved (.keras or .h5)")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="the project to write")
    parser.add_argument("--no-weights", action="store_true", help="take the architecture alone")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")


def run(arguments: argparse.Namespace) -> int:
    """Writes the project and its weights, and says what was made of the model."""
    path: Path = arguments.output
    if path.exists() and not arguments.force:
        raise InputError(f"{path}: there is a file here already; --force replaces it")
    try:
        with data_progress() as progress:
            report = import_project(arguments.model, store_of(path), not arguments.no_weights, progress)
        save_project(report.project, path)
    except (ModelFileError, ProjectFileError, WeightStoreError) as error:
        raise InputError(str(error)) from error
    print(f"{path}: {report.summary}", *report.remarks, sep="\n")
    return 0
