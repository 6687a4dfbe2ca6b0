"""MACs equal, to the digit, a count made from the operations of the compiled TensorFlow graph."""

import pytest

from tests.zoo.networks import compiled, graphs
from tests.zoo.tensorflow_macs import macs_of
from workbench.templates import TEMPLATES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", TEMPLATES)
def test_macs_are_those_of_the_tensorflow_graph(name):
    for graph in graphs(name):
        analysis, model = compiled(graph)
        assert analysis.totals.macs == macs_of(model) > 0


def test_the_two_inception_modules_differ_as_the_paper_says():
    """A 5x5 convolution on 28x28x192, and through 16 channels."""
    naive, reduced = (next(graphs(f"inception-{kind}")) for kind in ("naive", "reduced"))
    costs = [_branch(graph) for graph in (naive, reduced)]
    assert costs == [120_422_400, 12_443_648]


def _branch(graph):
    from workbench.analysis import GraphAnalysis, primitives

    return sum(p.report.macs for p in primitives(GraphAnalysis(graph)) if "5x5" in p.name)
