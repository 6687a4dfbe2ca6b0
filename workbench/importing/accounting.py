"""The account of a file's weights: each array has a layer, and each layer its arrays. What is not so is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from workbench.analysis import GraphAnalysis, Primitive, primitives
from workbench.importing.weights import FileArrays
from workbench.project.weights import path_of

_NAMED = 5
"""Arrays and layers that a note names; more are counted."""


def names_of(primitive: Primitive) -> tuple[str, ...]:
    """The names of the models around a primitive and its own: `<id>/<repetition>/<inner id>` without repetitions."""
    return tuple(primitive.owner.split("/")[::2])


def unaccounted(analysis: GraphAnalysis, stored: FileArrays, keys: Set[str]) -> Iterator[str]:
    """A note for layers without arrays, for arrays without a layer, and for layers that share weights no longer."""
    filled = {path_of(key) for key in keys}
    owners = [primitive for primitive in primitives(analysis) if primitive.owner == primitive.path]
    empty = [primitive.name for primitive in owners if primitive.path not in filled and primitive.report.weights]
    if empty:
        yield f"the file has no weights for {_listed(empty)}, which begin anew"
    met = {names_of(primitive) for primitive in owners}
    lost = [".".join(path) for path in stored.by_path if path not in met]
    if lost or stored.unplaced:
        yield f"no layer takes the file's weights of {_listed([*lost, *stored.unplaced])}; they are left out"
    for path, first in stored.copied.items():
        yield (
            f"{'.'.join(path)} shares its weights with {'.'.join(first)} in the file; here each has a copy of its own, "
            "because one of them is in a block"
        )


def unknown_shape(primitive: Primitive, met: Sequence[Primitive], opaque: Mapping[str, str]) -> str:
    """Why a layer's weights cannot be placed: the layer at fault is the first before it whose shape is not known."""
    by_path = {each.path: each for each in met}
    at: Primitive | None = primitive
    fault = primitive
    while at is not None:
        fault = at
        before = [by_path[ref.path] for refs in at.inputs.values() for ref in refs if ref.path in by_path]
        at = next((each for each in before if not each.report.known), None)
    why = opaque.get(fault.name, "its settings or inputs do not fit")
    behind = "its weights" if fault is primitive else f"the weights of {primitive.name} behind it"
    return f"{fault.name} gives no known shape ({why}); {behind} are left out"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
