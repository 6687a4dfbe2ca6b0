"""Networks for the tests, written in few words."""

from __future__ import annotations

from typing import Any

from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.layers import CATALOGUE, Port

ABBREVIATIONS = {"Max": "MaxPooling2D", "Average": "AveragePooling2D", "Conv": "Conv2D", "Up": "Conv2DTranspose"}


class Network:
    """A graph whose node ids are names; every layer goes on top of the last one unless told."""

    def __init__(self, shape: tuple[int | None, ...] | None = None, dtype: str = "float32") -> None:
        self.graph = Graph("model")
        self.last: NodeId | None = None
        if shape is not None:
            self.add("input", "input", shape=list(shape), dtype=dtype)

    def add(self, kind: str, name: str, **params: Any) -> NodeId:
        """A node without wires; `kind` is a Keras name, an abbreviation or a full type."""
        kind = ABBREVIATIONS.get(kind, kind)
        full = kind if kind in CATALOGUE or "." in kind or ":" in kind else f"keras.layers.{kind}"
        self.graph.add_node(Node(NodeId(name), full, name, params))
        self.last = NodeId(name)
        return self.last

    def on(self, kind: str, name: str, *sources: str | tuple[str, str], **params: Any) -> NodeId:
        """A layer on the given nodes (or a node and one of its ports), one for each input port, or on the last one."""
        below = list(sources) or ([self.last] if self.last else [])
        node = self.add(kind, name, **params)
        layer = CATALOGUE.get(self.graph.node(node).type)
        ports = layer.inputs if layer and layer.inputs else (Port("input"),)
        for index, source in enumerate(below):
            port = ports[min(index, len(ports) - 1)]
            start = source if isinstance(source, tuple) else (source, "output")
            order = index if port.variadic else 0
            self.graph.connect(Wire(NodeId(start[0]), node, start[1], port.name, order))
        return node

    def wire(self, source: str, target: str, **ports: Any) -> Wire:
        wire = Wire(NodeId(source), NodeId(target), **ports)
        self.graph.connect(wire)
        return wire

    def analysed(self, **context: Any) -> GraphAnalysis:
        from workbench.analysis import AnalysisContext

        return GraphAnalysis(self.graph, context=AnalysisContext(**context))


def lenet5() -> Network:
    network = Network((32, 32, 1))
    network.on("Conv", "c1", filters=6, kernel_size=5, activation="tanh")
    network.on("Average", "s2", pool_size=2)
    network.on("Conv", "c3", filters=16, kernel_size=5, activation="tanh")
    network.on("Average", "s4", pool_size=2)
    network.on("Flatten", "flatten")
    network.on("Dense", "c5", units=120, activation="tanh")
    network.on("Dense", "f6", units=84, activation="tanh")
    network.on("Dense", "output", units=10, activation="softmax")
    return network
