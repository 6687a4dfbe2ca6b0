"""A selection becomes a block; a block becomes its contents again. Both are ordinary edits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, Node, NodeId, Wire, edits, new_node_id
from workbench.graph.layout import layered
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT
from workbench.project.blocks import PREFIX, Block
from workbench.project.edits import AddBlock, Edit, InGraph, MoveWeights, Several

_MARGIN = 240.0
"""Pixels between a block's ports and what is in it."""


class BlockError(ValueError):
    """A selection that cannot become a block, or a block that cannot be expanded; the message says why."""


def collapse(analysis: GraphAnalysis, nodes: Iterable[NodeId], name: str) -> Edit:
    """The edit that makes nodes a block called `name`, with one instance in their place. Raises BlockError."""
    graph, chosen = analysis.graph, frozenset(nodes)
    if not chosen:
        raise BlockError("Expected a selection of layers. Received: none")
    if any(not analysis.catalogue[graph.node(node).type].inputs for node in chosen if _known(analysis, node)):
        raise BlockError("Expected layers between an input and an output. Received: an Input node among them")
    entering = [wire for wire in sorted(graph.wires) if wire.target in chosen and wire.source not in chosen]
    leaving = [wire for wire in sorted(graph.wires) if wire.source in chosen and wire.target not in chosen]
    if _loops(graph, chosen):
        raise BlockError("Expected layers that belong together. Received: a path that leaves the selection and returns")
    inner = Graph(PREFIX + name)
    for node in sorted(chosen):
        inner.add_node(graph.node(node))
    for wire in sorted(graph.wires):
        if wire.source in chosen and wire.target in chosen:
            inner.connect(wire)
    inputs = _input_ports(inner, entering)
    outputs = _output_ports(inner, leaving, chosen)
    instance = Node(new_node_id(), PREFIX + name, graph.free_name(_stem(name)), position=_middle(graph, chosen))
    wires = [
        Wire(source, instance.id, port, inputs[source, port]) for source, port in dict.fromkeys(map(_origin, entering))
    ]
    wires += [replace(wire, source=instance.id, source_port=outputs[_origin(wire)]) for wire in leaving]
    return Several(
        (
            AddBlock(Block(inner)),
            InGraph(graph.name, edits.Remove(tuple(sorted(chosen)))),
            InGraph(graph.name, edits.Add((instance,), tuple(wires))),
            MoveWeights(graph.name, {f"{instance.id}/0/{node}": node for node in sorted(chosen)}),
        ),
        f"Make block {name}",
    )


def _known(analysis: GraphAnalysis, node: NodeId) -> bool:
    return analysis.graph.node(node).type in analysis.catalogue


def _origin(wire: Wire) -> tuple[NodeId, str]:
    return wire.source, wire.source_port


def _stem(name: str) -> str:
    return name.lower().replace(" ", "_").replace("/", "_")


def _loops(graph: Graph, chosen: frozenset[NodeId]) -> bool:
    """True when something outside lies between two chosen nodes: the block would feed itself."""
    topology = graph.topology
    outside = {after for node in chosen for after in topology.successors(node)} - chosen
    seen = set(outside)
    frontier = list(outside)
    while frontier:
        for after in topology.successors(frontier.pop()):
            if after in chosen:
                return True
            if after not in seen:
                seen.add(after)
                frontier.append(after)
    return False


def _input_ports(inner: Graph, entering: list[Wire]) -> dict[tuple[NodeId, str], str]:
    """One port for each tensor that comes in; returns its name by where the tensor comes from."""
    names: dict[tuple[NodeId, str], str] = {}
    ids: dict[tuple[NodeId, str], NodeId] = {}
    for wire in entering:
        origin = _origin(wire)
        if origin not in names:
            names[origin] = "input" if not names else inner.free_name("input")
            ids[origin] = _free_id(inner, names[origin])
            x, y = inner.node(wire.target).position
            inner.add_node(Node(ids[origin], BLOCK_INPUT, names[origin], position=(x - _MARGIN, y)))
        inner.connect(replace(wire, source=ids[origin], source_port="output"))
    return names


