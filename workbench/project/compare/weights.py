"""How far the weights of two networks are apart, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.project.document import Project
from workbench.project.weight_matching import LayerKeys, layers_with_weights
from workbench.project.weights import is_state

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class LayerDistance:
    """One layer with weights. `path` is the one that it has after, or before where it is only there.

    `distance` is the Euclidean length of the difference of all its weights, `relative` that beside the length of the
    weights before (None where these are all 0), `cosine` that of the angle between the two. All are None where the
    weights cannot be compared: `kind` then says why.
    """

    name: str
    path: str
    kind: Literal["same", "changed", "reshaped", "added", "removed"]
    params: int
    distance: float | None = None
    relative: float | None = None
    cosine: float | None = None
    largest: float | None = None
    """Of the differences of single weights."""


def weight_distances(before: Project, old: Arrays, after: Project, new: Arrays) -> tuple[LayerDistance, ...]:
    """Every layer that has weights on a side, in the order of `after`, then those that only `before` has.

    `old` and `new` are arrays by the store's keys. A layer is the one with its path, else the one with its name.
    Layers whose arrays are on neither side are left out.
    """
    earlier = [layer for layer in layers_with_weights(before) if _held(layer, old)]
    by_path = {layer.path: layer for layer in earlier}
    by_name = {layer.name: layer for layer in earlier}
    later = [layer for layer in layers_with_weights(after) if _held(layer, new)]
    paths = {layer.path for layer in later}
    found, met = [], set()
    for layer in later:
        match = by_path.get(layer.path) or by_name.get(layer.name)
        if match is not None and match.path != layer.path and match.path in paths:
            match = None  # that one is another layer of the later network
        if match is not None:
            met.add(match.path)
        found.append(_compare(match, old, layer, new))
    gone = (layer for layer in earlier if layer.path not in met)
    return (*found, *(LayerDistance(each.name, each.path, "removed", _count(each, old)) for each in gone))


def _held(layer: LayerKeys, arrays: Arrays) -> bool:
    return any(True for _ in _arrays(layer, arrays))


def _arrays(layer: LayerKeys, arrays: Arrays) -> Iterator[tuple[str, NDArray[Any]]]:
    """A layer's arrays by the part of their key that does not depend on its path."""
    if layer.opaque:
        inside = (key for key in sorted(arrays) if key.startswith(f"{layer.path}:") and not is_state(key))
        yield from ((key.rpartition(":")[2], arrays[key]) for key in inside)
        return
    for key in layer.wanted:
        if key in arrays:
            yield key.rpartition(":")[2], arrays[key]


def _count(layer: LayerKeys, arrays: Arrays) -> int:
    return sum(value.size for _, value in _arrays(layer, arrays))


def _compare(before: LayerKeys | None, old: Arrays, after: LayerKeys, new: Arrays) -> LayerDistance:
    later, count = dict(_arrays(after, new)), _count(after, new)
    if before is None:
        return LayerDistance(after.name, after.path, "added", count)
    earlier = dict(_arrays(before, old))
    if {name: value.shape for name, value in earlier.items()} != {name: v.shape for name, v in later.items()}:
        return LayerDistance(after.name, after.path, "reshaped", count)
    pairs = [(earlier[name].astype(np.float64), later[name].astype(np.float64)) for name in later]
    square = sum(float(np.sum((b - a) ** 2)) for a, b in pairs)
    lengths = [sqrt(sum(float(np.sum(side[i] ** 2)) for side in pairs)) for i in (0, 1)]
    product = sum(float(np.sum(a * b)) for a, b in pairs)
    largest = max((float(np.max(np.abs(b - a))) for a, b in pairs if a.size), default=0.0)
    distance = sqrt(square)
    return LayerDistance(
        after.name,
        after.path,
        "changed" if distance > 0 or not isfinite(distance) else "same",
        count,
        distance,
        distance / lengths[0] if lengths[0] else None,
        product / (lengths[0] * lengths[1]) if lengths[0] and lengths[1] else None,
        largest,
    )
