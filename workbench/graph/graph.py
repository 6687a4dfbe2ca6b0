"""The graph: nodes and wires on one networkx MultiDiGraph, with events and a kept topological order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields

import networkx as nx

from workbench.graph.events import (
    GraphEvent,
    GraphListener,
    NodeAdded,
    NodeChanged,
    NodeRemoved,
    WireAdded,
    WireRemoved,
)
from workbench.graph.listeners import Listeners
from workbench.graph.model import Node, NodeId, Wire
from workbench.graph.order import TopologicalOrder

_NODE_FIELDS = tuple(field.name for field in fields(Node))


class Graph:
    """A named drawing of a network. It may be incomplete, may hold cycles: invalid graphs are normal.

    All change goes through five methods, each of which publishes one event. Views keep node ids and ask again.
    """

    def __init__(self, name: str = "model") -> None:
        self.name = name
        self._nx: nx.MultiDiGraph[NodeId] = nx.MultiDiGraph()
        self._order = TopologicalOrder(self._ordered_successors, self._ordered_predecessors)
        self._names: dict[str, list[NodeId]] = {}
        self._cycle_wires: set[Wire] = set()
        self._listeners: Listeners[tuple[GraphEvent, ...]] = Listeners()
        self._pending: list[GraphEvent] = []
        self._depth = 0

    # -- reading -------------------------------------------------------------------------------------------------
    def __len__(self) -> int:
        return len(self._nx)

    def __contains__(self, node: object) -> bool:
        return node in self._nx

    def __iter__(self) -> Iterator[Node]:
        """Nodes in the order in which they were added."""
        return (data["node"] for _, data in self._nx.nodes(data=True))

    @property
    def topology(self) -> nx.MultiDiGraph[NodeId]:
        """The networkx graph, for its algorithms; never change it."""
        return self._nx

    def node(self, node: NodeId) -> Node:
        """The node with this id. Raises KeyError when there is none."""
        value: Node = self._nx.nodes[node]["node"]
        return value

    def find_name(self, name: str) -> NodeId | None:
        """The id of a node with this name, or None."""
        ids = self._names.get(name)
        return ids[0] if ids else None

    def named(self, name: str) -> tuple[NodeId, ...]:
        """Every node with this name: more than one is a mistake that analysis reports."""
        return tuple(self._names.get(name, ()))

    def free_name(self, stem: str) -> str:
        """`stem_1`, `stem_2`, ...: the first that no node has."""
        number = 1
        while f"{stem}_{number}" in self._names:
            number += 1
        return f"{stem}_{number}"

    @property
    def wires(self) -> Iterator[Wire]:
        """Every wire."""
        return (wire for _, _, wire in self._nx.edges(keys=True))

    def wires_into(self, node: NodeId) -> list[Wire]:
        """The wires that end at a node, by port and order."""
        wires = [wire for _, _, wire in self._nx.in_edges(node, keys=True)]
        wires.sort(key=lambda wire: (wire.target_port, wire.order, wire))
        return wires

    def wires_from(self, node: NodeId) -> list[Wire]:
        """The wires that start at a node."""
        return [wire for _, _, wire in self._nx.out_edges(node, keys=True)]

    def has_wire(self, wire: Wire) -> bool:
        """True when exactly this wire is drawn."""
        return bool(self._nx.has_edge(wire.source, wire.target, wire))

    def rank(self, node: NodeId) -> int:
        """Position in a topological order; wires that close a cycle do not count."""
        return self._order.rank(node)

    def in_order(self) -> Iterator[NodeId]:
        """All node ids in topological order."""
        return self._order.sorted(self._nx)

    @property
    def cycle_wires(self) -> frozenset[Wire]:
        """Wires that close a cycle; the graph without them is acyclic. Of a cycle, the last one drawn is told."""
        return frozenset(self._cycle_wires)

    @property
    def wires_on_cycles(self) -> frozenset[Wire]:
        """Every wire that is part of a cycle, whichever of them was drawn last."""
        if not self._cycle_wires:
            return frozenset()
        parts = nx.strongly_connected_components(self._nx)
        part_of = {node: number for number, part in enumerate(parts) for node in part}
        return frozenset(wire for wire in self.wires if part_of[wire.source] == part_of[wire.target])

    def would_cycle(self, source: NodeId, target: NodeId) -> bool:
        """True when a wire from `source` to `target` would close a cycle."""
        if self._cycle_wires:  # the kept order says nothing of ways along them
            return bool(nx.has_path(self._nx, target, source))
        return self._order.reaches(target, source)

    # -- changing ------------------------------------------------------------------------------------------------
    def add_node(self, node: Node) -> None:
        """Add a node. Raises ValueError when its id is taken."""
        if node.id in self._nx:
            raise ValueError(f"node id {node.id!r} is taken")
        self._nx.add_node(node.id, node=node)
        self._order.add_node(node.id)
        self._names.setdefault(node.name, []).append(node.id)
        self._publish(NodeAdded(node.id))

    def remove_node(self, node: NodeId) -> None:
        """Remove a node. Raises ValueError while it has wires, so that no wire is ever lost by accident."""
        if self._nx.degree(node):
            raise ValueError(f"node {node!r} still has wires")
        self._forget_name(self.node(node))
        self._nx.remove_node(node)
        self._order.remove_node(node)
        self._publish(NodeRemoved(node))

    def replace_node(self, node: Node) -> None:
        """Give a node new field values. Raises KeyError when there is no node with this id."""
        old = self.node(node.id)
        changed = frozenset(name for name in _NODE_FIELDS if _differ(getattr(old, name), getattr(node, name)))
        if not changed:
            return
        if "name" in changed:
            self._forget_name(old)
            self._names.setdefault(node.name, []).append(node.id)
        self._nx.nodes[node.id]["node"] = node
        self._publish(NodeChanged(node.id, changed))

    def connect(self, wire: Wire) -> None:
        """Add a wire. Raises KeyError when an end is missing, ValueError when the same wire is there."""
        for end in (wire.source, wire.target):
            if end not in self._nx:
                raise KeyError(end)
        if self.has_wire(wire):
            raise ValueError(f"{wire} is already drawn")
        if not self._order.add_wire(wire.source, wire.target):
            self._cycle_wires.add(wire)
        self._nx.add_edge(wire.source, wire.target, wire)
        self._publish(WireAdded(wire))

    def disconnect(self, wire: Wire) -> None:
        """Remove a wire. Raises ValueError when it is not drawn."""
        if not self.has_wire(wire):
            raise ValueError(f"{wire} is not drawn")
        self._nx.remove_edge(wire.source, wire.target, wire)
        self._cycle_wires.discard(wire)
        self._retry_cycle_wires()
        self._publish(WireRemoved(wire))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold events back until the outermost transaction ends, then deliver them as one tuple."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            self._deliver()

    def subscribe(self, listener: GraphListener) -> Callable[[], None]:
        """Call `listener` with a tuple of events after every change; returns the function that ends it."""
        return self._listeners.add(listener)

    # -- inside --------------------------------------------------------------------------------------------------
    def _ordered_successors(self, node: NodeId) -> Iterator[NodeId]:
        if not self._cycle_wires:
            return iter(self._nx.successors(node))
        edges = self._nx.out_edges(node, keys=True)
        return (target for _, target, wire in edges if wire not in self._cycle_wires)

    def _ordered_predecessors(self, node: NodeId) -> Iterator[NodeId]:
        if not self._cycle_wires:
            return iter(self._nx.predecessors(node))
        edges = self._nx.in_edges(node, keys=True)
        return (source for source, _, wire in edges if wire not in self._cycle_wires)

    def _retry_cycle_wires(self) -> None:
        """A removed wire may have opened a cycle: its other wires can take part in the order now."""
        for wire in sorted(self._cycle_wires):
            if self._order.add_wire(wire.source, wire.target):
                self._cycle_wires.discard(wire)

    def _forget_name(self, node: Node) -> None:
        ids = self._names[node.name]
        ids.remove(node.id)
        if not ids:
            del self._names[node.name]

    def _publish(self, event: GraphEvent) -> None:
        self._pending.append(event)
        self._deliver()

    def _deliver(self) -> None:
        if self._depth or not self._pending:
            return
        events, self._pending = tuple(self._pending), []
        self._listeners.tell(events)


def _differ(old: object, new: object) -> bool:
    """Python calls 6, 6.0 and True equal to one another; in a project they are three values."""
    return old != new or repr(old) != repr(new)
