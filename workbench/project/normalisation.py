"""Normalisation by measured statistics as a layer behind the input: part of the network, and so of what is exported."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.graph import Graph, GraphEdit, Node, edits, rewiring
from workbench.layers import CATALOGUE

_LAYER = "keras.layers.Normalization"
_INPUT = "input"
_LABEL = "Normalise in the network"


class NormalisationError(Exception):
    """A graph in which it is not clear what is to be normalised. The message is one line."""


def image_input(graph: Graph) -> Node:
    """The one Input of a graph. Raises NormalisationError."""
    found = [node for node in graph if node.type == _INPUT]
    if len(found) != 1:
        raise NormalisationError(
            f"Expected a network with one Input to normalise behind. Received: {len(found)} in {graph.name!r}"
        )
    return found[0]


def present(graph: Graph) -> Node | None:
    """The Normalization that the input is wired to, where there is one. Raises NormalisationError."""
    behind = (graph.node(wire.target) for wire in graph.wires_from(image_input(graph).id))
    return next((node for node in behind if node.type == _LAYER and not node.params.get("invert")), None)


def normalising(graph: Graph, mean: Sequence[float], variance: Sequence[float]) -> GraphEdit:
    """One edit that normalises what comes from the input, one mean and variance a channel.

    A Normalization that is there already gets the new numbers. Raises NormalisationError.
    """
    params = {"mean": [_rounded(value) for value in mean], "variance": [_rounded(value) for value in variance]}
    kind = CATALOGUE[_LAYER]
    there = present(graph)
    if there is not None:
        update = edits.set_params(graph, there.id, {"axis": -1, **params}, kind.defaults)
        return edits.Update(update.nodes, _LABEL)
    source = image_input(graph).id
    return rewiring.Insert(source, kind.key, kind.stem, params, tuple(graph.wires_from(source)), label=_LABEL)


def _rounded(value: float) -> float:
    """Seven digits are all that a float32 holds; more would only make files noisy."""
    return float(f"{value:.7g}")
