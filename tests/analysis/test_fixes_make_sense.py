"""Each fix, applied where it is offered: fewer errors, nothing else broken, and a network that still makes sense."""

import pytest

from tests.analysis.drawn import errors
from tests.analysis.networks import Network
from workbench.analysis import AnalysisContext, Diagnostic, GraphAnalysis, Severity, primitives
from workbench.graph import Graph, NodeId, copy_graph, edits
from workbench.layers import CATALOGUE
from workbench.project import project_catalogue
from workbench.templates import TEMPLATES

OTHER_CLASSES = AnalysisContext(classes=4, inputs=1, outputs=1)
OTHER_MASKS = AnalysisContext(target="masks", pixel_classes=5, inputs=1, outputs=1)
MAPS = ("unet", "unet-same")
OTHERS = ("inception-naive", "inception-reduced", "autoencoder", "fsrcnn", "dncnn", "dcgan")
CLASSIFIERS = [name for name in TEMPLATES if name not in (*MAPS, *OTHERS)]


def errors_of(graph: Graph, context: AnalysisContext, blocks=(), types=()) -> list[Diagnostic]:
    analysis = GraphAnalysis(graph, project_catalogue(blocks, CATALOGUE.including(types)), context)
    return [problem for problem in analysis.diagnostics if problem.severity is Severity.ERROR]


def learns_behind_probabilities(graph: Graph, catalogue=CATALOGUE) -> list[str]:
    """Layers that take in what a softmax gives and have weights of their own."""
    layers = {layer.path: layer for layer in primitives(GraphAnalysis(graph, catalogue))}

    def ends_in_softmax(path: str) -> bool:
        layer = layers[path]
        return layer.kind.stem == "softmax" or layer.kind.full_params(layer.node.params).get("activation") == "softmax"

    def behind(layer) -> bool:
        sources = [ref.path for refs in layer.inputs.values() for ref in refs]
        return any(
            ends_in_softmax(path) or (not layers[path].report.weights and behind(layers[path])) for path in sources
        )

    return [layer.name for layer in layers.values() if layer.report.weights and behind(layer)]


def fixed(graph: Graph, fix) -> Graph:
    copy = copy_graph(graph)
    fix.edit.apply(copy)
    return copy


def check_every_fix(graph: Graph, context: AnalysisContext) -> int:
    before, applied = errors_of(graph, context), 0
    for problem in before:
        for fix in problem.fixes:
            after = fixed(graph, fix)
            assert len(errors_of(after, context)) < len(before), fix.label
            assert learns_behind_probabilities(after) == [], fix.label
            applied += 1
    return applied


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_template_on_other_classes_has_a_way_out_that_makes_sense(name):
    (graph,) = TEMPLATES[name].build().graphs.values()
    assert check_every_fix(graph, OTHER_CLASSES) == 1


@pytest.mark.parametrize("name", MAPS)
def test_a_unet_on_other_masks_gets_another_last_convolution(name):
    (graph,) = TEMPLATES[name].build().graphs.values()
    assert check_every_fix(graph, OTHER_MASKS) == 1
    (problem,) = errors_of(graph, OTHER_CLASSES)
    assert "1x1 convolution" in problem.hint
    assert "masks" in problem.hint


@pytest.mark.parametrize("row", [row for row in errors.ROWS if row.fixes], ids=str)
def test_the_fix_of_a_drawing_leaves_fewer_errors_of_its_kind_and_no_layer_behind_probabilities(row):
    graph = row.make().graph
    before = errors_of(graph, row.context, row.blocks, row.types)
    for fix in next(problem for problem in before if problem.code == row.code).fixes:
        after = errors_of(fixed(graph, fix), row.context, row.blocks, row.types)
        kept = [problem for problem in after if problem.code not in ("output.classes", "graph.no-output")]
        assert len(kept) < len(before), fix.label
        assert learns_behind_probabilities(fixed(graph, fix), project_catalogue(row.blocks)) == []


def test_while_a_network_is_drawn_one_fix_adds_the_head():
    network = Network((16, 16, 3))
    network.on("Conv", "conv", filters=8, kernel_size=3, activation="relu")
    (problem,) = errors_of(network.graph, OTHER_CLASSES)
    (fix,) = problem.fixes
    after = fixed(network.graph, fix)
    assert errors_of(after, OTHER_CLASSES) == []
    assert [CATALOGUE[node.type].label for node in after] == ["Input", "Conv2D", "GlobalAveragePooling2D", "Dense"]


def frozen_block(trainable: bool) -> Graph:
    network = Network((16, 16, 8))
    network.on("Conv", "conv", filters=8, kernel_size=3, padding="same", use_bias=True)
    network.on("block:residual.preactivation", "block", filters=8, shortcut="projection")
    edits.set_trainable(network.graph, [NodeId("block")], trainable).apply(network.graph)
    return network.graph


@pytest.mark.parametrize(
    "context",
    [AnalysisContext(steps=10), AnalysisContext(batch_size=1), AnalysisContext(steps=10, loaded=True)],
    ids=str,
)
def test_a_frozen_normalisation_inside_a_block_keeps_its_statistics(context):
    def codes(graph: Graph) -> set[str]:
        return {problem.code for problem in GraphAnalysis(graph, context=context).diagnostics}

    assert codes(frozen_block(False)) == set()
    assert bool(codes(frozen_block(True))) is not context.loaded
