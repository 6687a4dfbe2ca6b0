"""Changes to a graph as values. Applying one gives the edit that takes it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from workbench.graph.graph import Graph
from workbench.graph.model import Json, Node, NodeId, Wire


class GraphEdit(Protocol):
    """A change of one graph. `touches` are the ids it names; `label` is what the undo menu says."""

    @property
    def label(self) -> str: ...

    @property
    def touches(self) -> frozenset[NodeId]: ...

    def apply(self, graph: Graph) -> GraphEdit:
        """Change the graph and return the inverse."""
        ...


def _ends(wires: Iterable[Wire]) -> frozenset[NodeId]:
    return frozenset(end for wire in wires for end in (wire.source, wire.target))


@dataclass(frozen=True)
class Add:
    """New nodes and new wires."""

    nodes: tuple[Node, ...] = ()
    wires: tuple[Wire, ...] = ()
    label: str = "Add"

    @property
    def touches(self) -> frozenset[NodeId]:
        return frozenset(node.id for node in self.nodes) | _ends(self.wires)

    def apply(self, graph: Graph) -> GraphEdit:
        with graph.transaction():
            for node in self.nodes:
                graph.add_node(node)
            for wire in self.wires:
                graph.connect(wire)
        return Remove(tuple(node.id for node in self.nodes), self.wires, self.label)


@dataclass(frozen=True)
class Remove:
    """Nodes with every wire they have, and single wires."""

    nodes: tuple[NodeId, ...] = ()
    wires: tuple[Wire, ...] = ()
    label: str = "Delete"

    @property
    def touches(self) -> frozenset[NodeId]:
        return frozenset(self.nodes) | _ends(self.wires)

    def apply(self, graph: Graph) -> GraphEdit:
        attached = (wire for node in self.nodes for wire in (*graph.wires_into(node), *graph.wires_from(node)))
        wires = tuple(dict.fromkeys((*self.wires, *attached)))
        nodes = tuple(graph.node(node) for node in self.nodes)
        with graph.transaction():
            for wire in wires:
                graph.disconnect(wire)
            for node in self.nodes:
                graph.remove_node(node)
        return Add(nodes, wires, self.label)


@dataclass(frozen=True)
class Update:
    """New values for nodes that exist."""

    nodes: tuple[Node, ...]
    label: str = "Change"

    @property
    def touches(self) -> frozenset[NodeId]:
        return frozenset(node.id for node in self.nodes)

    def apply(self, graph: Graph) -> GraphEdit:
        old = tuple(graph.node(node.id) for node in self.nodes)
        with graph.transaction():
            for node in self.nodes:
                graph.replace_node(node)
        return Update(old, self.label)


@dataclass(frozen=True)
class Several:
    """Edits in order, as one step."""

    edits: tuple[GraphEdit, ...]
    label: str = "Change"

    @property
    def touches(self) -> frozenset[NodeId]:
        return frozenset[NodeId]().union(*(edit.touches for edit in self.edits))

    def apply(self, graph: Graph) -> GraphEdit:
        with graph.transaction():
            inverses = [edit.apply(graph) for edit in self.edits]
        return Several(tuple(reversed(inverses)), self.label)


def set_params(graph: Graph, node: NodeId, values: Mapping[str, Json], defaults: Mapping[str, Json]) -> Update:
    """Give parameters new values; one that equals its default is not stored."""
    old = graph.node(node)
    params = {**old.params, **values}
    kept = {name: value for name, value in params.items() if name not in defaults or value != defaults[name]}
    return Update((replace(old, params=kept),), f"Change {', '.join(values)} of {old.name}")


def rename(graph: Graph, node: NodeId, name: str) -> Update:
    """Give a node another name."""
    old = graph.node(node)
    return Update((replace(old, name=name),), f"Rename {old.name} to {name}")


def move(graph: Graph, positions: Mapping[NodeId, tuple[float, float]]) -> Update:
    """Put nodes elsewhere on the canvas."""
    nodes = tuple(replace(graph.node(node), position=position) for node, position in positions.items())
    return Update(nodes, f"Move {nodes[0].name}" if len(nodes) == 1 else f"Move {len(nodes)} nodes")


def set_trainable(graph: Graph, nodes: Iterable[NodeId], trainable: bool) -> Update:
    """Freeze or thaw nodes."""
    changed = tuple(replace(graph.node(node), trainable=trainable) for node in nodes)
    return Update(changed, "Thaw" if trainable else "Freeze")


def connect(graph: Graph, wire: Wire, *, variadic: bool = False) -> GraphEdit:
    """Draw a wire. A port that takes several gets it last; on any other port it replaces the wire that is there."""
    there = [other for other in graph.wires_into(wire.target) if other.target_port == wire.target_port]
    label = f"Connect {graph.node(wire.source).name} to {graph.node(wire.target).name}"
    if variadic:
        order = 1 + max((other.order for other in there), default=-1)
        return Add(wires=(replace(wire, order=order),), label=label)
    if not there:
        return Add(wires=(wire,), label=label)
    return Several((Remove(wires=tuple(there)), Add(wires=(wire,))), label)
