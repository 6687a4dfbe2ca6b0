"""The head is found whatever it is made of, and another takes its place in one step."""

from dataclasses import replace

import pytest

from workbench.analysis import GraphAnalysis, Severity
from workbench.graph import NodeId
from workbench.project import (
    HeadChoice,
    HeadError,
    History,
    InGraph,
    LiveAnalysis,
    Project,
    find_head,
    replace_head,
    usual_choice,
)
from workbench.project.file import dumps
from workbench.project.new_head import what_comes, what_goes
from workbench.templates import get_template
from workbench.templates.builder import NetworkBuilder

SAME = {"padding": "same"}


def body(build):
    x = build.input((32, 32, 3))
    x = build.layer("Conv2D", "conv", x, filters=8, kernel_size=3, strides=4, use_bias=False, **SAME)
    x = build.layer("BatchNormalization", "bn", x)
    return build.layer("ReLU", "features", x)


def chain(build, *layers):
    """The body, then layers as (class, name, parameters)."""
    x = body(build)
    for layer, name, params in layers:
        x = build.layer(layer, name, x, **params)


GAP = ("GlobalAveragePooling2D", "gap", {})
DENSE = ("Dense", "dense", {"units": 1000, "activation": "softmax"})
KEPT = ("GlobalAveragePooling2D", "gap", {"keepdims": True})
CONV = ("Conv2D", "classes", {"filters": 1000, "kernel_size": 1})

