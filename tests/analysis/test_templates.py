"""The published networks, as they are: no errors, and warnings only where they are true."""

import pytest

from tests.analysis.drawn.row import ANY
from workbench.analysis import AnalysisContext, GraphAnalysis, Severity
from workbench.graph import Graph
from workbench.templates import TEMPLATES

MODULES = {"inception-naive", "inception-reduced"}
MAPS = {"unet", "unet-same", "autoencoder", "fsrcnn", "dncnn"}
STRIDED_1X1 = {"window.skips-pixels": {"conv3_block1"}}
"""As published (and in keras.applications) both the shortcut and the first 1x1 convolution of three blocks have strides
2; told once, for the first."""
BIASED = {"norm.idle-bias": {"conv1_conv"}}
"""keras.applications gives every convolution of ResNet a bias; told once, for the first."""
TRUE_WARNINGS = {f"resnet{depth}": {**STRIDED_1X1, **BIASED} for depth in (50, 101, 152)}


def context_of(name: str, graph: Graph) -> AnalysisContext:
    """A long training on data with the published number of classes."""
    published = {param.name: param.default for param in TEMPLATES[name].parameters}
    classifier = graph.name == "model" and name not in MODULES | MAPS
    return AnalysisContext(
        classes=published["classes"] if classifier else None, inputs=1, outputs=1, steps=10_000,
    )  # fmt: skip


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_false_alarm(name):
    told: dict[str, set[str]] = {}
    for graph in TEMPLATES[name].build().graphs.values():
        for problem in GraphAnalysis(graph, context=context_of(name, graph)).diagnostics:
            assert problem.severity is Severity.WARNING, problem
            told.setdefault(problem.code, set()).add(problem.node)
    assert told == TRUE_WARNINGS.get(name, {})


def test_one_click_takes_every_idle_bias_out():
    graph = TEMPLATES["resnet50"].build().graphs["model"]
    analysis = GraphAnalysis(graph, context=ANY)
    (idle,) = (problem for problem in analysis.diagnostics if problem.code == "norm.idle-bias")
    before = analysis.totals.params
    idle.fixes[0].edit.apply(graph)
    assert {problem.code for problem in analysis.diagnostics} == {"window.skips-pixels"}
    # As many as torchvision's ResNet-50, which has no such biases: 25,557,032 that learn, 53,120 moving statistics.
    assert (before, analysis.totals.params) == (25_636_712, 25_610_152)
    assert analysis.totals.trainable_params == 25_557_032


def test_a_short_training_is_told_of_once():
    graph = TEMPLATES["resnet152"].build().graphs["model"]
    analysis = GraphAnalysis(graph, context=AnalysisContext(steps=50))
    (slow,) = (problem for problem in analysis.diagnostics if problem.code == "norm.momentum-too-high")
    slow.fixes[0].edit.apply(graph)
    assert "norm.momentum-too-high" not in {problem.code for problem in analysis.diagnostics}
