"""Why sizes that should meet do not: somewhere on one way a size did not divide by a stride."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from workbench.analysis.checks.subject import Subject
from workbench.analysis.scope import Layer
from workbench.graph import NodeId, Wire
from workbench.layers import Shape

MAX_ANCESTORS = 5000
"""Layers that a search looks at: beyond that the cause is left open."""

Key = tuple[NodeId, str]


class Rounding(NamedTuple):
    """A layer whose stride does not divide the size that comes in, along one spatial axis."""

    layer: Layer
    axis: int
    size: int
    stride: int
    left: int
    climbs: bool = False
    """Whether sizes grow again on a way that is not shared, as in a decoder."""


def channels_first(layers: Iterable[Layer]) -> bool:
    """The data format of the first layers before, up to some way back, that have one."""
    waiting, seen = list(layers), 0
    while waiting and seen < 50:
        layer = waiting.pop(0)
        seen += 1
        if "data_format" in layer.kind.by_name and layer.window is not None:
            return bool(layer.params["data_format"] == "channels_first")
        waiting += layer.sources
    return False


def ancestors(layers: Iterable[Layer], met: dict[Key, Layer]) -> dict[Key, Layer]:
    """Layers with all that leads to them, by what tells them apart.

    Those met on an earlier search stand for their equals: they know their sources already.
    """
    found: dict[Key, Layer] = {}
    waiting = list(layers)
    while waiting and len(found) < MAX_ANCESTORS:
        layer = waiting.pop()
        if layer.key not in found:
            found[layer.key] = met.setdefault(layer.key, layer)
            waiting += found[layer.key].sources
    return found


def rounding(subject: Subject, wires: list[Wire]) -> Rounding | None:
    """The first layer, on the way to some of these wires but not to all, where a size did not divide."""
    ways = [ancestors(subject.scope.producers(wire), subject.met) for wire in wires]
    shared = set(ways[0]).intersection(*ways[1:])
    apart = [layer for key, layer in {**ChainMap(*ways)}.items() if key not in shared]
    found = [lost for layer in apart for lost in _roundings(layer)]
    first = min(found, key=lambda lost: _place(lost.layer), default=None)
    climbs = any(layer.window is not None and layer.window.transposed for layer in apart)
    return None if first is None else first._replace(climbs=climbs)


def _place(layer: Layer) -> tuple[int, ...]:
    """Where a layer stands in the order of computation, block by block."""
    scope = layer.scope
    ranks = [scope.graph.rank(layer.id)]
    while scope.outer is not None and scope.block is not None:
        ranks += [scope.number, scope.outer.graph.rank(scope.block)]
        scope = scope.outer
    return tuple(reversed(ranks))


def _roundings(layer: Layer) -> Iterator[Rounding]:
    window = layer.window
    if window is None or window.transposed or "strides" not in layer.kind.by_name:
        return
    came, left = _spatial(layer, layer.call.input.shape), _spatial(layer, layer.output.shape)
    for axis, (size, out, stride) in enumerate(zip(came, left, window.stride, strict=True)):
        if size is not None and out is not None and stride > 1 and size % stride:
            yield Rounding(layer, axis, size, int(stride), out)


def _spatial(layer: Layer, shape: Shape) -> Shape:
    return shape[1:] if layer.params.get("data_format") == "channels_first" else shape[:-1]
