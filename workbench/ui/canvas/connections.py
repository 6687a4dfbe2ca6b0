"""Which wires may be drawn, and in words why not; and what one gesture changes. No Qt here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, GraphEdit, Node, NodeId, Wire, edits, new_node_id
from workbench.layers import NodeType
from workbench.ui.canvas.geometry import PortRef, Position
from workbench.ui.canvas.look import node_shape


@dataclass(frozen=True)
class Verdict:
    """A wire that may be drawn, or the reason why not. A misfit may be drawn if the user insists."""

    wire: Wire | None = None
    refusal: str = ""
    notice: str = ""
    insist: bool = False

    @property
    def allowed(self) -> bool:
        return self.wire is not None and not self.refusal


def judge(analysis: GraphAnalysis, one: PortRef, other: PortRef) -> Verdict:
    """May a wire join these two ports, whichever of them is the output?"""
    if one.is_output == other.is_output:
        kind = "outputs" if one.is_output else "inputs"
        return Verdict(refusal=f"Both are {kind}: a wire joins an output and an input.")
    source, target = (one, other) if one.is_output else (other, one)
    graph = analysis.graph
    feeding, fed = graph.node(source.node).name, graph.node(target.node).name
    if source.node == target.node:
        return Verdict(refusal=f"{feeding} cannot feed itself.")
    wire = Wire(source.node, target.node, source.name, target.name)
    into = [w for w in graph.wires_into(target.node) if w.target_port == target.name]
    if any(w.source == source.node and w.source_port == source.name for w in into) and not takes_several(
        analysis, target
    ):
        return Verdict(refusal=f"{feeding} already feeds {fed}.")
    if graph.would_cycle(source.node, target.node):
        return Verdict(refusal=f"This would close a cycle: {fed} already leads to {feeding}.")
    misfit = analysis.predict(wire)
    if misfit:
        return Verdict(wire, refusal=f"{fed}: {misfit}", insist=True)
    if into and not takes_several(analysis, target):
        return Verdict(wire, notice=f"Replaces the wire from {graph.node(into[0].source).name}.")
    return Verdict(wire)


def takes_several(analysis: GraphAnalysis, port: PortRef) -> bool:
    """True for an input port that takes any number of wires."""
    shape = node_shape(analysis, analysis.graph.node(port.node))
    return any(candidate.name == port.name and candidate.variadic for candidate in shape.inputs)


def best_port(analysis: GraphAnalysis, node: NodeId, is_output: bool) -> PortRef | None:
    """The port that a wire dropped on a node's body means: the first that has room, else the first."""
    ports = node_shape(analysis, analysis.graph.node(node)).ports(is_output)
    if not ports:
        return None
    with_room = (port for port in ports if port.variadic or not port.wires)
    return PortRef(node, next(with_room, ports[0]).name, is_output)


def connect(analysis: GraphAnalysis, wire: Wire, instead_of: Wire | None = None) -> GraphEdit:
    """Draw a wire; `instead_of` is a wire that was picked up and put down elsewhere."""
    variadic = takes_several(analysis, PortRef(wire.target, wire.target_port, False))
    edit = edits.connect(analysis.graph, wire, variadic=variadic)
    if instead_of is None:
        return edit
    return edits.Several((edits.Remove(wires=(instead_of,)), edit), edit.label)


def new_node(graph: Graph, layer: NodeType, position: Position) -> Node:
    """A fresh node of a type, with a free name and the values that Keras demands."""
    return Node(
        new_node_id(),
        layer.key,
        graph.free_name(layer.stem),
        layer.initial_params(),
        position=position,
        inputs=tuple(port.name for port in layer.inputs),
        outputs=tuple(port.name for port in layer.outputs),
    )


def add_after(node: Node, layer: NodeType, sources: Iterable[PortRef]) -> GraphEdit:
    """Add a node fed by the given outputs."""
    wires = tuple(
        Wire(source.node, node.id, source.name, layer.inputs[0].name, order) for order, source in enumerate(sources)
    )
    return edits.Add((node,), wires, f"Add {node.name}")


def add_before(analysis: GraphAnalysis, node: Node, layer: NodeType, target: PortRef) -> GraphEdit:
    """Add a node that feeds the given input, in place of the wire that fed it."""
    wire = Wire(node.id, target.node, layer.outputs[0].name, target.name)
    there = [w for w in analysis.graph.wires_into(target.node) if w.target_port == target.name]
    label = f"Add {node.name}"
    if not there:
        return edits.Add((node,), (wire,), label)
    if takes_several(analysis, target):
        return edits.Add((node,), (replace(wire, order=there[-1].order + 1),), label)
    return edits.Several((edits.Remove(wires=tuple(there)), edits.Add((node,), (wire,))), label)


def can_insert(layer: NodeType | None) -> bool:
    """True for a layer that a wire can run through."""
    return layer is not None and bool(layer.inputs) and bool(layer.outputs)


def insert(node: Node, layer: NodeType, wire: Wire, placed: GraphEdit) -> GraphEdit:
    """Put a node into a wire; `placed` is the edit that adds the node or moves it there."""
    into = Wire(wire.source, node.id, wire.source_port, layer.inputs[0].name)
    out = Wire(node.id, wire.target, layer.outputs[0].name, wire.target_port, wire.order)
    label = f"Insert {node.name}"
    return edits.Several((edits.Remove(wires=(wire,)), placed, edits.Add(wires=(into, out))), label)
