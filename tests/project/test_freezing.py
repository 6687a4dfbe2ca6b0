"""Freezing as edits, totals beside Keras's, and what phases and advice select."""

from collections import Counter

import msgspec
import pytest

from tests.engine.drawings import chain
from workbench.analysis import GraphAnalysis
from workbench.analysis.depth import head_of
from workbench.analysis.gradients import reached_paths, step_cost
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.project import Project, SettingsError, TrainingSettings, assign, project_catalogue
from workbench.project.advice import FEW, advise, follow
from workbench.project.file import dumps, loads
from workbench.project.fine_tuning import (
    FineTuning,
    Phase,
    gradual,
    matching,
    read_phases,
    selected,
    trained_in,
    two_phases,
)
from workbench.project.freezing import Freezing, normalisation_note, totals
from workbench.templates import get_template

K = "keras.layers."


def freezing(project):
    (graph,) = project.graphs.values()
    return Freezing.of(GraphAnalysis(graph, project_catalogue(project.blocks.values())))


def resnet():
    return get_template("resnet50").build()


def shared():
    """A Dense that is applied twice, BatchNormalization, and a head."""
    graph = Graph("net")
    nodes = (
        Node(NodeId("a"), "input", "a", {"shape": [6]}),
        Node(NodeId("first"), K + "Dense", "first", {"units": 6}),
        Node(NodeId("again"), K + "Dense", "again", {"units": 6}, shares=NodeId("first")),
        Node(NodeId("norm"), K + "BatchNormalization", "norm"),
        Node(NodeId("out"), K + "Dense", "out", {"units": 3, "activation": "softmax"}),
    )
    for number, node in enumerate(nodes):
        graph.add_node(node)
        if number:
            graph.connect(Wire(nodes[number - 1].id, node.id))
    return Project([graph])


def in_keras(project):
    """Trainable and frozen values as Keras counts them."""
    from workbench.engine.compile import build_model

    (graph,) = project.graphs.values()
    model = build_model(graph, 0, project_catalogue(project.blocks.values()))

    def size(weights):
        return sum(weight.value.shape.num_elements() for weight in weights)

    return size(model.trainable_weights), size(model.non_trainable_weights)


def test_layers_come_in_depth_order_and_a_shared_one_once():
    assert [layer.name for layer in freezing(shared()).layers] == ["first", "norm", "out"]
    layers = freezing(resnet()).layers
    assert [layer.depth for layer in layers] == sorted(layer.depth for layer in layers)
    assert (layers[0].name, layers[-1].name) == ("conv1_conv", "predictions")


@pytest.mark.parametrize("make", [shared, resnet])
@pytest.mark.parametrize("count", [0, 1, 2, 35, 10**6])
def test_totals_are_those_of_keras(make, count):
    project = make()
    found = freezing(project)
    edit = found.freezing_first(min(count, len(found.layers)))
    if edit:
        project.apply(edit)
    told = totals(freezing(project), project.training)
    assert (told.trainable, told.frozen) == in_keras(project)


def test_every_edit_is_one_step_and_its_inverse_gives_the_same_bytes():
    project = resnet()
    before = dumps(project)
    found = freezing(project)
    inner = [layer.path for layer in found.layers if layer.path.count("/")]
    for edit in (found.freezing_first(35), found.setting(inner[3:9], False), found.setting(inner, False)):
        assert edit is not None
        inverse = project.apply(edit)
        changed = dumps(project)
        assert changed != before
        assert dumps(loads(changed, "x").project) == changed
        project.apply(inverse)
        assert dumps(project) == before


def test_a_block_frozen_in_part_is_thawed_without_a_trace():
    project = resnet()
    before = dumps(project)
    inner = [layer for layer in freezing(project).layers if "/" in layer.path]
    project.apply(freezing(project).setting([inner[2].path], False))
    now = {layer.path: layer.trainable for layer in freezing(project).layers}
    assert [path for path, trains in now.items() if not trains] == [inner[2].path]
    node = project.graph("model" if "model" in project.graphs else next(iter(project.graphs))).node(
        NodeId(inner[2].node)
    )
    assert node.trainable
    assert list(node.overrides.values()) == [{"trainable": False}]
    project.apply(freezing(project).setting([inner[2].path], True))
    assert dumps(project) == before


def test_a_layer_thaws_in_a_block_that_was_frozen_as_a_whole():
    project = resnet()
    found = freezing(project)
    block = next(layer.node for layer in found.layers if "/" in layer.path)
    paths = [layer.path for layer in found.layers if layer.node == block]
    project.apply(found.setting(paths, False))
    (graph,) = project.graphs.values()
    assert graph.node(NodeId(block)).trainable is False
    assert not graph.node(NodeId(block)).overrides
    project.apply(freezing(project).setting(paths[:1], True))
    now = {layer.path: layer.trainable for layer in freezing(project).layers}
    assert [path for path in paths if now[path]] == paths[:1]
    assert totals(freezing(project), project.training).trainable == in_keras(project)[0]


def test_nothing_to_change_is_no_step():
    found = freezing(resnet())
    assert found.freezing_first(0) is None
    assert found.setting([found.layers[0].path], True) is None


