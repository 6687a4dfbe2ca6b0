"""What a job starts from: a project without errors, and a run with its model."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import msgspec

from workbench.engine.compile import build_model
from workbench.engine.errors import JobError
from workbench.engine.training.initial import take_weights
from workbench.engine.training.optimizer_state import Given
from workbench.engine.variables import restore_model
from workbench.graph import Graph
from workbench.project import LiveAnalysis, Project, loads, project_catalogue
from workbench.protocol import AnyEvent
from workbench.runs import Run, RunStoreError, read_checkpoint
from workbench.runs.run import Weights


def read_project(content: bytes, place: str | Path, weights: str = "") -> Project:
    """A project from the content of its file. Raises ProjectFileError, or JobError where it cannot be trained.

    `weights` is the file with its weights; "" looks beside `place`, where that is a path, and in the user's own store.
    """
    loaded = loads(content, place)
    if weights and loaded.project.weights is not None:
        loaded.project.replace_section("weights", replace(loaded.project.weights, file=Path(weights)))
    for problem in loaded.problems:
        raise JobError(f"{place}: {problem}")
    analysis = LiveAnalysis(loaded.project)
    errors = analysis.errors
    analysis.close()
    if errors:
        first, more = errors[0], len(errors) - 1
        node = loaded.project.graph(first.graph).node(first.node).name if first.graph and first.node else ""
        others = f" (and {more} more problem{'s' if more > 1 else ''})" if more else ""
        raise JobError(f"{node}: {first.message}{others}".removeprefix(": "), first.hint)
    return loaded.project


def read_snapshot(run: Run) -> bytes:
    """The project file of a run, as it was trained. Raises RunStoreError."""
    try:
        return run.project_file.read_bytes()
    except OSError as error:
        raise RunStoreError(f"{run.project_file}: cannot be read: {error.strerror or error}") from error


def classifier_graph(project: Project) -> Graph:
    """The one graph of a classifier. Raises JobError where there are several."""
    graphs = list(project.graphs.values())
    if len(graphs) != 1:
        raise JobError(f"A classifier has one graph; this project has {len(graphs)}: {', '.join(project.graphs)}.")
    return graphs[0]


def read_model(run: Run, project: Project, weights: Weights) -> keras.Model:
    """The run's model with its best or last weights. Raises JobError or RunStoreError."""
    checkpoint = read_checkpoint(run.weights_file(weights))
    model = build_model(classifier_graph(project), run.record.seed, project_catalogue(project.blocks.values()))
    restore_model(model, checkpoint.variables)
    return model


def read_own_model(project: Project, report: Callable[[AnyEvent], None]) -> keras.Model:
    """The project's network with the project's own weights. Raises JobError where it has none, or none fits."""
    if project.weights is None:
        raise JobError("The project has no weights of its own.", "Train it, or import a model with its weights.")
    graph, catalogue = classifier_graph(project), project_catalogue(project.blocks.values())
    model = build_model(graph, project.training.seed, catalogue)
    settings = msgspec.structs.replace(project.training, initial_weights="project")
    project.replace_section("training", settings)
    taken = take_weights(model, project, graph, catalogue, report)
    if taken is not None:
        report(taken.told(Given()))
    return model
