"""Speed of the live analysis beside Keras and networkx in one run: python -m tests.benchmarks.analysis

Processor time, so that other work on the machine counts little. Wanted: the design's ratios.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from functools import partial
from statistics import median, quantiles

import networkx as nx

from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, GraphEdit, Node, NodeId, Wire, edits
from workbench.templates import TEMPLATES

CONV = "keras.layers.Conv2D"


def main() -> None:
    print(f"{'what':58} {'ms':>9} {'ratio':>8} {'wanted':>7}")
    _large_graph(10_000)
    _one_frame(1_000)
    _resnet152()


def _row(what: str, seconds: float, beside: float | None = None, wanted: float | None = None) -> None:
    ratio = "" if beside is None else f"{seconds / beside:8.4f}"
    print(f"{what:58} {1000 * seconds:9.3f} {ratio:>8} {'' if wanted is None else wanted:>7}")


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def _chain(length: int) -> Graph:
    """Convolutions of a hundred widths in a row, as no network repeats itself quite so little."""
    graph = Graph()
    graph.add_node(Node(NodeId("input"), "input", "input", {"shape": [64, 64, 8]}))
    last = NodeId("input")
    for number in range(length):
        node = NodeId(f"c{number}")
        params = {"filters": 8 + number % 97, "kernel_size": 3, "padding": "same"}
        graph.add_node(Node(node, CONV, node, params))
        graph.connect(Wire(last, node))
        last = node
    return graph


def _resize(graph: Graph, size: int) -> GraphEdit:
    return edits.set_params(graph, NodeId("input"), {"shape": [size, size, 8]}, {})


def _large_graph(length: int) -> None:
    graph = _chain(length)
    print(f"{length:,} nodes")
    _row("  first analysis", _timed(lambda: GraphAnalysis(graph)))
    sort = median(_timed(lambda: list(nx.topological_sort(graph.topology))) for _ in range(5))
    _row("  networkx.topological_sort", sort)
    middle = NodeId(f"c{length // 2}")
    local = [
        edits.set_params(graph, middle, {"activation": name}, {}) for name in ("relu", "tanh", "elu", "selu", "gelu")
    ]
    _row("  an edit that changes no shape", median(_timed(partial(e.apply, graph)) for e in local), sort, 0.05)
    added = [Node(NodeId(f"n{number}"), CONV, f"n{number}", {"filters": 4, "kernel_size": 3}) for number in range(5)]
    for node in added:
        graph.add_node(node)
    wired = [_timed(partial(graph.connect, Wire(middle, node.id))) for node in added]
    _row("  a new wire", median(wired), sort, 1)
    resized = [_timed(partial(_resize(graph, size).apply, graph)) for size in (66, 68, 70)]
    _row("  an edit that changes every shape", median(resized), sort, 20)


def _one_frame(length: int) -> None:
    graph = _chain(length)
    analysis = GraphAnalysis(graph)
    times = [_timed(partial(_resize(graph, size).apply, graph)) for size in range(66, 166)]
    print(f"{length:,} nodes, every shape changes; one frame is 16 ms")
    _row("  median", median(times))
    _row("  p99", quantiles(times, n=100)[98])
    assert analysis.totals.params


def _resnet152() -> None:
    graph = TEMPLATES["resnet152"].build().graphs["model"]
    ours = median(_timed(lambda: GraphAnalysis(graph)) for _ in range(7))
    import keras

    keras.applications.MobileNet(weights=None)  # what Keras does only once
    theirs = min(_timed(lambda: keras.applications.ResNet152(weights=None)) for _ in range(2))
    print("ResNet-152, 517 layers")
    _row("  Keras builds it symbolically", theirs)
    _row("  full analysis, blocks expanded", ours, theirs, 0.01)


if __name__ == "__main__":
    main()
