"""Which other size of the Input would let a network fit together: found by trying them out on a copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from math import prod

import networkx as nx

from workbench.analysis.checks.rounding import ancestors, channels_first
from workbench.analysis.checks.subject import Subject, Trial
from workbench.analysis.diagnostics import Fix
from workbench.analysis.scope import Layer
from workbench.graph import NodeId, Wire, copy_graph, edits

WORK = 1500
"""Layers that may be inferred in either direction: a problem must be explained while a person draws."""
MAX_STRIDE = 4096

Sizes = list[int | None]


def other_input_sizes(subject: Subject, node: NodeId, wires: list[Wire]) -> tuple[Fix, ...]:
    """Fixes that give the Input the nearest smaller and larger size at which `node` gets what it needs."""
    way = ancestors(chain.from_iterable(subject.scope.producers(wire) for wire in wires), subject.met).values()
    entries = [layer for layer in way if not layer.inner and not layer.kind.inputs and "shape" in layer.kind.by_name]
    if len(entries) != 1:
        return ()
    entry = entries[0]
    found = [_nearest(subject, node, entry, list(_candidates(subject, entry, list(way), up))) for up in (False, True)]
    return tuple(
        Fix(
            f"Set the input to {'x'.join('?' if size is None else str(size) for size in sizes)}",
            edits.set_params(subject.graph, entry.id, {"shape": sizes}, {}),
        )
        for sizes in found
        if sizes is not None
    )


def _candidates(subject: Subject, entry: Layer, way: list[Layer], up: bool) -> Iterator[Sizes]:
    """Sizes further and further away, the same on every axis; then every axis at a multiple of all strides."""
    shape: Sizes = list(entry.params["shape"])
    spatial = range(1, len(shape)) if channels_first(way) else range(len(shape) - 1)
    sign, step = (1 if up else -1), _whole_stride(way)
    for change in range(1, max(2, WORK // len(subject.graph))):
        yield [size + sign * change if axis in spatial and size else size for axis, size in enumerate(shape)]
    yield [_multiple(size, step, up) if axis in spatial and size else size for axis, size in enumerate(shape)]


def _multiple(size: int, step: int, up: bool) -> int:
    return (-(-size // step) if up else size // step) * step


def _whole_stride(layers: Iterable[Layer]) -> int:
    """A number that every stride on the way divides, as their product does."""
    windows = [layer.window for layer in layers if "strides" in layer.kind.by_name]
    return min(prod(int(max(w.stride)) for w in windows if w is not None and not w.transposed), MAX_STRIDE)


def _nearest(subject: Subject, node: NodeId, entry: Layer, candidates: list[Sizes]) -> Sizes | None:
    """The first size that solves all that follows; if there is none, the first that solves the node."""
    trial = subject.trial(copy_graph(subject.graph))
    known = {other.id for other in subject.graph if subject.report(other.id).known} | {node}
    following = known | nx.descendants(subject.graph.topology, node)
    second: Sizes | None = None
    for sizes in candidates:
        if _possible(sizes, entry):
            spoilt = _spoilt(trial, entry, sizes, following)
            if not spoilt:
                return sizes
            if second is None and not spoilt & known:
                second = sizes
    return second


def _possible(sizes: Sizes, entry: Layer) -> bool:
    return all(size is None or size > 0 for size in sizes) and sizes != list(entry.params["shape"])


def _spoilt(trial: Trial, entry: Layer, sizes: Sizes, wanted: set[NodeId]) -> set[NodeId]:
    """Those of the nodes that have no shapes when the Input has these sizes."""
    old = trial.graph.node(entry.id)
    trial.graph.replace_node(replace(old, params={**old.params, "shape": sizes}))
    return {node for node in wanted if not trial.report(node).known}
