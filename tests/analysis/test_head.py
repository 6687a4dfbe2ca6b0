"""One rule of what the head is: what replacing it takes out is what `head` trains, drawn or expanded."""

import pytest

from workbench.analysis import GraphAnalysis, primitives
from workbench.analysis.depth import head_of, weighted_layers
from workbench.analysis.head import Heads, head_paths
from workbench.project import LiveAnalysis, find_head
from workbench.templates import get_template
from workbench.templates.builder import NetworkBuilder


def trained_as_head(analysis: GraphAnalysis) -> list[str]:
    return [layer.name for layer in head_of(weighted_layers(primitives(analysis)))]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("vgg16", ["fc1", "fc2", "predictions"]),
        ("resnet50", ["predictions"]),
        ("googlenet", ["predictions"]),
        ("inception-v3", ["predictions"]),
        ("mini-xception", ["classes"]),
        ("unet-same", ["output"]),
    ],
)
def test_what_is_replaced_is_what_is_trained(template, expected):
    analysis = LiveAnalysis(get_template(template).build()).of("model")
    assert trained_as_head(analysis) == expected
    gone = [node for node in find_head(analysis).nodes if analysis.report(node).weights]
    assert [analysis.graph.node(node).name for node in gone] == expected


def test_a_classifier_within_a_block_is_the_head_though_it_cannot_be_replaced_there():
    analysis = LiveAnalysis(get_template("nin").build()).of("model")
    (last,) = head_of(weighted_layers(primitives(analysis)))
    assert last.name.startswith("mlpconv_3.")


def test_a_kept_axis_does_not_hide_the_layers_behind_the_pooling():
    build = NetworkBuilder()
    x = build.layer("Conv2D", "conv", build.input((8, 8, 3)), filters=4, kernel_size=3)
    x = build.layer("GlobalAveragePooling2D", "gap", x, keepdims=True)
    x = build.layer("Conv2D", "wide", x, filters=16, kernel_size=1, activation="relu")
    x = build.layer("Conv2D", "logits", x, filters=5, kernel_size=1)
    build.layer("Flatten", "flat", x)
    assert trained_as_head(GraphAnalysis(build.graph)) == ["wide", "logits"]


def test_of_a_dense_network_on_images_the_last_layer_is_the_head():
    build = NetworkBuilder()
    x = build.layer("Flatten", "flat", build.input((8, 8, 1)))
    x = build.layer("Dense", "hidden", x, units=16, activation="relu")
    build.layer("Dense", "out", x, units=3, activation="softmax")
    analysis = GraphAnalysis(build.graph)
    assert trained_as_head(analysis) == ["out"]
    assert list(find_head(analysis).nodes) == ["out"]


def test_several_outputs_have_a_head_each():
    build = NetworkBuilder()
    x = build.layer("Conv2D", "conv", build.input((8, 8, 3)), filters=4, kernel_size=3, activation="relu")
    x = build.layer("GlobalAveragePooling2D", "gap", x)
    build.layer("Dense", "age", x, units=1)
    build.layer("Dense", "kind", x, units=3, activation="softmax")
    found = primitives(GraphAnalysis(build.graph))
    assert sorted(Heads(found).ends()) == ["age", "kind"]
    assert head_paths(found) == {"age", "kind"}


def test_where_shapes_are_not_known_the_last_layer_stands_for_the_head():
    build = NetworkBuilder()
    x = build.layer("Conv2D", "conv", build.input((8, 8, 3)), filters=4, kernel_size=3)
    x = build.layer("Conv2D", "too_large", x, filters=4, kernel_size=20)
    build.layer("Dense", "out", x, units=3)
    analysis = GraphAnalysis(build.graph)
    assert head_paths(primitives(analysis)) == frozenset()
    assert trained_as_head(analysis) == ["conv"]
