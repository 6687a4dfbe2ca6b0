"""`workbench import MODEL -o FILE`: a Keras model as a project, with its weights."""

import argparse
from pathlib import Path

from workbench.cli.applications import PREFIX, Application, made, preprocess
from workbench.cli.errors import InputError
from workbench.importing import Imported, ModelFileError, import_model
from workbench.project import LiveAnalysis, ProjectFileError, SetWeights, save_project
from workbench.project.weights import WeightStoreError, store_of, write_weights


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """MODEL -o FILE [--no-weights] [--force]."""
    parser.epilog = "The model is read as data: nothing in its file is executed."
    parser.add_argument(
        "model",
        metavar="MODEL",
        help="a model that Keras saved (.keras or .h5), or application:ResNet50[:imagenet], a network of Keras",
    )
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="the project to write")
    parser.add_argument("--no-weights", action="store_true", help="take the architecture alone")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")


def run(arguments: argparse.Namespace) -> int:
    """Writes the project and its weights, and says what was made of the model."""
    path: Path = arguments.output
    if path.exists() and not arguments.force:
        raise InputError(f"{path}: there is a file here already; --force replaces it")
    if arguments.model.startswith(PREFIX):
        with made(Application.of(arguments.model)) as (model, mode):
            return _import(arguments, model, mode)
    return _import(arguments, Path(arguments.model))


def _import(arguments: argparse.Namespace, model: Path, mode: str | None = None) -> int:
    path: Path = arguments.output
    try:
        imported = import_model(model, with_weights=not arguments.no_weights)
        project = imported.project
        added = preprocess(project, mode) if mode else None
        if imported.weights:
            project.apply(SetWeights(write_weights(store_of(path), imported.weights.items())))
        save_project(project, path)
    except (ModelFileError, ProjectFileError, WeightStoreError) as error:
        raise InputError(str(error)) from error
    print(*_described(imported, path), *([added] if added else []), sep="\n")
    return 0


def _described(imported: Imported, path: Path) -> list[str]:
    analysis = LiveAnalysis(imported.project)
    totals = [analysis.of(name).totals for name in imported.project.graphs]
    nodes = sum(len(list(graph)) for graph in imported.project.graphs.values())
    parameters, arrays = sum(total.params for total in totals), len(imported.weights)
    lines = [f"{path}: {imported.project.title}, {nodes} nodes, {parameters:,} parameters, {arrays} arrays of weights"]
    lines += [f"{name}: kept as an opaque layer: {why}" for name, why in imported.opaque.items()]
    lines += [f"note: {note}" for note in imported.notes]
    return lines
