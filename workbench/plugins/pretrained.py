"""Pretrained weights for a template: where they come from, and how they become the weights of a project."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.analysis import GraphAnalysis, primitives
from workbench.project import Project, project_catalogue

if TYPE_CHECKING:  # the window lists plugins before anything needs numpy
    from numpy.typing import NDArray

Arrays = Mapping[str, Sequence["NDArray[Any]"]]
"""For each Keras layer's name, its weights in Keras's order."""


class PretrainedError(Exception):
    """Weights that are not there or cannot be read. The message is one line and says what to do."""


@dataclass(frozen=True)
class PretrainedSource:
    """Weights for a template. `read` is given a file that the user names, or None to find them by itself.

    It raises PretrainedError where there are none.
    """

    name: str
    template: str
    title: str
    licence: str
    read: Callable[[Path | None], Arrays]
    """Executes nothing of the file that it reads."""


@dataclass
class Taken:
    """Weights by their keys in a project's store, and the layers that did not take any: `layer: why`."""

    weights: dict[str, NDArray[Any]] = field(default_factory=dict)
    layers: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def take(project: Project, arrays: Arrays) -> Taken:
    """The weights that fit the project's layers, found by their names.

    A layer of another shape, as the classifier for other classes, is left out with all its weights. Raises
    PretrainedError where nothing fits.
    """
    from workbench.project.weights import weight_key

    taken = Taken()
    catalogue = project_catalogue(project.blocks.values())
    for graph in project.graphs.values():
        for primitive in primitives(GraphAnalysis(graph, catalogue)):
            wanted = primitive.report.weights
            if not wanted or primitive.owner != primitive.path:
                continue
            given = arrays.get(primitive.name)
            shapes = [weight.shape for weight in wanted]
            if given is None:
                taken.left_out[primitive.name] = "there are no weights for it"
            elif [tuple(value.shape) for value in given] != shapes:
                taken.left_out[primitive.name] = f"Expected shapes {shapes}. Received: {[v.shape for v in given]}"
            else:
                taken.layers.append(primitive.name)
                keys = (weight_key(primitive.path, at, weight.name) for at, weight in enumerate(wanted))
                taken.weights |= dict(zip(keys, given, strict=True))
    if not taken.layers:
        raise PretrainedError(f"{project.title or 'The project'}: none of its layers takes these weights")
    return taken
