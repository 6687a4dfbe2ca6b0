"""The head of a network as it is drawn: which nodes go when another head takes its place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from workbench.analysis import GraphAnalysis, Primitive, primitives
from workbench.analysis.head import Heads
from workbench.graph import NodeId
from workbench.layers import TensorSpec

_EXPAND = "expand the block (Ctrl+Shift+G), then replace the head"


class HeadError(Exception):
    """A network whose head cannot be told or replaced. The message is one line."""


@dataclass(frozen=True)
class Head:
    """What follows the features. `nodes` are in order and may be none; `end` is the output that it gives.

    `by_position`: it gives a prediction for each position of a map, as for segmentation.
    """

    end: NodeId
    source: NodeId
    port: str
    features: TensorSpec
    nodes: tuple[NodeId, ...] = ()
    by_position: bool = False


def ends(analysis: GraphAnalysis) -> list[NodeId]:
    """The outputs of a network: nodes that take something in and that nothing follows, by name."""
    found = [node for node in analysis.graph if not analysis.graph.wires_from(node.id)]
    inside = [node for node in found if analysis.graph.wires_into(node.id)]
    return [node.id for node in sorted(inside, key=lambda node: node.name)]


def find_head(analysis: GraphAnalysis, end: NodeId | None = None) -> Head:
    """The head that leads to an output, the only one unless told. Raises HeadError."""
    end = _only_end(analysis) if end is None else end
    name = analysis.graph.node(end).name
    before = [wire.source for wire in analysis.graph.wires_into(end)]
    if any(not analysis.report(node).known for node in (end, *before)):
        raise HeadError(f"The shape at {name} is not known: put right what the problems list says, then try again")
    layers = primitives(analysis)
    heads = Heads(layers)
    leading = [path for path in heads.ends() if _drawn(path) == end]
    found = heads.leading_to(leading[0]) if len(leading) == 1 else None
    if found is None:
        raise HeadError(
            f"Expected a network that ends in a chain of layers. Received: {name}, a layer with several inputs, or a "
            "block that ends in one or has several outputs; expand the block (Ctrl+Shift+G) or wire a layer behind it"
        )
    nodes = tuple(dict.fromkeys(map(_drawn, found.paths)))
    _refuse_half_blocks(analysis, layers, nodes, found.paths)
    _refuse_shared(analysis, nodes)
    source, port = _features(analysis, end, nodes)
    return Head(end, source, port, analysis.report(source).outputs[port], nodes, found.by_position)


def _only_end(analysis: GraphAnalysis) -> NodeId:
    found = ends(analysis)
    if len(found) != 1:
        names = ", ".join(analysis.graph.node(node).name for node in found) or "none"
        raise HeadError(f"Expected a network with one output, or which output is meant. Received: {names}")
    return found[0]


def _drawn(path: str) -> NodeId:
    """The node that a layer of the expanded network is drawn as."""
    return NodeId(path.partition("/")[0])


def _features(analysis: GraphAnalysis, end: NodeId, nodes: Sequence[NodeId]) -> tuple[NodeId, str]:
    """What the head takes in: a node and its port."""
    if not nodes:
        return end, next(iter(analysis.report(end).outputs))
    wires = analysis.graph.wires_into(nodes[0])
    if len(wires) != 1:  # a block that takes more than it needs for the head
        raise HeadError(
            f"Expected a head with one input. Received: {analysis.graph.node(nodes[0]).name}, which has {len(wires)}; "
            f"{_EXPAND}"
        )
    return wires[0].source, wires[0].source_port


def _refuse_half_blocks(
    analysis: GraphAnalysis, layers: Sequence[Primitive], nodes: Collection[NodeId], paths: Collection[str]
) -> None:
    """The layer that gives the classes may be in a block together with features."""
    inside = set(paths)
    for layer in layers:
        node = _drawn(layer.path)
        if node in nodes and layer.path not in inside:
            raise HeadError(
                "Expected a layer that gives the classes. "
                f"Received: {analysis.graph.node(node).name}, a block that has it inside; {_EXPAND}"
            )


def _refuse_shared(analysis: GraphAnalysis, nodes: Collection[NodeId]) -> None:
    """A layer that is applied elsewhere too cannot go."""
    for node in analysis.graph:
        if node.shares is not None and node.shares in nodes and node.id not in nodes:
            owner = analysis.graph.node(node.shares)
            raise HeadError(f"{owner.name} belongs to the head, but {node.name} applies it as well")
