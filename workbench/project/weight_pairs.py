"""Which layer takes which layer's weights from elsewhere: by name, else by order where every shape fits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from workbench.analysis import Primitive


class Side(NamedTuple):
    """A layer with weights: its path or key, its name, and the shapes of its weights, with their names where known.

    One whose weights are not known, an opaque layer, has no shapes and fits by its name alone.
    """

    key: str
    name: str
    shapes: tuple[Any, ...]

    def fits(self, there: Side) -> bool:
        """Whether the weights there are in all shapes those of this layer."""
        return not self.shapes or sorted(self.shapes) == sorted(there.shapes)


class Pairs(NamedTuple):
    """For keys of layers here, those of the layers there; `by_order`: names do not agree, places and shapes do."""

    there: Mapping[str, str]
    by_order: bool = False


def pairs(here: Sequence[Side], there: Sequence[Side]) -> Pairs:
    """Both in the order of `keras_order`. Names may differ in what separates their parts."""
    named = _by_name(here, there, lambda name: name) | _by_name(here, there, _plain)
    if len(named) < len(here) == len(there):
        ordered = list(zip(here, there, strict=True))
        if all(ours.fits(theirs) and named.get(ours.key, theirs.key) == theirs.key for ours, theirs in ordered):
            return Pairs({ours.key: theirs.key for ours, theirs in ordered}, by_order=True)
    return Pairs(named)


def _by_name(here: Iterable[Side], there: Iterable[Side], spelt: Callable[[str], str]) -> dict[str, str]:
    there = list(there)
    counts = Counter(spelt(side.name) for side in there)
    theirs = {spelt(side.name): side for side in there if counts[spelt(side.name)] == 1}
    found = ((side, theirs.get(spelt(side.name))) for side in here)
    return {side.key: same.key for side, same in found if same and side.fits(same)}


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "_", name)


def keras_order(primitives: Sequence[Primitive]) -> list[Primitive]:
    """Layers as Keras lists those of a model: those farthest from an output first, else as a walk from the outputs
    meets them. `primitives` are in topological order; layers that share another's weights are left out.
    """
    by_path = {primitive.path: primitive for primitive in primitives}
    depths = dict.fromkeys(by_path, 0)
    for primitive in reversed(primitives):
        for source in _sources(primitive):
            depths[source] = max(depths[source], depths[primitive.path] + 1)
    met = _walk(by_path)
    owners: dict[str, int] = {}
    for path, primitive in by_path.items():
        owners[primitive.owner] = max(depths[path], owners.get(primitive.owner, 0))
    order = {path: number for number, path in enumerate(dict.fromkeys(by_path[path].owner for path in met))}
    inside = (primitive for path, primitive in by_path.items() if path == primitive.owner)
    return sorted(inside, key=lambda primitive: (-owners[primitive.path], order.get(primitive.path, len(order))))


def _walk(by_path: Mapping[str, Primitive]) -> list[str]:
    """Every layer before those that it takes from, beginning at the outputs in the order of their names."""
    used = {source for primitive in by_path.values() for source in _sources(primitive)}
    ends = sorted((primitive for path, primitive in by_path.items() if path not in used), key=lambda end: end.name)
    waiting, met = [end.path for end in reversed(ends)], dict[str, None]()
    while waiting:
        path = waiting.pop()
        if path not in met:
            met[path] = None
            waiting.extend(reversed(_sources(by_path[path])))
    return list(met)


def _sources(primitive: Primitive) -> list[str]:
    return [ref.path for refs in primitive.inputs.values() for ref in refs]