def _free_id(inner: Graph, name: str) -> NodeId:
    """A port's name, where no layer of a template has that for its id."""
    return NodeId(name) if NodeId(name) not in inner else new_node_id()


def _output_ports(inner: Graph, leaving: list[Wire], chosen: frozenset[NodeId]) -> dict[tuple[NodeId, str], str]:
    """One port for each tensor that goes out; where nothing does, one for each end of the selection."""
    origins = [_origin(wire) for wire in leaving]
    origins += [] if leaving else [(node, "output") for node in sorted(chosen) if not inner.wires_from(node)]
    names: dict[tuple[NodeId, str], str] = {}
    for source, port in dict.fromkeys(origins):
        name = "output" if not names else inner.free_name("output")
        names[source, port] = name
        x, y = inner.node(source).position
        end = _free_id(inner, name)
        inner.add_node(Node(end, BLOCK_OUTPUT, name, position=(x + _MARGIN, y)))
        inner.connect(Wire(source, end, port))
    return names


def _middle(graph: Graph, chosen: frozenset[NodeId]) -> tuple[float, float]:
    xs, ys = zip(*(graph.node(node).position for node in chosen), strict=True)
    return (min(xs) + max(xs)) / 2 // 8 * 8, (min(ys) + max(ys)) / 2 // 8 * 8


def expand(analysis: GraphAnalysis, node: NodeId) -> Several:
    """The edit that puts a block's contents in its place, one level deep; the weights follow. Raises BlockError."""
    graph, report, block = analysis.graph, analysis.report(node), analysis.graph.node(node)
    if not report.inner:
        raise BlockError(f"Expected a block whose inputs are connected. Received: {block.name}")
    added: list[Node] = []
    wires: list[Wire] = []
    moved: dict[str, str] = {}
    came: dict[str, tuple[NodeId, str]] = {wire.target_port: _origin(wire) for wire in graph.wires_into(node)}
    for number, repetition in enumerate(report.inner):
        prefix = f"{block.name}.{number}" if len(report.inner) > 1 else block.name
        nodes, inner_wires, leaves, fresh = _unpacked(repetition.plan.graph, prefix, came, block, (0.0, 160.0 * number))
        added += nodes
        wires += inner_wires
        moved |= {new: f"{node}/{number}/{old}" for old, new in fresh.items()}
        came = {**came, next(iter(came), "input"): next(iter(leaves.values()))}
    outgoing = [
        replace(wire, source=leaves[wire.source_port][0], source_port=leaves[wire.source_port][1])
        for wire in graph.wires_from(node)
    ]
    label = f"Expand {block.name}"
    both = (edits.Remove((node,)), edits.Add(tuple(added), (*wires, *outgoing)))
    drawn = InGraph(graph.name, edits.Several(both, label))
    return Several((drawn, MoveWeights(graph.name, moved)), label)


def _unpacked(
    inner: Graph, prefix: str, came: dict[str, tuple[NodeId, str]], block: Node, shift: tuple[float, float]
) -> tuple[list[Node], list[Wire], dict[str, tuple[NodeId, str]], dict[NodeId, NodeId]]:
    """Copies of an expansion's nodes and wires with ids of their own, what leaves it by port, and the new ids."""
    places = layered(inner)
    fresh = {node.id: new_node_id() for node in inner}
    nodes = [
        replace(
            node,
            id=fresh[node.id],
            name=f"{prefix}.{node.name}",
            trainable=node.trainable and block.trainable,
            position=(
                block.position[0] + places[node.id][0] + shift[0],
                block.position[1] + places[node.id][1] + shift[1],
            ),
        )
        for node in inner
        if node.type not in (BLOCK_INPUT, BLOCK_OUTPUT)
    ]
    wires: list[Wire] = []
    leaves: dict[str, tuple[NodeId, str]] = {}
    for wire in sorted(inner.wires):
        start, end = inner.node(wire.source), inner.node(wire.target)
        origin = came[start.name] if start.type == BLOCK_INPUT else (fresh[wire.source], wire.source_port)
        if end.type == BLOCK_OUTPUT:
            leaves[end.name] = origin
        else:
            wires.append(replace(wire, source=origin[0], source_port=origin[1], target=fresh[wire.target]))
    return nodes, wires, leaves, fresh
