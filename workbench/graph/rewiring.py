"""Edits that put a node on wires, take one out of the flow, or let two change places.

They are worked out when they are applied, so that a fix that was offered earlier still gives new nodes free names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workbench.graph.edits import Add, GraphEdit, Remove, Several
from workbench.graph.graph import Graph
from workbench.graph.model import Json, Node, NodeId, Wire, new_node_id

BEHIND = 200.0
"""Pixels from a node to one that is put behind it, where nothing follows."""


@dataclass(frozen=True)
class Insert:
    """A new node behind an output of `source`, on those of its wires that are named (none: at the end)."""

    source: NodeId
    type: str
    stem: str
    params: Mapping[str, Json] = field(default_factory=dict)
    wires: tuple[Wire, ...] = ()
    source_port: str = "output"
    label: str = "Insert"

    @property
    def touches(self) -> frozenset[NodeId]:
        return frozenset({self.source, *(wire.target for wire in self.wires)})

    def apply(self, graph: Graph) -> GraphEdit:
        name = graph.free_name(self.stem)
        node = Node(new_node_id(), self.type, name, self.params, position=self._position(graph))
        onwards = tuple(replace(wire, source=node.id, source_port="output") for wire in self.wires)
        entry = Wire(self.source, node.id, self.source_port)
        return Several((Remove(wires=self.wires), Add((node,), (entry, *onwards))), self.label).apply(graph)

    def _position(self, graph: Graph) -> tuple[float, float]:
        x, y = graph.node(self.source).position
        if not self.wires:
            return x + BEHIND, y
        right, low = graph.node(self.wires[0].target).position
        return (x + right) / 2, (y + low) / 2


@dataclass(frozen=True)
class Extend:
    """New nodes in a chain behind an output of `source`, where the network ends: a type, a stem and parameters each."""

    source: NodeId
    layers: tuple[tuple[str, str, Mapping[str, Json]], ...]
    source_port: str = "output"
    label: str = "Add"

    @property
    def touches(self) -> frozenset[NodeId]:
        return frozenset({self.source})

    def apply(self, graph: Graph) -> GraphEdit:
        x, y = graph.node(self.source).position
        nodes: list[Node] = []
        for number, (kind, stem, params) in enumerate(self.layers, 1):
            place = (x + number * BEHIND, y)
            nodes.append(Node(new_node_id(), kind, graph.free_name(stem), params, position=place))
        sources = [(self.source, self.source_port), *((node.id, "output") for node in nodes)]
        wires = tuple(Wire(source, node.id, port) for (source, port), node in zip(sources, nodes, strict=False))
        return Several((Add(tuple(nodes), wires),), self.label).apply(graph)


@dataclass(frozen=True)
class Bypass:
    """A node goes; what came into it flows on to where it led."""

    node: NodeId
    label: str = "Take out"

    @property
    def touches(self) -> frozenset[NodeId]:
        return frozenset({self.node})

    def apply(self, graph: Graph) -> GraphEdit:
        came = graph.wires_into(self.node)[0]
        onwards = tuple(
            replace(wire, source=came.source, source_port=came.source_port) for wire in graph.wires_from(self.node)
        )
        return Several((Remove((self.node,)), Add(wires=onwards)), self.label).apply(graph)


@dataclass(frozen=True)
class Swap:
    """Two nodes in a chain change places. `first` leads to `second` only, and each takes one wire."""

    first: NodeId
    second: NodeId
    label: str = "Swap"

    @property
    def touches(self) -> frozenset[NodeId]:
        return frozenset({self.first, self.second})

    def apply(self, graph: Graph) -> GraphEdit:
        (came,), (between,) = graph.wires_into(self.first), graph.wires_into(self.second)
        left = tuple(graph.wires_from(self.second))
        added = (
            replace(came, target=self.second, target_port=between.target_port),
            Wire(self.second, self.first, left[0].source_port if left else "output", came.target_port),
            *(replace(wire, source=self.first, source_port=between.source_port) for wire in left),
        )
        return Several((Remove(wires=(came, between, *left)), Add(wires=added)), self.label).apply(graph)
