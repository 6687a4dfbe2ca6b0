"""A run's weights by the paths of the network that it trained, ready for a project's store, with what its optimiser
knew of them where that is of the same moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from numpy.typing import NDArray

from workbench.analysis import GraphAnalysis, Primitive, primitives
from workbench.layers import Category
from workbench.project import Project, ProjectFileError, load_project, project_catalogue
from workbench.project.weight_matching import Found
from workbench.project.weights import Arrays, weight_key
from workbench.runs import files
from workbench.runs.checkpoint import Checkpoint, read_checkpoint
from workbench.runs.errors import RunStoreError
from workbench.runs.optimizer_state import state_by_key
from workbench.runs.run import Run, Weights

_MODEL = "model/"
_SEEDS = "seed_generator"


def run_weights(run: Run, which: Weights = "best") -> Found:
    """The best or the last weights of a run. Raises RunStoreError."""
    project, file = run_project(run), run.weights_file(which)
    arrays, names = by_path(project, read_checkpoint(file).variables)
    if _has_state(run, which, file.name):
        arrays |= state_of(project, read_checkpoint(run.checkpoint_file).variables)
    return Found(arrays, names, source=f"run {run.name}")


def _has_state(run: Run, which: Weights, file: str) -> bool:
    """Whether the checkpoint's optimiser is of the same moment as the weights: they are its last epoch's, no means."""
    if not run.checkpoint_file.is_file() or (run.folder / files.AVERAGED).is_file():
        return False
    best_is_last = which == "best" and file == files.BEST and run.record.best_epoch == run.record.epochs
    return file == files.CHECKPOINT or best_is_last


def run_project(run: Run) -> Project:
    """The project as it was trained. Raises RunStoreError."""
    try:
        return load_project(run.project_file).project
    except ProjectFileError as error:
        raise RunStoreError(str(error)) from error


def by_path(project: Project, variables: Mapping[str, NDArray[Any]]) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """A checkpoint's variables of the model, by the store's keys, and the path of each layer by its name."""
    layers = _layers(variables)
    arrays: dict[str, NDArray[Any]] = {}
    names: dict[str, str] = {}
    for primitive in _primitives(project):
        if primitive.owner == primitive.path and primitive.name in layers:
            arrays.update(_keyed(primitive, layers[primitive.name]))
            names[primitive.name] = primitive.path
    return arrays, names


def checkpoint_arrays(project: Project, checkpoint: Checkpoint) -> Arrays:
    """Weights and the optimiser's state of a project's training at the end of an epoch, by the store's keys."""
    arrays, _ = by_path(project, checkpoint.variables)
    return arrays | state_of(project, checkpoint.variables)


def state_of(project: Project, variables: Mapping[str, NDArray[Any]]) -> Arrays:
    """What a checkpoint's optimiser knew of each weight, by the store's keys."""
    stems = {}
    for primitive in _primitives(project):
        for position, weight in enumerate(primitive.report.weights):
            key = weight_key(primitive.path, position, weight.name)
            stems[f"{primitive.name}_{weight.name.replace('/', '_')}"] = key
    return state_by_key(project.training.optimizer, variables, stems)


def _primitives(project: Project) -> Iterator[Primitive]:
    catalogue = project_catalogue(project.blocks.values())
    for graph in project.graphs.values():
        yield from primitives(GraphAnalysis(graph, catalogue))


def _layers(variables: Mapping[str, NDArray[Any]]) -> dict[str, list[tuple[str, NDArray[Any]]]]:
    """Names and arrays of each layer's weights in its own order; keys are `model/<layer>/<position>.<name>`."""
    found: dict[str, list[tuple[str, NDArray[Any]]]] = {}
    for key in sorted(variables):
        if key.startswith(_MODEL):
            layer, _, last = key.removeprefix(_MODEL).rpartition("/")
            name = last.partition(".")[2]
            if not name.startswith(_SEEDS):
                found.setdefault(layer, []).append((name, variables[key]))
    return found


def _keyed(primitive: Primitive, held: list[tuple[str, NDArray[Any]]]) -> Iterator[tuple[str, NDArray[Any]]]:
    if primitive.kind.category is Category.OPAQUE:
        names = [name for name, _ in held]
    else:
        names = [weight.name for weight in primitive.report.weights]
    for position, (name, (_, value)) in enumerate(zip(names, held, strict=False)):
        yield weight_key(primitive.path, position, name), value
