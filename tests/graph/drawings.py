"""Small graphs, and hypothesis strategies for random changes of them."""

from __future__ import annotations

from hypothesis import strategies as st

from workbench.graph import Graph, Node, NodeId, Wire

LETTERS = "abcdefgh"


def node(name: str, kind: str = "keras.layers.ReLU", **params: object) -> Node:
    """A node whose id is its name."""
    return Node(NodeId(name), kind, name, params)


def wire(ends: str, order: int = 0) -> Wire:
    """`ab` is a wire from a to b."""
    return Wire(NodeId(ends[0]), NodeId(ends[1]), order=order)


def graph_of(nodes: str, *wires: str) -> Graph:
    """`graph_of("abc", "ab", "bc")` is a chain of three."""
    graph = Graph()
    for name in nodes:
        graph.add_node(node(name))
    for ends in wires:
        graph.connect(wire(ends))
    return graph


def state(graph: Graph) -> tuple[frozenset[Node], frozenset[Wire]]:
    """All that a graph holds, whatever its history. Nodes are compared by what they show."""
    return frozenset(map(repr, graph)), frozenset(graph.wires)  # type: ignore[arg-type]


wires = st.builds(
    lambda a, b, order: wire(a + b, order), st.sampled_from(LETTERS), st.sampled_from(LETTERS), st.integers(0, 1)
)
"""Any wire among eight nodes: parallel ones, loops and such as close cycles too."""
