"""Measured normalisation becomes a layer, in one step that can be taken back."""

import pytest

from tests.analysis.networks import lenet5
from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.layers import CATALOGUE
from workbench.project import History, InGraph, NormalisationError, Project, loads, normalising
from workbench.project.file import dumps
from workbench.project.normalisation import present


def applied(project, mean, variance):
    graph = project.graphs["model"]
    history = History(project)
    history.do(InGraph("model", normalising(graph, mean, variance)))
    return graph, history


def test_it_stands_behind_the_input_and_everything_follows_it():
    project = Project([lenet5().graph])
    before = dumps(project)
    followers = {wire.target for wire in project.graphs["model"].wires_from(NodeId("input"))}
    graph, history = applied(project, [0.25], [0.09])
    node = present(graph)
    assert (node.type, node.params) == ("keras.layers.Normalization", {"mean": [0.25], "variance": [0.09]})
    assert [wire.target for wire in graph.wires_from(NodeId("input"))] == [node.id]
    assert {wire.target for wire in graph.wires_from(node.id)} == followers
    analysis = GraphAnalysis(graph, CATALOGUE)
    assert not analysis.diagnostics
    assert analysis.totals.params == 61_706
    assert dumps(loads(dumps(project), "again").project) == dumps(project)
    history.undo()
    assert dumps(project) == before


def test_one_that_is_there_gets_the_new_numbers():
    graph, history = applied(Project([lenet5().graph]), [0.25], [0.09])
    first = present(graph)
    history.do(InGraph("model", normalising(graph, [0.5], [0.04])))
    assert present(graph).id == first.id
    assert present(graph).params == {"mean": [0.5], "variance": [0.04]}
    assert len([node for node in graph if "Normalization" in node.type]) == 1
    history.undo()
    assert present(graph).params["mean"] == [0.25]


def test_three_channels_have_three_numbers_each_and_long_ones_are_kept_short():
    graph = Graph("model")
    graph.add_node(Node(NodeId("image"), "input", "image", {"shape": [8, 8, 3]}))
    graph.add_node(Node(NodeId("flat"), "keras.layers.Flatten", "flat"))
    graph.connect(Wire(NodeId("image"), NodeId("flat")))
    project = Project([graph])
    applied(project, [1 / 3, 0.5, 0.6], [0.1, 0.2, 0.3])
    assert present(graph).params["mean"] == [0.3333333, 0.5, 0.6]
    assert not [p for p in GraphAnalysis(graph, CATALOGUE).diagnostics if p.severity.value == "error"]


@pytest.mark.parametrize("count", [0, 2])
def test_without_one_single_input_it_says_why_not(count):
    graph = Graph("model")
    for number in range(count):
        graph.add_node(Node(NodeId(f"in{number}"), "input", f"in{number}", {"shape": [8, 8, 3]}))
    with pytest.raises(NormalisationError, match=f"one Input.*Received: {count}"):
        normalising(graph, [0.5], [0.1])
