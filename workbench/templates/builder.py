"""Writing a network down in code, layer after layer, as a graph."""

from __future__ import annotations

from workbench.graph import Graph, edits
from workbench.graph.layout import layered
from workbench.layers.builder import GraphBuilder
from workbench.project.catalogue import project_catalogue


class NetworkBuilder(GraphBuilder):
    """A graph builder for whole networks: all types, those of plugins too, and a layout at the end."""

    def __init__(self, graph_name: str = "model") -> None:
        super().__init__(project_catalogue(()), graph_name)

    def finish(self) -> Graph:
        """The graph, laid out."""
        edits.move(self.graph, layered(self.graph)).apply(self.graph)
        return self.graph
