"""Writing a graph down in code, node after node: what blocks expand into and what templates are made of."""

from __future__ import annotations

from workbench.graph import Graph, Json, Node, NodeId, Wire
from workbench.layers.layer_type import BLOCK_INPUT, BLOCK_OUTPUT
from workbench.layers.registry import Catalogue

Source = NodeId | tuple[NodeId, str]
"""A node, meaning its first output, or a node and one of its output ports."""


class GraphBuilder:
    """Adds nodes whose ids equal their names, so that the same code always gives the same graph.

    Every method returns the id of the node it added, to be a source of the next.
    """

    def __init__(self, types: Catalogue, graph_name: str = "model") -> None:
        self._types = types
        self.graph = Graph(graph_name)

    def input(self, shape: tuple[int | None, ...] | list[int | None], name: str = "input") -> NodeId:
        """An Input node for samples of `shape` (without the batch axis)."""
        return self.add("input", name, shape=list(shape))

    def layer(self, layer: str, name: str, *sources: Source, **params: Json) -> NodeId:
        """A Keras layer on top of its sources."""
        return self.add(f"keras.layers.{layer}", name, *sources, **params)

    def block(self, block: str, name: str, *sources: Source, **params: Json) -> NodeId:
        """A built-in block on top of its sources, one for each of its input ports in order."""
        return self.add(f"block:{block}", name, *sources, **params)

    def add(self, key: str, name: str, *sources: Source, **params: Json) -> NodeId:
        """A node of any type. Sources go to the input ports in order; a variadic port takes all that are left."""
        kind = self._types[key]
        kept = {k: v for k, v in params.items() if k not in kind.defaults or v != kind.defaults[k]}
        self.graph.add_node(Node(NodeId(name), key, name, kept))
        for index, source in enumerate(sources):
            port = kind.inputs[min(index, len(kind.inputs) - 1)]
            order = index - kind.inputs.index(port) if port.variadic else 0
            start, start_port = self._origin(source)
            self.graph.connect(Wire(start, NodeId(name), start_port, port.name, order))
        return NodeId(name)

    def _origin(self, source: Source) -> tuple[NodeId, str]:
        if isinstance(source, tuple):
            return source
        return source, self._types[self.graph.node(source).type].outputs[0].name

    def port_in(self, name: str = "input") -> NodeId:
        """Inside a block: what comes into one of its input ports."""
        return self.add(BLOCK_INPUT, name)

    def port_out(self, source: Source, name: str = "output") -> Graph:
        """Inside a block: what leaves through one of its output ports. Returns the graph, ready."""
        self.add(BLOCK_OUTPUT, name, source)
        return self.graph
