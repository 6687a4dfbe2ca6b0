"""Long analysis is done in slices, with whatever happens between them, and ends where it would have at once."""

from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.networks import Network
from tests.analysis.random_edits import random_edit
from tests.analysis.test_incremental import agrees_with_a_new_one
from workbench.analysis import GraphAnalysis, graph_analysis
from workbench.graph import Graph, NodeId, edits

LONG = 400


@pytest.fixture(autouse=True)
def no_time(monkeypatch):
    """Every slice is over as soon as the clock is looked at."""
    monkeypatch.setattr(graph_analysis, "SLICE", -1.0)


class Later:
    """What was deferred, done when asked."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], None]) -> None:
        self.waiting.append(work)

    def once(self) -> None:
        for work in [self.waiting.pop(0)] if self.waiting else []:
            work()

    def all(self) -> None:
        while self.waiting:
            self.once()


def long_network() -> Graph:
    network = Network((8, 8, 3))
    for number in range(LONG):
        network.on("Conv2D", f"c{number}", filters=2, kernel_size=3, padding="same")
    return network.graph


def settle(analysis: GraphAnalysis, later: Later) -> None:
    """Let everything that was put off be done: warnings are looked for when somebody reads them."""
    later.all()
    assert analysis.diagnostics is not None
    later.all()


def test_warnings_are_looked_for_in_slices_and_told_at_the_end():
    later = Later()
    graph = long_network()
    analysis = GraphAnalysis(graph, defer=later)
    later.all()
    heard: list[frozenset[NodeId]] = []
    analysis.subscribe(heard.append)
    first = analysis.diagnostics
    assert later.waiting
    assert heard == []
    later.all()
    assert heard == [frozenset()]
    assert len(analysis.diagnostics) > len(first)
    agrees_with_a_new_one(analysis)


def test_a_long_analysis_gives_way_and_goes_on():
    later = Later()
    analysis = GraphAnalysis(long_network(), defer=later)
    heard: list[frozenset[NodeId]] = []
    analysis.subscribe(heard.append)
    assert analysis.busy
    assert analysis.report(NodeId("c0")).known
    assert not analysis.report(NodeId(f"c{LONG - 1}")).known
    later.all()
    assert not analysis.busy
    assert len(heard) > 5
    assert NodeId(f"c{LONG - 1}") in heard[-1]
    settle(analysis, later)
    agrees_with_a_new_one(analysis)


def test_an_edit_between_two_slices_is_seen():
    later = Later()
    graph = long_network()
    analysis = GraphAnalysis(graph, defer=later)
    later.once()
    edits.set_params(graph, NodeId("input"), {"shape": [16, 16, 3]}, {}).apply(graph)
    later.once()
    edits.Remove((NodeId("c200"),)).apply(graph)
    settle(analysis, later)
    agrees_with_a_new_one(analysis)


def test_a_short_analysis_does_not_wait():
    later = Later()
    analysis = GraphAnalysis(Network((8,)).graph, defer=later)
    assert not analysis.busy
    assert later.waiting == []


def test_a_closed_analysis_stays_as_it_is():
    later = Later()
    analysis = GraphAnalysis(long_network(), defer=later)
    analysis.close()
    later.all()
    assert not analysis.report(NodeId(f"c{LONG - 1}")).known


def branching_network() -> Graph:
    """Residual blocks of layers that checks have something to say about: biases, strides, both in branches."""
    network = Network((64, 64, 4))
    last = "input"
    for number in range(LONG // 5):
        stride = 2 if number in (20, 40) else 1
        network.on("Conv2D", f"a{number}", last, filters=4, kernel_size=3, padding="same", strides=stride)
        network.on("BatchNormalization", f"b{number}")
        network.on("ReLU", f"r{number}")
        network.on("Conv2D", f"s{number}", last, filters=4, kernel_size=1, strides=stride)
        last = network.on("Add", f"p{number}", f"r{number}", f"s{number}")
    return network.graph


def test_problems_can_be_read_while_reports_do_not_agree_yet(monkeypatch):
    """A node is gone: those after it have their old reports for a while, and nothing comes into the next."""
    later = Later()
    graph = branching_network()
    analysis = GraphAnalysis(graph, defer=later)
    settle(analysis, later)
    told = analysis.diagnostics
    # A clock that has left the real one far behind: slices of reports stay short, those of warnings have no end.
    monkeypatch.setattr(graph_analysis, "perf_counter", count(10**9).__next__)
    gone = NodeId("p3")
    edits.Remove((gone,), (*graph.wires_into(gone), *graph.wires_from(gone))).apply(graph)
    assert analysis.busy
    before = [problem for problem in told if problem.node != gone]
    while analysis.busy:
        assert list(analysis.diagnostics) == before  # what the reports say is told when they agree again
        later.once()
    settle(analysis, later)
    agrees_with_a_new_one(analysis)


@pytest.mark.parametrize("network", [long_network, branching_network])
@settings(max_examples=25)
@given(st.data())
def test_random_edits_between_slices_leave_what_a_new_analysis_finds(network, data):
    later = Later()
    graph = network()
    analysis = GraphAnalysis(graph, defer=later)
    for _ in range(data.draw(st.integers(1, 8))):
        edit = data.draw(random_edit(graph))
        if edit is not None:
            edit.apply(graph)
        assert analysis.diagnostics is not None
        for _ in range(data.draw(st.integers(0, 3))):
            later.once()
            assert analysis.diagnostics is not None
    settle(analysis, later)
    agrees_with_a_new_one(analysis)
