"""Random edits of a graph: sound ones, foolish ones and such as only a damaged file could bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from workbench.graph import Graph, GraphEdit, Node, NodeId, Wire, edits
from workbench.layers import CATALOGUE

IDS = [NodeId(letter) for letter in "abcdefg"]
PORTS = ["input", "input", "input", "inputs", "mask"]
JUNK = [None, True, 0, -1, 3, 2.5, 10**400, 1e308, "", "x", "same", [], [1], [[2], [2]], [3, 3], {}, {"a": [1]}]

KINDS: list[tuple[str, dict[str, Any]]] = [
    ("input", {"shape": [9, 8, 2]}),
    ("input", {"shape": [None, 8, 2], "dtype": "uint8"}),
    ("keras.layers.Conv2D", {"filters": 2, "kernel_size": 3}),
    ("keras.layers.Conv2D", {"filters": 4, "kernel_size": 1, "groups": 2, "strides": 2}),
    ("keras.layers.Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2}),
    ("keras.layers.MaxPooling2D", {}),
    ("keras.layers.Flatten", {}),
    ("keras.layers.Dense", {"units": 3}),
    ("keras.layers.BatchNormalization", {}),
    ("keras.layers.BatchNormalization", {"axis": 1}),
    ("keras.layers.Dropout", {"rate": 0.5}),
    ("keras.layers.Dropout", {"rate": 1}),
    ("keras.layers.Activation", {"activation": "softmax"}),
    ("keras.layers.Dense", {"units": 1, "activation": "softmax"}),
    ("keras.layers.MaxPooling2D", {"pool_size": 1}),
    ("keras.layers.UpSampling2D", {}),
    ("block:conv-norm-activation", {"filters": 2, "repeat": 2}),
    ("block:residual.preactivation", {"filters": 1, "expansion": 2, "strides": 2}),
    ("keras.layers.Add", {}),
    ("keras.layers.Add", {}),
    ("keras.layers.Concatenate", {}),
    ("keras.layers.Dense", {}),
    ("plugin:gone/Thing", {"x": 1}),
]
SPECS = st.sampled_from(
    [(), (("output", (9, 8, 2), "float32"),), (("output", (0, -3, None), "string"),), (("output", (), "int8"),)]
)
PARAMS = ["filters", "kernel_size", "strides", "padding", "groups", "units", "axis", "shape", "dtype", "x",
          "rate", "momentum", "activation", "repeat", "pool_size"]  # fmt: skip

Draw = Callable[[st.SearchStrategy[Any]], Any]


def _node(draw: Draw, node: NodeId, trainable: bool = True) -> Node:
    kind, params = draw(st.sampled_from(KINDS))
    specs = draw(SPECS) if kind.startswith("plugin") else ()
    name = draw(st.sampled_from(["one", "two", node, ""]))
    return Node(node, kind, name, params, trainable, outputs=tuple(spec[0] for spec in specs), specs=specs)


def _add(draw: Draw, graph: Graph) -> GraphEdit | None:
    free = [node for node in IDS if node not in graph]
    return edits.Add((_node(draw, draw(st.sampled_from(free))),)) if free else None


def _connect(draw: Draw, graph: Graph) -> GraphEdit | None:
    nodes = st.sampled_from([node.id for node in graph])
    target = graph.node(draw(nodes))
    ports = ["inputs"] if target.type.endswith(("Add", "Concatenate")) else PORTS
    wire = Wire(draw(nodes), target.id, draw(st.sampled_from(["output"] * 9 + ["mask"])), draw(st.sampled_from(ports)))
    variadic = draw(st.booleans())
    return None if graph.has_wire(wire) else edits.connect(graph, wire, variadic=variadic or "inputs" in ports)


def _disconnect(draw: Draw, graph: Graph) -> GraphEdit | None:
    wires = sorted(graph.wires)
    return edits.Remove(wires=(draw(st.sampled_from(wires)),)) if wires else None


def _remove(draw: Draw, graph: Graph) -> GraphEdit:
    return edits.Remove((draw(st.sampled_from([node.id for node in graph])),))


def _retype(draw: Draw, graph: Graph) -> GraphEdit:
    old = draw(st.sampled_from(list(graph)))
    return edits.Update((_node(draw, old.id, draw(st.booleans())),))


def _spoil(draw: Draw, graph: Graph) -> GraphEdit:
    node = draw(st.sampled_from([node.id for node in graph]))
    values = {draw(st.sampled_from(PARAMS)): draw(st.sampled_from(JUNK))}
    return edits.set_params(graph, node, values, {})


def _move(draw: Draw, graph: Graph) -> GraphEdit:
    return edits.move(graph, {draw(st.sampled_from([node.id for node in graph])): (1.0, 2.0)})


CHANGES = [_add, _add, _connect, _connect, _connect, _connect, _disconnect, _remove, _retype, _spoil, _move]


@st.composite
def random_edit(draw: st.DrawFn, graph: Graph) -> GraphEdit | None:
    """An edit that can be applied to this graph, or None where the drawn kind finds nothing to change."""
    change = draw(st.sampled_from(CHANGES)) if len(graph) else _add
    return change(draw, graph)


def _wired(draw: Draw, graph: Graph, node: Node, sources: list[NodeId]) -> None:
    """A node on top of nodes that are there, usually of the last one."""
    graph.add_node(node)
    layer = CATALOGUE.get(node.type)
    for port in layer.inputs if layer else ():
        for order in range(2 if port.variadic else 1):
            source = sources[-1] if not order and draw(st.integers(0, 3)) else draw(st.sampled_from(sources))
            graph.connect(Wire(source, node.id, target_port=port.name, order=order))


SOUND: list[tuple[str, dict[str, Any]]] = [
    *(kind for kind in KINDS if (kind[0] not in ("input", "plugin:gone/Thing") and kind[1] != {}) or "Pool" in kind[0]),
    ("keras.layers.BatchNormalization", {}),
    ("keras.layers.Flatten", {}),
    ("keras.layers.Add", {}),
    ("keras.layers.Concatenate", {}),
    ("keras.layers.Conv2D", {"filters": 2, "kernel_size": 3, "padding": "same", "activation": "relu"}),
    ("keras.layers.Conv2D", {"filters": 3, "kernel_size": 3, "padding": "same", "strides": 2}),
    ("keras.layers.Conv2D", {"filters": 2, "kernel_size": 7}),
    ("keras.layers.Conv2D", {"filters": 2, "kernel_size": 3, "data_format": "channels_first"}),
    ("keras.layers.AveragePooling2D", {"pool_size": 2, "strides": 3}),
]


@st.composite
def grown_graph(draw: st.DrawFn) -> Graph:
    """A network that might nearly be meant: every port has its wires, but shapes may not fit."""
    graph = Graph("model")
    entry = draw(st.sampled_from([[9, 8, 2], [15, 15, 3], [None, 8, 2], [7], [6, 6]]))
    graph.add_node(Node(IDS[0], "input", "input", {"shape": entry}))
    for index in range(1, draw(st.integers(2, 9))):
        kind, params = draw(st.sampled_from(SOUND))
        name = f"n{index}"
        _wired(draw, graph, Node(NodeId(name), kind, name, params), [node.id for node in graph])
    return graph
