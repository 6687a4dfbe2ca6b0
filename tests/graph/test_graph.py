from dataclasses import replace
from typing import Any

import pytest

from tests.graph.drawings import graph_of, node, wire
from workbench.graph import (
    Graph,
    Node,
    NodeAdded,
    NodeChanged,
    NodeId,
    NodeRemoved,
    Wire,
    WireAdded,
    WireRemoved,
    edits,
)


def listened(graph: Graph) -> list[tuple[object, ...]]:
    heard: list[tuple[object, ...]] = []
    graph.subscribe(heard.append)
    return heard


def test_every_change_is_one_event():
    graph = Graph()
    heard = listened(graph)
    graph.add_node(node("a"))
    graph.add_node(node("b"))
    graph.connect(wire("ab"))
    graph.replace_node(replace(graph.node(NodeId("a")), name="x", position=(3.0, 4.0)))
    graph.disconnect(wire("ab"))
    graph.remove_node(NodeId("a"))
    assert heard == [
        (NodeAdded(NodeId("a")),),
        (NodeAdded(NodeId("b")),),
        (WireAdded(wire("ab")),),
        (NodeChanged(NodeId("a"), frozenset({"name", "position"})),),
        (WireRemoved(wire("ab")),),
        (NodeRemoved(NodeId("a")),),
    ]


def test_a_transaction_is_heard_once_when_the_outermost_ends():
    graph = graph_of("a")
    heard = listened(graph)
    with graph.transaction():
        graph.add_node(node("b"))
        with graph.transaction():
            graph.connect(wire("ab"))
        assert heard == []
    assert heard == [(NodeAdded(NodeId("b")), WireAdded(wire("ab")))]


def test_a_transaction_that_fails_still_tells_what_has_changed():
    graph = graph_of("a")
    heard = listened(graph)
    with pytest.raises(ValueError, match="taken"):
        edits.Add((node("b"), node("a"))).apply(graph)
    assert heard == [(NodeAdded(NodeId("b")),)]


def test_nothing_changed_is_not_told():
    graph = graph_of("a")
    heard = listened(graph)
    graph.replace_node(replace(graph.node(NodeId("a"))))
    with graph.transaction():
        pass
    assert heard == []


@pytest.mark.parametrize(("old", "new"), [(1, 1.0), (1, True), (0, False), ([2, 2], [2.0, 2])])
def test_values_that_python_calls_equal_are_a_change(old, new):
    """`filters` of 6.0, from a file, is not allowed; setting it to 6 must help."""
    graph = Graph()
    graph.add_node(node("a", value=old))
    graph.replace_node(node("a", value=new))
    assert repr(graph.node(NodeId("a")).params["value"]) == repr(new)


def test_an_ended_subscription_hears_nothing():
    graph = Graph()
    heard: list[object] = []
    end = graph.subscribe(heard.append)
    end()
    graph.add_node(node("a"))
    assert heard == []


def test_a_listener_may_end_its_subscription_while_it_is_told():
    graph = Graph()
    heard: list[object] = []
    end = graph.subscribe(lambda events: end())
    graph.subscribe(heard.append)
    graph.add_node(node("a"))
    assert heard == [(NodeAdded(NodeId("a")),)]


def test_names_are_found_after_renaming_and_removal():
    graph = graph_of("ab")
    graph.replace_node(replace(graph.node(NodeId("a")), name="b"))
    assert graph.find_name("a") is None
    assert set(graph.named("b")) == {"a", "b"}
    graph.remove_node(NodeId("b"))
    assert graph.named("b") == ("a",)
    assert graph.find_name("b") == "a"


def test_a_free_name_is_the_first_that_nobody_has():
    graph = Graph()
    for name in ("conv_1", "conv_3"):
        graph.add_node(node(name))
    assert graph.free_name("conv") == "conv_2"
    graph.add_node(node("conv_2"))
    assert graph.free_name("conv") == "conv_4"


def test_wires_come_by_port_and_order_whatever_their_history():
    last, first, other = (
        Wire(NodeId("a"), NodeId("c"), order=1),
        Wire(NodeId("b"), NodeId("c"), order=0),
        Wire(NodeId("a"), NodeId("c"), target_port="a port"),
    )
    graph = graph_of("abc")
    for one in (last, other, first):
        graph.connect(one)
    assert graph.wires_into(NodeId("c")) == [other, first, last]
    assert set(graph.wires_from(NodeId("a"))) == {last, other}


def test_wires_with_the_same_order_come_in_the_same_order():
    """A file may hold such wires: Concatenate must not depend on which was read first."""
    one, two = graph_of("abc", "ac", "bc"), graph_of("abc", "bc", "ac")
    assert one.wires_into(NodeId("c")) == two.wires_into(NodeId("c"))


def test_what_cannot_be_done_is_refused_and_changes_nothing():
    graph = graph_of("ab", "ab")
    heard = listened(graph)
    with pytest.raises(ValueError, match="taken"):
        graph.add_node(node("a"))
    with pytest.raises(ValueError, match="wires"):
        graph.remove_node(NodeId("a"))
    with pytest.raises(KeyError):
        graph.connect(Wire(NodeId("a"), NodeId("z")))
    with pytest.raises(ValueError, match="already"):
        graph.connect(wire("ab"))
    with pytest.raises(ValueError, match="not drawn"):
        graph.disconnect(wire("ba"))
    with pytest.raises(KeyError):
        graph.replace_node(node("z"))
    assert heard == []
    assert (len(graph), list(graph.wires)) == (2, [wire("ab")])


def test_a_nodes_parameters_cannot_be_changed_behind_the_graphs_back():
    params: dict[str, Any] = {"filters": 3}
    made = Node(NodeId("a"), "keras.layers.Conv2D", "a", params)
    params["filters"] = 4
    assert made.params["filters"] == 3
    with pytest.raises(TypeError):
        made.params["filters"] = 5  # type: ignore[index]
