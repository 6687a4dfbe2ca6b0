"""How projects differ: nothing where nothing does, and every kind of edit exactly as what it is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.graph import Graph, Node, NodeId, Wire
from workbench.graph import edits as graph_edits
from workbench.project import (
    AugmentationSettings,
    AugmentationStep,
    InGraph,
    Project,
    SetAugmentation,
    SetDataset,
    SetTraining,
    assign,
    loads,
)
from workbench.project.compare import MISSING, GraphDiff, compare_projects
from workbench.project.file import dumps
from workbench.templates import get_template

K = "keras.layers."


def lenet():
    return get_template("lenet5").build()


def diff_of(edit_of, make=lenet):
    before, after = make(), make()
    after.apply(edit_of(after))
    return compare_projects(before, after)


def only_graph(diff):
    assert not diff.settings
    (graph,) = diff.graphs
    return graph


def settings(diff):
    assert not diff.graphs
    return {change.place: (change.before, change.after) for change in diff.settings}


@pytest.mark.parametrize("name", ["lenet5", "resnet18", "unet", "dcgan"])
def test_the_same_project_does_not_differ(name):
    project = get_template(name).build()
    assert not compare_projects(project, project)
    assert not compare_projects(project, loads(dumps(project), "again").project)


def test_settings_are_told_by_place():
    assert settings(diff_of(lambda p: SetTraining(assign(p.training, {"batch_size": 64})))) == {
        "training.batch_size": (32, 64)
    }
    assert settings(diff_of(lambda p: SetDataset(assign(p.dataset, {"spec": "mnist"})))) == {
        "dataset.spec": ("digits", "mnist")
    }


def test_augmentation_steps_are_told_by_operation():
    def steps(*steps):
        return lambda p: SetAugmentation(AugmentationSettings(steps))

    flip, turn = AugmentationStep("mirror", {"axis": "x"}), AugmentationStep("rotation", {"degrees": 10})
    added = settings(diff_of(steps(flip)))
    assert added["augmentation.mirror"][0] is MISSING
    before, after = lenet(), lenet()
    before.apply(steps(flip, turn)(before))
    after.apply(steps(flip, AugmentationStep("rotation", {"degrees": 20}, 0.5))(after))
    assert settings(compare_projects(before, after)) == {
        "augmentation.rotation.params.degrees": (10, 20),
        "augmentation.rotation.probability": (1.0, 0.5),
    }
    after.apply(steps(turn, flip)(after))
    assert settings(compare_projects(before, after)) == {
        "augmentation.order": (["mirror", "rotation"], ["rotation", "mirror"])
    }


def in_model(make_edit):
    return lambda project: InGraph("model", make_edit(project.graph("model")))


def test_a_parameter():
    diff = only_graph(diff_of(in_model(lambda g: graph_edits.set_params(g, g.find_name("c1"), {"filters": 9}, {}))))
    (change,) = diff.changed
    assert [(c.place, c.before, c.after, c.kind) for c in change.changes] == [("params.filters", 6, 9, "changed")]
    assert diff == GraphDiff("model", changed=diff.changed)


def test_a_default_that_is_written_down_is_no_difference():
    stored = in_model(lambda g: graph_edits.set_params(g, g.find_name("c1"), {"use_bias": True}, {}))
    assert not diff_of(stored)


def test_a_move_is_no_difference():
    assert not diff_of(in_model(lambda g: graph_edits.move(g, {g.find_name("c1"): (7.0, 7.0)})))


def test_a_name_and_frozen_weights():
    diff = only_graph(diff_of(in_model(lambda g: graph_edits.rename(g, g.find_name("c1"), "first"))))
    assert [c.place for c in diff.changed[0].changes] == ["name"]
    assert not diff.added
    assert not diff.removed
    assert not diff.wires_added
    diff = only_graph(diff_of(in_model(lambda g: graph_edits.set_trainable(g, [g.find_name("c1")], False))))
    assert [(c.place, c.before, c.after) for c in diff.changed[0].changes] == [("trainable", True, False)]


def test_a_node_in_between():
    def insert(graph):
        old = next(wire for wire in graph.wires if graph.node(wire.target).name == "s2")
        node = Node(NodeId("new"), K + "Dropout", "drop", {"rate": 0.5})
        wires = (Wire(old.source, node.id), Wire(node.id, old.target))
        return graph_edits.Several((graph_edits.Remove(wires=(old,)), graph_edits.Add((node,), wires)))

    diff = only_graph(diff_of(in_model(insert)))
    assert [node.name for node in diff.added] == ["drop"]
    assert not diff.removed
    assert not diff.changed
    assert sorted(map(str, diff.wires_added)) == ["c1 → drop", "drop → s2"]
    assert list(map(str, diff.wires_removed)) == ["c1 → s2"]


def test_a_node_less():
    diff = only_graph(diff_of(in_model(lambda g: graph_edits.Remove((g.find_name("flatten"),)))))
    assert [node.name for node in diff.removed] == ["flatten"]
    assert sorted(map(str, diff.wires_removed)) == ["flatten → c5", "s4 → flatten"]
    assert not diff.added
    assert not diff.changed
    assert not diff.wires_added


def joined(*order):
    """Two inputs into one Concatenate, in this order."""
    graph = Graph("model")
    for name in ("left", "right"):
        graph.add_node(Node(NodeId(name), "input", name, {"shape": [4]}))
    graph.add_node(Node(NodeId("both"), K + "Concatenate", "both"))
    for place, name in enumerate(order):
        graph.connect(Wire(NodeId(name), NodeId("both"), order=place))
    return Project([graph])


def test_the_order_of_wires_matters_and_their_numbers_do_not():
    diff = only_graph(compare_projects(joined("left", "right"), joined("right", "left")))
    assert diff == GraphDiff("model", reordered=(("both", "input"),))
    fewer = only_graph(compare_projects(joined("left", "right"), joined("right")))
    assert list(map(str, fewer.wires_removed)) == ["left → both"]
    assert not fewer.reordered


def test_nodes_of_other_ids_are_matched_by_name_and_type():
    graph = Graph("model")
    other = lenet()
    ids = {node.id: NodeId(f"other-{node.id}") for node in other.graph("model")}
    for node in other.graph("model"):
        graph.add_node(replace(node, id=ids[node.id]))
    for wire in other.graph("model").wires:
        graph.connect(replace(wire, source=ids[wire.source], target=ids[wire.target]))
    copy = Project([graph], other.dataset, other.training, other.title)
    assert not compare_projects(other, copy)


def test_an_id_of_another_type_is_another_node():
    def other_type(graph):
        return graph_edits.Update((replace(graph.node(graph.find_name("s2")), type=K + "MaxPooling2D", params={}),))

    diff = only_graph(diff_of(in_model(other_type)))
    assert [node.type for node in diff.added] == [K + "MaxPooling2D"]
    assert [node.type for node in diff.removed] == [K + "AveragePooling2D"]


def test_a_graph_that_one_side_has_not():
    before = lenet()
    after = Project([*lenet().graphs.values(), Graph("other")], before.dataset, before.training, before.title)
    after.graph("other").add_node(Node(NodeId("a"), "input", "a", {"shape": [4]}))
    (diff,) = compare_projects(before, after).graphs
    assert (diff.name, [node.name for node in diff.added]) == ("other", ["a"])


@given(st.data())
def test_drawn_edits_are_told_exactly_and_backwards_the_other_way_round(data):
    before, after = lenet(), lenet()
    graph = after.graph("model")
    names = [node.name for node in graph if node.type != "input"]
    removed = set(data.draw(st.lists(st.sampled_from(names), max_size=3, unique=True)))
    frozen = set(data.draw(st.lists(st.sampled_from(names), max_size=3, unique=True))) - removed
    renamed = set(data.draw(st.lists(st.sampled_from(names), max_size=3, unique=True))) - removed
    added = [f"new_{number}" for number in range(data.draw(st.integers(0, 3)))]
    gone = {graph.find_name(name) for name in removed}
    lost = sum(wire.source in gone or wire.target in gone for wire in graph.wires)
    after.apply(InGraph("model", graph_edits.Remove(tuple(gone))))
    after.apply(InGraph("model", graph_edits.set_trainable(graph, [graph.find_name(name) for name in frozen], False)))
    ids = {name: graph.find_name(name) for name in renamed}
    for name, node in ids.items():
        after.apply(InGraph("model", graph_edits.rename(graph, node, f"{name}_again")))
    for name in added:
        after.apply(InGraph("model", graph_edits.Add((Node(NodeId(name), K + "ReLU", name),))))
    rate = data.draw(st.sampled_from([before.training.learning_rate, 0.5]))
    after.apply(SetTraining(assign(after.training, {"learning_rate": rate})))

    there, back = compare_projects(before, after), compare_projects(after, before)
    assert [change.place for change in there.settings] == (["training.learning_rate"] if rate == 0.5 else [])
    one = there.graphs[0] if there.graphs else GraphDiff("model")
    other = back.graphs[0] if back.graphs else GraphDiff("model")
    assert {node.name for node in one.removed} == removed
    assert {node.name for node in one.added} == set(added)
    assert {change.before.name for change in one.changed} == frozen | renamed
    assert len(one.wires_removed) == lost
    assert not one.wires_added
    assert not one.reordered
    assert (one.added, one.removed) == (other.removed, other.added)
    assert one.wires_removed == other.wires_added
