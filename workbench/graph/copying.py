"""A graph of one's own from another."""

from __future__ import annotations

from workbench.graph.graph import Graph


def copy_graph(graph: Graph, name: str | None = None) -> Graph:
    """A graph of its own with the same nodes and wires."""
    copy = Graph(name or graph.name)
    with copy.transaction():
        for node in graph:
            copy.add_node(node)
        for wire in sorted(graph.wires):
            copy.connect(wire)
    return copy
