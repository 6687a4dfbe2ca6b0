"""Every edit of a project: applied and taken back it leaves the same bytes, and listeners hear of it once."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.analysis.random_edits import random_edit
from tests.project.projects import small_project
from workbench.graph import Node, NodeChanged, NodeId, NodeRemoved, Wire, WireRemoved, edits
from workbench.project import Change, Edit, History, InGraph, Project, SetDataset, SetTraining, Several
from workbench.project.file import dumps

CONV, MEAN = NodeId("conv"), NodeId("mean")


def in_graph(make: Callable[..., object]) -> Callable[[Project], Edit]:
    return lambda project: InGraph("model", make(project.graphs["model"]))


EDITS: dict[str, Callable[[Project], Edit]] = {
    "add": in_graph(
        lambda g: edits.Add((Node(NodeId("new"), "keras.layers.ReLU", "new"),), (Wire(CONV, NodeId("new")),))
    ),
    "remove": in_graph(lambda g: edits.Remove((CONV, NodeId("gone")))),
    "set params": in_graph(lambda g: edits.set_params(g, CONV, {"filters": 8}, {})),
    "rename": in_graph(lambda g: edits.rename(g, CONV, "first")),
    "move": in_graph(lambda g: edits.move(g, {CONV: (1.0, 2.0), MEAN: (3.0, 4.0)})),
    "freeze": in_graph(lambda g: edits.set_trainable(g, [CONV], False)),
    "connect": in_graph(lambda g: edits.connect(g, Wire(CONV, MEAN))),
    "disconnect": in_graph(lambda g: edits.Remove(wires=(Wire(CONV, NodeId("gone")),))),
    "dataset": lambda p: SetDataset(replace(p.dataset, validation_share=0.5)),
    "training": lambda p: SetTraining(replace(p.training, epochs=7)),
    "several": lambda p: Several((EDITS["remove"](p), EDITS["training"](p), EDITS["dataset"](p)), "Start anew"),
}


@pytest.mark.parametrize("make", EDITS.values(), ids=EDITS)
def test_inverse_gives_the_same_bytes(make):
    project = small_project()
    before = dumps(project)
    edit = make(project)
    inverse = project.apply(edit)
    after = dumps(project)
    assert after != before
    assert inverse.label == edit.label != ""
    again = project.apply(inverse)
    assert dumps(project) == before
    project.apply(again)
    assert dumps(project) == after


@pytest.mark.parametrize("make", EDITS.values(), ids=EDITS)
def test_listeners_hear_once_what_was_touched(make):
    project = small_project()
    heard: list[Change] = []
    end = project.subscribe(heard.append)
    edit = make(project)
    project.apply(edit)
    (change,) = heard
    names = {f"{graph}/{named(event)}" for graph, events in change.graphs.items() for event in events if named(event)}
    assert names | change.sections <= edit.touches | change.sections
    assert change.sections <= edit.touches
    end()
    project.apply(SetTraining(replace(project.training, epochs=99)))
    assert len(heard) == 1


def named(event):
    return getattr(event, "node", None)


def test_a_change_holds_the_events_of_its_graph():
    project = small_project()
    heard: list[Change] = []
    project.subscribe(heard.append)
    gone = NodeId("gone")
    project.apply(Several((EDITS["rename"](project), InGraph("model", edits.Remove((gone,)))), "Both"))
    assert heard[0].graphs == {
        "model": (
            NodeChanged(CONV, frozenset({"name"})),
            WireRemoved(Wire(CONV, gone)),
            WireRemoved(Wire(gone, MEAN)),
            NodeRemoved(gone),
        )
    }


@settings(max_examples=40)
@given(st.data())
def test_any_history_can_be_walked_back_and_forth(data):
    project = small_project()
    history = History(project)
    graph = project.graphs["model"]
    states = [dumps(project)]
    for _ in range(data.draw(st.integers(1, 10))):
        edit = data.draw(random_edit(graph))
        if edit is not None:
            history.do(InGraph("model", edit))
            states.append(dumps(project))
    for state in reversed(states[:-1]):
        history.undo()
        assert dumps(project) == state
    assert not history.can_undo
    for state in states[1:]:
        history.redo()
        assert dumps(project) == state
    assert not history.can_redo


def test_an_edit_of_a_graph_that_is_not_there_changes_nothing():
    project = small_project()
    before = dumps(project)
    with pytest.raises(KeyError):
        project.apply(InGraph("no such graph", edits.Remove((CONV,))))
    assert dumps(project) == before
