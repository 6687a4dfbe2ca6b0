"""Places for nodes: on the grid, forward, without overlap or needless crossings, always the same."""

from itertools import combinations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from workbench.graph import Graph, Node, NodeId, Wire
from workbench.graph.layout import COLUMN, GRID, NODE_ROOM, layered


def graph_of(count: int, wires: list[tuple[int, int]]) -> Graph:
    graph = Graph()
    for index in range(count):
        graph.add_node(Node(NodeId(f"n{index}"), "input", f"n{index}"))
    for source, target in wires:
        graph.connect(Wire(NodeId(f"n{source}"), NodeId(f"n{target}")))
    return graph


def chain(count: int) -> list[tuple[int, int]]:
    return [(index, index + 1) for index in range(count - 1)]


@st.composite
def drawn_graphs(draw: st.DrawFn) -> Graph:
    count = draw(st.integers(1, 14))
    ends = st.integers(0, count - 1)
    return graph_of(count, draw(st.lists(st.tuples(ends, ends), max_size=24, unique=True)))


@given(drawn_graphs())
def test_every_node_has_a_place_on_the_grid_and_none_overlap(graph):
    positions = layered(graph)
    assert set(positions) == {node.id for node in graph}
    assert all(value % GRID == 0 for position in positions.values() for value in position)
    for (x1, y1), (x2, y2) in combinations(positions.values(), 2):
        assert abs(x1 - x2) >= COLUMN or abs(y1 - y2) >= NODE_ROOM - GRID


@given(drawn_graphs().filter(lambda graph: not graph.cycle_wires))
def test_the_same_graph_gives_the_same_picture(graph):
    again = Graph()
    for node in graph:
        again.add_node(node)
    for wire in reversed(list(graph.wires)):
        again.connect(wire)
    assert layered(graph) == layered(again)


def test_an_empty_graph_has_no_places():
    assert layered(Graph()) == {}


def test_a_short_chain_is_one_straight_row():
    positions = layered(graph_of(3, chain(3)))
    assert list(positions.values()) == [(0, 0), (COLUMN, 0), (2 * COLUMN, 0)]


def test_a_long_chain_is_folded_into_rows_that_read_like_text():
    positions = layered(graph_of(40, chain(40)))
    width = max(x for x, _ in positions.values())
    height = max(y for _, y in positions.values())
    assert 1 < width / height < 4
    reading = sorted(positions, key=lambda node: (positions[node][1], positions[node][0]))
    assert reading == [f"n{index}" for index in range(40)]


def test_rows_never_break_inside_a_residual_block():
    wires = chain(51) + [(start, start + 4) for start in range(0, 50, 5)]
    positions = layered(graph_of(51, wires))
    rows = len({y // 200 for _, y in positions.values()})
    assert rows > 1
    for source, target in wires:
        source_x, target_x = positions[NodeId(f"n{source}")][0], positions[NodeId(f"n{target}")][0]
        backward = target_x <= source_x
        assert not (backward and target - source > 1), "a skip wire was torn over two rows"


def test_branches_do_not_cross_where_they_need_not():
    wires = [(0, 1), (0, 2), (0, 3), (3, 4), (2, 5), (1, 6), (4, 7), (5, 7), (6, 7)]
    positions = layered(graph_of(8, wires))
    height = {index: positions[NodeId(f"n{index}")][1] for index in range(8)}
    first, second = sorted((1, 2, 3), key=height.__getitem__), sorted((6, 5, 4), key=height.__getitem__)
    assert [{1: 6, 2: 5, 3: 4}[index] for index in first] == second


def test_a_wire_over_a_rank_gets_a_lane_of_its_own():
    positions = layered(graph_of(4, [*chain(4), (0, 3)]))
    ends, middle = positions[NodeId("n0")][1], positions[NodeId("n1")][1]
    assert positions[NodeId("n3")][1] == ends
    assert middle != ends


def test_a_second_input_stands_just_before_its_first_consumer():
    positions = layered(graph_of(5, [*chain(4), (4, 3)]))
    assert positions[NodeId("n4")][0] == positions[NodeId("n3")][0] - COLUMN


def test_a_cycle_does_not_stop_it():
    assert len(layered(graph_of(3, [(0, 1), (1, 2), (2, 0), (1, 1)]))) == 3


def test_parts_that_are_not_wired_together_do_not_share_rows():
    graph = graph_of(4, [(0, 1), (2, 3)])
    positions = layered(graph)
    assert positions[NodeId("n2")][1] >= positions[NodeId("n0")][1] + NODE_ROOM
    assert nx.number_weakly_connected_components(graph.topology) == 2