def test_backward_passes_end_at_the_lowest_layer_that_learns():
    project = shared()
    found = freezing(project)
    everything = step_cost(found.primitives)
    # Forwards 36 + 36 + 18; backwards 36 (weights only: the input needs none), 2 x 36 and 2 x 18.
    assert everything == (90, 36 + 72 + 36)
    project.apply(found.setting(["first"], False))
    found = freezing(project)
    assert set(reached_paths(found.primitives)) == {"norm", "out"}
    assert step_cost(found.primitives) == (90, 36)
    project.apply(found.setting(["first", "norm"], False))
    told = totals(freezing(project), project.training)
    assert step_cost(freezing(project).primitives) == (90, 18)
    assert told.work_saved == pytest.approx(1 - 108 / 234)
    assert told.work_saved_cached == pytest.approx(1 - (18 + 18) / 234)


def test_frozen_layers_take_less_memory():
    project = resnet()
    saved = []
    for count in (0, 50, 106):
        found = freezing(project)
        if edit := found.freezing_first(count):
            project.apply(edit)
        saved.append(totals(freezing(project), project.training).memory_saved)
    assert saved[0] == 0 < saved[1] < saved[2]


def test_normalisation_is_told_of():
    project = resnet()
    assert normalisation_note(freezing(project), 32) == ""
    project.apply(freezing(project).freezing_first(35))
    assert "inference mode" in normalisation_note(freezing(project), 32)
    assert "which is few" not in normalisation_note(freezing(project), 32)
    assert "batches of 4, which is few" in normalisation_note(freezing(project), 4)


# -- selections and phases
def test_what_selections_mean():
    layers = freezing(resnet()).layers
    names = [layer.name for layer in layers]
    assert selected("all", layers) == set(names)
    assert selected("head", layers) == {"predictions"}
    assert selected("last 3", layers) == set(names[-3:])
    assert selected("last 10%", layers) == set(names[-11:])
    assert selected("conv1_*", layers) == {"conv1_conv", "conv1_bn"}
    assert selected("/^conv[12]_(bn|conv)$/", layers) == {"conv1_conv", "conv1_bn"}
    assert matching("nothing", names) == set()
    assert [layer.name for layer in head_of(list(freezing(shared()).layers))] == ["out"]


def test_normalisation_stays_frozen_in_phases_unless_asked():
    layers = freezing(resnet()).layers
    phase = Phase("all", 3)
    held = trained_in(FineTuning((phase,)), phase, layers)
    assert Counter(layer.type for layer in layers if layer.name not in held) == {"BatchNormalization": 53}
    assert len(trained_in(FineTuning((phase,), normalisation_trains=True), phase, layers)) == len(layers)


def test_recipes_fill_the_epochs_and_survive_the_file():
    for epochs in (2, 3, 10):
        assert two_phases(epochs).ends(epochs)[-1] == epochs
        assert sum(phase.epochs for phase in two_phases(epochs).phases) == epochs
    assert [phase.train for phase in gradual(8).phases] == ["head", "last 33%", "last 66%", "all"]
    project = resnet()
    tuned = assign(
        project.training, {"fine_tuning": "head for 2; last 5 for 3 at 0.1", "fine_tuning.rates": "conv1_* at 0.1"}
    )
    assert read_phases(str(tuned.fine_tuning)) == tuned.fine_tuning.phases
    project.replace_section("training", tuned)
    assert loads(dumps(project), "x").project.training == tuned


def test_the_course_follows_the_phases():
    training = assign(TrainingSettings(epochs=6), {"fine_tuning": "head for 2; all for 4 at 0.1"})
    course = training.course(10)
    assert [course.rate(step) for step in (0, 19, 20, 59)] == pytest.approx([1e-3, 1e-3, 1e-4, 1e-4])
    assert [training.fine_tuning.number_at(epoch) for epoch in (0, 1, 2, 5, 99)] == [0, 0, 1, 1, 1]
    assert training.fine_tuning.ends(1) == (1,)
    assert training.fine_tuning.ends(9) == (2, 9)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"fine_tuning": "head"}, "Expected phases as"),
        ({"fine_tuning": "head for 0"}, ">= 1"),
        ({"fine_tuning": "head for 3 at -1"}, "> 0"),
        ({"fine_tuning": "/(/ for 3"}, "regular expression"),
        ({"fine_tuning.rates": "head"}, "Expected parts and factors"),
        ({"fine_tuning": '{"phase": []}'}, "unknown field"),
    ],
)
def test_what_is_wrong_with_phases_is_told(values, message):
    with pytest.raises(SettingsError, match=message):
        assign(TrainingSettings(), values)


# -- advice
@pytest.mark.parametrize(
    ("images", "similar", "trains", "rate"),
    [
        (FEW, True, 1, 0.001),
        (FEW, False, 54, 0.0001),
        (FEW + 1, True, 107, 0.0001),
        (FEW + 1, False, 107, 0.001),
    ],
)
def test_advice_and_following_it(images, similar, trains, rate):
    project = resnet()
    before = dumps(project)
    trained = msgspec.structs.replace(project.training, learning_rate=0.001, optimizer="Adam")
    project.replace_section("training", trained)
    before = dumps(project)
    found = freezing(project)
    advice = advise(found, images, similar)
    assert len(advice.trains) == trains
    assert f"{images:,} training images" in advice.reason
    edit = follow(found, advice, project.training)
    if edit is not None:
        inverse = project.apply(edit)
        assert sum(layer.trainable for layer in freezing(project).layers) == trains
        assert project.training.learning_rate == rate
        assert follow(freezing(project), advice, project.training) is None
        project.apply(inverse)
        assert dumps(project) == before
    else:
        assert (trains, rate) == (107, 0.001)


def test_a_network_without_weights_has_nothing_to_freeze():
    found = freezing(Project([chain(("input", "image", {"shape": [4]}), (K + "ReLU", "relu", {}))]))
    assert found.layers == ()
    assert totals(found, TrainingSettings()).trainable == 0
