"""`workbench import MODEL -o FILE`: a Keras model as a project, with its weights."""

import argparse
from pathlib import Path

from workbench.cli.applications import PREFIX, Application, made
from workbench.cli.errors import InputError
from workbench.cli.jobs import quietened
from workbench.cli.outputs import add_output
from workbench.cli.progress_bar import data_progress
from workbench.importing import ModelFileError, import_project
from workbench.layers import Call, TensorSpec
from workbench.project import ProjectFileError, save_project
from workbench.project.weights import WeightStoreError, store_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """MODEL -o FILE [--no-weights] [--force]."""
    parser.epilog = "The model is read as data: nothing in its file is executed."
    parser.add_argument(
        "model",
        metavar="MODEL",
        help="a model that Keras saved (.keras or .h5), or application:ResNet50[:imagenet], a network of Keras",
    )
    add_output(parser, "-o", "--output", metavar="FILE", required=True, help="the project to write")
    parser.add_argument("--no-weights", action="store_true", help="take the architecture alone")


def run(arguments: argparse.Namespace) -> int:
    """Writes the project and its weights, and says what was made of the model."""
    if arguments.model.startswith(PREFIX):
        with made(Application.of(arguments.model)) as (model, mode):
            return _import(arguments, model, mode)
    return _import(arguments, Path(arguments.model))


def _supply(key: str, call: Call) -> TensorSpec | None:
    """What Keras says of a layer without rules; only then is it loaded. None where TensorFlow is not installed."""
    with quietened():  # TensorFlow writes of its own accord while it loads
        try:
            from workbench.engine.supplied import supply_spec
        except ImportError:
            return None
        return supply_spec(key, call)


def _import(arguments: argparse.Namespace, model: Path, mode: str = "") -> int:
    path: Path = arguments.output
    try:
        with data_progress() as progress:
            report = import_project(
                model, store_of(path), not arguments.no_weights, progress, preprocess=mode, supplier=_supply
            )
        save_project(report.project, path)
    except (ModelFileError, ProjectFileError, WeightStoreError) as error:
        raise InputError(str(error)) from error
    print(f"{path}: {report.summary}", *report.remarks, sep="\n")
    return 0
