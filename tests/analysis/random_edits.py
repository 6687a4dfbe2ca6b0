"""Random edits of a graph: sound ones, foolish ones and such as only a damaged file could bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from workbench.graph import Graph, GraphEdit, Node, NodeId, Wire, edits

IDS = [NodeId(letter) for letter in "abcdefg"]
PORTS = ["input", "input", "input", "inputs", "mask"]
JUNK = [None, True, 0, -1, 3, 2.5, 10**400, 1e308, "", "x", "same", [], [1], [[2], [2]], [3, 3], {}, {"a": [1]}]

KINDS: list[tuple[str, dict[str, Any]]] = [
    ("input", {"shape": [9, 8, 2]}),
    ("input", {"shape": [None, 8, 2], "dtype": "uint8"}),
    ("keras.layers.Conv2D", {"filters": 2, "kernel_size": 3}),
    ("keras.layers.Conv2D", {"filters": 4, "kernel_size": 1, "groups": 2, "strides": 2}),
    ("keras.layers.Conv2DTranspose", {"filters": 2, "kernel_size": 2, "strides": 2}),
    ("keras.layers.MaxPooling2D", {}),
    ("keras.layers.Flatten", {}),
    ("keras.layers.Dense", {"units": 3}),
    ("keras.layers.BatchNormalization", {}),
    ("keras.layers.Add", {}),
    ("keras.layers.Add", {}),
    ("keras.layers.Concatenate", {}),
    ("keras.layers.Dense", {}),
    ("plugin:gone/Thing", {"x": 1}),
]
SPECS = st.sampled_from(
    [(), (("output", (9, 8, 2), "float32"),), (("output", (0, -3, None), "string"),), (("output", (), "int8"),)]
)
PARAMS = ["filters", "kernel_size", "strides", "padding", "groups", "units", "axis", "shape", "dtype", "x"]

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
