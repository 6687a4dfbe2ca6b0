"""The kept order is right after any changes, and cycle questions are answered as networkx answers them."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from tests.graph.drawings import LETTERS, graph_of, wire, wires
from workbench.graph import Graph, NodeId


def check_order(graph: Graph) -> None:
    ranks = [graph.rank(node.id) for node in graph]
    assert len(set(ranks)) == len(ranks)
    for drawn in graph.wires:
        if drawn not in graph.cycle_wires:
            assert graph.rank(drawn.source) < graph.rank(drawn.target), drawn


@given(st.lists(st.tuples(st.booleans(), wires), max_size=60))
def test_every_wire_outside_cycles_goes_up(changes):
    graph = graph_of(LETTERS)
    for remove, drawn in changes:
        if graph.has_wire(drawn):
            graph.disconnect(drawn)
        elif not remove:
            graph.connect(drawn)
        check_order(graph)
        without = nx.MultiDiGraph(graph.topology)
        without.remove_edges_from((w.source, w.target, w) for w in graph.cycle_wires)
        assert nx.is_directed_acyclic_graph(without)
        assert bool(graph.cycle_wires) == (not nx.is_directed_acyclic_graph(graph.topology))


@given(st.lists(wires, max_size=20, unique=True))
def test_would_cycle_is_the_truth_even_beside_other_cycles(drawn):
    graph = graph_of(LETTERS)
    for one in drawn:
        graph.connect(one)
    for source in LETTERS:
        for target in LETTERS:
            truth = nx.has_path(graph.topology, target, source)
            assert graph.would_cycle(NodeId(source), NodeId(target)) == truth


@given(st.lists(wires, max_size=20, unique=True), st.lists(st.sampled_from(LETTERS), unique=True, max_size=4))
def test_order_survives_nodes_that_come_and_go(drawn, removed):
    graph = graph_of(LETTERS)
    for one in drawn:
        graph.connect(one)
    for name in removed:
        for attached in {*graph.wires_into(NodeId(name)), *graph.wires_from(NodeId(name))}:
            graph.disconnect(attached)
        graph.remove_node(NodeId(name))
        check_order(graph)
    assert set(graph.in_order()) == set(LETTERS) - set(removed)


def test_a_wire_of_an_opened_cycle_takes_part_in_the_order_again():
    graph = graph_of("abc", "ab", "bc", "ca")
    assert graph.cycle_wires == {wire("ca")}
    graph.disconnect(wire("ab"))
    assert graph.cycle_wires == set()
    assert list(graph.in_order()) == ["b", "c", "a"]


@given(st.lists(wires, max_size=20, unique=True), st.randoms())
def test_wires_on_cycles_do_not_depend_on_history(drawn, random):
    graph, other = graph_of(LETTERS), graph_of(LETTERS)
    for one in drawn:
        graph.connect(one)
    for one in random.sample(drawn, len(drawn)):
        other.connect(one)
    truth = {one for one in drawn if nx.has_path(graph.topology, one.target, one.source)}
    assert graph.wires_on_cycles == other.wires_on_cycles == truth
    assert graph.cycle_wires <= truth


def test_a_loop_is_a_cycle_of_one():
    graph = graph_of("a", "aa")
    assert graph.cycle_wires == graph.wires_on_cycles == {wire("aa")}
    assert graph.would_cycle(NodeId("a"), NodeId("a"))
