"""Edits of a graph: applying one and then its inverse leaves everything as it was."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.graph.drawings import LETTERS, graph_of, node, state, wire, wires
from workbench.graph import Graph, GraphEdit, NodeId, Wire, edits

A, B, C = map(NodeId, "abc")


def chain() -> Graph:
    return graph_of("abc", "ab", "bc")


EDITS: dict[str, Callable[[Graph], GraphEdit]] = {
    "add": lambda g: edits.Add((node("x"), node("y")), (wire("xy"), wire("cx"))),
    "remove a node in the middle": lambda g: edits.Remove((B,)),
    "remove neighbours": lambda g: edits.Remove((A, B)),
    "remove a node and its wire": lambda g: edits.Remove((B,), (wire("ab"),)),
    "remove a wire": lambda g: edits.Remove(wires=(wire("ab"),)),
    "set params": lambda g: edits.set_params(g, A, {"max_value": 6.0}, {}),
    "rename": lambda g: edits.rename(g, A, "new"),
    "move": lambda g: edits.move(g, {A: (1.0, 2.0), B: (3.0, 4.0)}),
    "freeze": lambda g: edits.set_trainable(g, (A, C), False),
    "connect": lambda g: edits.connect(g, Wire(A, C)),
    "several": lambda g: edits.Several((edits.Remove((B,)), edits.rename(g, A, "b"), edits.Add((node("b"),)))),
}


@pytest.mark.parametrize("make", EDITS.values(), ids=EDITS)
def test_inverse_restores_and_its_inverse_does_again(make):
    graph = chain()
    heard: list[object] = []
    graph.subscribe(heard.append)
    before = state(graph)
    inverse = make(graph).apply(graph)
    after = state(graph)
    assert after != before
    again = inverse.apply(graph)
    assert state(graph) == before
    again.apply(graph)
    assert state(graph) == after
    assert len(heard) == 3


@pytest.mark.parametrize("make", EDITS.values(), ids=EDITS)
def test_inverse_has_the_same_label_and_touches_what_was_touched(make):
    graph = chain()
    edit = make(graph)
    inverse = edit.apply(graph)
    assert inverse.label == edit.label != ""
    assert inverse.touches >= edit.touches


def test_removing_a_node_tells_of_its_wires_too():
    assert edits.Remove((B,)).apply(chain()).touches == {A, B, C}


def test_a_new_wire_replaces_the_one_into_the_same_port():
    graph = chain()
    inverse = edits.connect(graph, Wire(A, C)).apply(graph)
    assert graph.wires_into(C) == [Wire(A, C)]
    inverse.apply(graph)
    assert graph.wires_into(C) == [wire("bc")]


def test_a_variadic_port_takes_a_new_wire_last():
    graph = graph_of("abc")
    for source in (A, B, A):
        edits.connect(graph, Wire(source, C, target_port="inputs"), variadic=True).apply(graph)
    assert [(w.source, w.order) for w in graph.wires_into(C)] == [(A, 0), (B, 1), (A, 2)]


def test_a_parameter_that_equals_its_default_is_not_stored():
    graph = chain()
    defaults = {"threshold": 0.0, "max_value": None}
    edits.set_params(graph, A, {"threshold": 1.0, "other": 2}, defaults).apply(graph)
    assert graph.node(A).params == {"threshold": 1.0, "other": 2}
    edits.set_params(graph, A, {"threshold": 0.0}, defaults).apply(graph)
    assert graph.node(A).params == {"other": 2}


def test_labels_say_what_happens():
    graph = chain()
    assert edits.rename(graph, A, "new").label == "Rename a to new"
    assert edits.move(graph, {A: (0.0, 0.0)}).label == "Move a"
    assert edits.move(graph, {A: (0.0, 0.0), B: (0.0, 0.0)}).label == "Move 2 nodes"
    assert edits.set_trainable(graph, [A], False).label == "Freeze"
    assert edits.set_trainable(graph, [A], True).label == "Thaw"
    assert edits.connect(graph, Wire(A, C)).label == "Connect a to c"


@given(st.lists(wires, unique=True, max_size=16), st.sets(st.sampled_from(LETTERS)), st.data())
def test_removal_of_anything_is_undone(drawn, removed, data):
    graph = graph_of(LETTERS)
    for one in drawn:
        graph.connect(one)
    alone = data.draw(st.sets(st.sampled_from(drawn))) if drawn else set()
    before = state(graph)
    inverse = edits.Remove(tuple(map(NodeId, sorted(removed))), tuple(sorted(alone))).apply(graph)
    assert not {end for w in graph.wires for end in (w.source, w.target)} & removed
    inverse.apply(graph)
    assert state(graph) == before
