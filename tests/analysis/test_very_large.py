"""A file of a hundred thousand nodes is opened and analysed: no exception, no hang."""

import time

import pytest

from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import LiveAnalysis, Project, load_project, save_project

NODES = 100_000
SECONDS = 60
"""For each of opening, analysis and diagnostics, on a busy core."""
ROWS = [
    ("keras.layers.Conv2D", {"filters": 8, "kernel_size": 3, "padding": "same"}),
    ("keras.layers.BatchNormalization", {}),
    ("keras.layers.ReLU", {}),
    ("keras.layers.Conv2D", {"filters": 8, "kernel_size": 1, "use_bias": False}),
    ("keras.layers.Add", {}),
]
"""A residual block; its last layer adds what came into its first."""


def _add(graph: Graph, number: int, kind: str, params: dict[str, object]) -> NodeId:
    node = NodeId(f"n{number}")
    graph.add_node(Node(node, kind, node, params))
    return node


def _sound(graph: Graph) -> None:
    last = _add(graph, 0, "input", {"shape": [16, 16, 8]})
    entry = last
    for number in range(1, NODES):
        kind, params = ROWS[(number - 1) % len(ROWS)]
        node = _add(graph, number, kind, params)
        merges = kind.endswith("Add")
        graph.connect(Wire(last, node, target_port="inputs" if merges else "input"))
        if merges:
            graph.connect(Wire(entry, node, target_port="inputs", order=1))
            entry = node
        last = node


def _wrong(graph: Graph) -> None:
    """Nothing is wired, every node has a wrong parameter, and all share one name."""
    for number in range(NODES):
        node = NodeId(f"n{number}")
        graph.add_node(Node(node, "keras.layers.Conv2D", "same", {"filters": "many", "kernel_size": -1}))


def _unequal(graph: Graph) -> None:
    """A comb: one chain, and on every layer of it a merge that does not fit."""
    start = _add(graph, 0, "input", {"shape": [8, 8, 8]})
    last = start
    for number in range(1, NODES - 1, 2):
        wide = {"filters": 3 + number % 5, "kernel_size": 3, "padding": "same"}
        node = _add(graph, number, "keras.layers.Conv2D", wide)
        graph.connect(Wire(last, node))
        merge = _add(graph, number + 1, "keras.layers.Add", {})
        for order, source in enumerate((start, node)):
            graph.connect(Wire(source, merge, target_port="inputs", order=order))
        last = node


@pytest.mark.slow
@pytest.mark.parametrize("draw", [_sound, _wrong, _unequal])
def test_opens_and_is_analysed(draw, tmp_path):
    graph = Graph("model")
    with graph.transaction():
        draw(graph)
    save_project(Project([graph]), tmp_path / "large.workbench")
    took, loaded = _timed(lambda: load_project(tmp_path / "large.workbench"))
    assert len(loaded.project.graph("model")) >= NODES - 1
    analysed, live = _timed(lambda: LiveAnalysis(loaded.project))
    told, diagnostics = _timed(lambda: live.diagnostics)
    print(
        f"\n{draw.__name__}: opened in {took:.1f} s, analysed in {analysed:.1f} s, "
        f"{len(diagnostics):,} diagnostics in {told:.1f} s"
    )
    assert max(took, analysed, told) < SECONDS


def _timed(work):
    start = time.process_time()
    result = work()
    return time.process_time() - start, result