ENDINGS: dict[str, tuple[list, list[str]]] = {
    "resnet": ([GAP, DENSE], ["gap", "dense"]),
    "vgg": (
        [("Flatten", "flat", {}), ("Dense", "fc", {"units": 64, "activation": "relu"}), DENSE],
        ["flat", "fc", "dense"],
    ),
    "logits": ([GAP, ("Dropout", "drop", {"rate": 0.2}), ("Dense", "dense", {"units": 10})], ["gap", "drop", "dense"]),
    "separate activation": (
        [GAP, ("Dense", "dense", {"units": 9}), ("Activation", "soft", {"activation": "softmax"})],
        ["gap", "dense", "soft"],
    ),
    "convnext": ([GAP, ("LayerNormalization", "norm", {}), DENSE], ["gap", "norm", "dense"]),
    "mobilenet": (
        [KEPT, ("Dropout", "drop", {"rate": 0.1}), CONV, ("Reshape", "flat", {"target_shape": [1000]}),
         ("Softmax", "soft", {})],
        ["gap", "drop", "classes", "flat", "soft"],
    ),
    "mobilenet v3": (
        [KEPT, ("Conv2D", "wide", {"filters": 64, "kernel_size": 1}),
         ("Activation", "swish", {"activation": "hard_silu"}),
         CONV, ("Flatten", "flat", {}), ("Activation", "soft", {"activation": "softmax"})],
        ["gap", "wide", "swish", "classes", "flat", "soft"],
    ),
    "squeezenet": (
        [("Dropout", "drop", {"rate": 0.5}), CONV, ("ReLU", "relu", {}), GAP, ("Softmax", "soft", {})],
        ["drop", "classes", "relu", "gap", "soft"],
    ),
    "convolution to logits": ([("Conv2D", "classes", {"filters": 7, "kernel_size": 3}), GAP], ["classes", "gap"]),
    "old reshape": (
        [GAP, ("Reshape", "back", {"target_shape": [1, 1, 8]}), CONV, ("Flatten", "flat", {})],
        ["gap", "back", "classes", "flat"],
    ),
    "no top, pooled": ([GAP], ["gap"]),
    "no top": ([], []),
    "dropout before flatten": (
        [("Dropout", "drop", {"rate": 0.5}), ("Flatten", "flat", {}), DENSE],
        ["drop", "flat", "dense"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDINGS)
def test_it_is_what_follows_the_last_features(name):
    layers, expected = ENDINGS[name]
    build = NetworkBuilder()
    chain(build, *layers)
    head = find_head(GraphAnalysis(build.graph))
    assert list(head.nodes) == expected
    assert head.source == "features"
    assert head.features.shape == (8, 8, 8)
    assert not head.by_position


@pytest.mark.parametrize("name", ENDINGS)
def test_another_takes_its_place_in_one_step_and_undo_brings_it_back(name):
    build = NetworkBuilder()
    chain(build, *ENDINGS[name][0])
    project = Project([build.finish()])
    before, kept = dumps(project), {"input", "conv", "bn", "features"}
    graph, analysis = project.graphs["model"], LiveAnalysis(project)
    head = find_head(analysis.of("model"))
    history = History(project)
    history.do(InGraph("model", replace_head(graph, head, HeadChoice(5, hidden=(16,)))))
    found = {node.name: node for node in graph}
    expected = {"head_pooling", "head_dropout", "head_dropout_2", "head_dense", "predictions"}
    assert set(found) == kept | expected
    assert all(found[name].id == name for name in kept)  # what stored weights are found by
    assert analysis.of("model").report(found["predictions"].id).outputs["output"].shape == (5,)
    assert not {node.id for node in graph if node.name not in kept} & set(head.nodes)
    history.undo()
    assert dumps(project) == before
    assert not history.can_undo


@pytest.mark.parametrize(
    ("template", "values", "source"),
    [
        ("vgg16", {}, "block5_pool"),
        ("vgg16", {"input": [32, 32, 3]}, "block5_pool"),
        ("resnet50", {}, "conv5_blocks"),
        ("googlenet", {}, "inception_5b"),
        ("inception-v3", {}, "mixed10"),
        ("mini-xception", {}, "module_4_add"),
        ("lenet5", {}, "s4"),
        ("unet-same", {}, "up_1"),
    ],
)
def test_templates(template, values, source):
    project = get_template(template).build(values)
    analysis = LiveAnalysis(project).of("model")
    head = find_head(analysis)
    assert analysis.graph.node(head.source).name == source
    choice = usual_choice(head, 4)
    InGraph("model", replace_head(analysis.graph, head, choice)).apply(project)
    (end,) = [node for node in analysis.graph if not analysis.graph.wires_from(node.id)]
    assert analysis.report(end.id).outputs["output"].shape[-1] == 4
    assert not [d for d in analysis.diagnostics if d.severity is Severity.ERROR and d.code != "output.classes"]


def test_a_segmentation_network_keeps_a_class_for_each_position():
    build = NetworkBuilder()
    chain(build, ("Conv2D", "pixels", {"filters": 2, "kernel_size": 1, "activation": "softmax"}))
    head = find_head(GraphAnalysis(build.graph))
    assert (list(head.nodes), head.by_position) == (["pixels"], True)
    (part,) = what_comes(build.graph, head, usual_choice(head, 6))
    assert (part.label, part.shape, part.params) == ("Conv2D", "8x8x6", 8 * 6 + 6)


def test_several_inputs_end_where_they_meet():
    build = NetworkBuilder()
    image = build.layer("GlobalAveragePooling2D", "gap", body(build))
    facts = build.input((4,), "facts")
    both = build.layer("Concatenate", "both", image, facts)
    x = build.layer("Dense", "hidden", both, units=8, activation="relu")
    build.layer("Dense", "out", x, units=3, activation="softmax")
    head = find_head(GraphAnalysis(build.graph))
    assert (head.source, list(head.nodes)) == ("both", ["hidden", "out"])
    assert [part.label for part in what_comes(build.graph, head, HeadChoice(2, dropout=0))] == ["Dense"]


def test_of_several_outputs_one_is_meant():
    build = NetworkBuilder()
    x = build.layer("GlobalAveragePooling2D", "gap", body(build))
    build.layer("Dense", "age", x, units=1)
    build.layer("Dense", "kind", x, units=3, activation="softmax")
    analysis = GraphAnalysis(build.graph)
    with pytest.raises(HeadError, match="age, kind"):
        find_head(analysis)
    head = find_head(analysis, NodeId("kind"))
    assert (head.source, list(head.nodes)) == ("gap", ["kind"])  # the other output needs the pooling
    replace_head(build.graph, head, HeadChoice(5)).apply(build.graph)
    assert {"gap", "age"} < {node.name for node in build.graph}


def test_a_dense_network_loses_its_last_layer_only():
    build = NetworkBuilder()
    x = build.layer("Dense", "first", build.input((16,)), units=8, activation="relu")
    build.layer("Dense", "out", x, units=3)
    assert find_head(GraphAnalysis(build.graph)).nodes == ("out",)


def test_classes_made_within_a_block_are_not_taken_for_features():
    analysis = LiveAnalysis(get_template("nin").build()).of("model")
    with pytest.raises(HeadError, match="mlpconv_3"):
        find_head(analysis)


def test_a_layer_that_is_applied_elsewhere_stays():
    build = NetworkBuilder()
    x = build.layer("GlobalAveragePooling2D", "gap", body(build))
    build.layer("Dense", "out", x, units=8)
    again = build.layer("Dense", "again", build.input((8,), "other"), units=8)
    build.layer("Dense", "last", again, units=8)
    graph = build.graph
    graph.replace_node(replace(graph.node(again), shares=NodeId("out")))
    with pytest.raises(HeadError, match="again applies it"):
        find_head(GraphAnalysis(graph), NodeId("out"))


def test_unknown_shapes_are_refused():
    build = NetworkBuilder()
    x = build.layer("Conv2D", "conv", build.input((2, 2, 3)), filters=8, kernel_size=5)
    build.layer("GlobalAveragePooling2D", "gap", x)
    with pytest.raises(HeadError, match="gap is not known"):
        find_head(GraphAnalysis(build.graph))


def test_flattening_needs_known_sizes():
    build = NetworkBuilder()
    x = build.layer("Conv2D", "conv", build.input((None, None, 3)), filters=8, kernel_size=5, activation="relu")
    build.layer("GlobalAveragePooling2D", "gap", x)
    head = find_head(GraphAnalysis(build.graph))
    with pytest.raises(HeadError, match="known size"):
        replace_head(build.graph, head, HeadChoice(3, pooling="flatten"))
    assert what_comes(build.graph, head, HeadChoice(3, pooling="max"))[0].label == "GlobalMaxPooling2D"


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        (HeadChoice(0), "classes"),
        (HeadChoice(2, dropout=1.0), "dropout"),
        (HeadChoice(2, hidden=(0,)), "hidden"),
        (HeadChoice(2, pooling="mean"), "pooling"),
    ],
)
def test_a_choice_that_makes_no_head_is_refused(choice, told):
    build = NetworkBuilder()
    chain(build, GAP, DENSE)
    head = find_head(GraphAnalysis(build.graph))
    with pytest.raises(HeadError, match=f"{told}: Expected"):
        replace_head(build.graph, head, choice)


def test_the_rest_can_be_frozen_in_the_same_step():
    build = NetworkBuilder()
    chain(build, GAP, DENSE)
    head = find_head(GraphAnalysis(build.graph))
    edit = replace_head(build.graph, head, HeadChoice(5, freeze=True))
    inverse = edit.apply(build.graph)
    analysis = GraphAnalysis(build.graph)
    assert analysis.totals.trainable_params == 8 * 5 + 5
    inverse.apply(build.graph)
    assert all(node.trainable for node in build.graph)


def test_the_preview_counts_what_goes_and_what_comes():
    build = NetworkBuilder()
    chain(build, GAP, DENSE)
    analysis = GraphAnalysis(build.graph)
    head = find_head(analysis)
    assert [part.params for part in what_goes(analysis, head)] == [0, 9000]
    assert [part.params for part in what_comes(build.graph, head, HeadChoice(10))] == [0, 0, 90]
