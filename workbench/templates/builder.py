"""Writing a network down in code, layer after layer, as a graph."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.graph import Graph, Json, Node, NodeId, Wire, edits
from workbench.graph.layout import layered
from workbench.layers import CATALOGUE


class NetworkBuilder:
    """Adds nodes to a graph; ids equal names, so that a template always gives the same file."""

    def __init__(self, graph_name: str = "model") -> None:
        self.graph = Graph(graph_name)

    def input(self, shape: Sequence[int | None], name: str = "input") -> NodeId:
        """An Input node for samples of `shape` (without the batch axis)."""
        return self._add("input", name, {"shape": list(shape)})

    def layer(self, layer: str, name: str, *sources: NodeId, **params: Json) -> NodeId:
        """A Keras layer on top of one source, or of several for a layer that merges."""
        node = self._add(f"keras.layers.{layer}", name, params)
        port = CATALOGUE[f"keras.layers.{layer}"].inputs[0].name
        for order, source in enumerate(sources):
            self.graph.connect(Wire(source, node, target_port=port, order=order))
        return node

    def finish(self) -> Graph:
        """The graph, laid out."""
        edits.move(self.graph, layered(self.graph)).apply(self.graph)
        return self.graph

    def _add(self, kind: str, name: str, params: dict[str, Json]) -> NodeId:
        defaults = CATALOGUE[kind].defaults
        kept = {key: value for key, value in params.items() if key not in defaults or value != defaults[key]}
        self.graph.add_node(Node(NodeId(name), kind, name, kept))
        return NodeId(name)
