"""Copy and paste: part of a graph as text, within a graph or between two."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.graph.drawings import state
from tests.project.projects import small_graph
from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, NodeId, edits
from workbench.project import InGraph, Project, Several, copy_nodes, loads, paste_nodes, project_catalogue
from workbench.project.block_edits import collapse
from workbench.project.file import dumps


def copied(*names: str) -> str:
    return copy_nodes(GraphAnalysis(small_graph()), map(NodeId, names), {})


def paste(graph: Graph, text: str, offset: tuple[float, float] = (0.0, 0.0)) -> edits.Add:
    pasted = paste_nodes(Project([graph]), graph, text, offset)
    assert pasted is not None
    pasted.nodes.apply(graph)
    return pasted.nodes


def test_nodes_come_with_the_wires_among_them_and_no_others():
    graph = Graph("model")
    paste(graph, copied("conv", "gone", "classes"))
    assert sorted(node.name for node in graph) == ["classes", "conv", "gone"]
    (wire,) = graph.wires
    assert (graph.node(wire.source).name, graph.node(wire.target).name) == ("conv", "gone")


def test_everything_but_id_name_and_place_is_the_same():
    graph, original = Graph("model"), small_graph()
    paste(graph, copied("gone"), offset=(10.0, 20.0))
    (node,) = graph
    source = original.node(NodeId("gone"))
    assert node.id != source.id
    assert node.position == (22.5, 17.0)
    for field in ("type", "name", "params", "trainable", "call_args", "inputs", "outputs", "specs"):
        assert getattr(node, field) == getattr(source, field), field


def test_pasting_twice_gives_ids_and_names_of_their_own():
    graph = small_graph()
    text = copied("conv", "gone")
    paste(graph, text)
    paste(graph, text)
    names = [node.name for node in graph]
    assert len(set(names)) == len(names) == 9
    assert {"conv", "conv_1", "conv_2", "gone_1", "gone_2"} <= set(names)
    assert len(list(graph.wires)) == 4 + 2


def test_numbers_in_names_go_on_counting():
    graph = Graph("model")
    source = small_graph()
    edits.rename(source, NodeId("conv"), "conv_7").apply(source)
    text = copy_nodes(GraphAnalysis(source), [NodeId("conv")], {})
    for _ in range(3):
        paste(graph, text)
    assert [node.name for node in graph] == ["conv_7", "conv_1", "conv_2"]


def test_paste_is_one_undoable_step():
    project = Project([small_graph()])
    before, graph = dumps(project), project.graphs["model"]
    edit = paste_nodes(project, graph, copied("conv", "gone")).nodes
    assert edit.label == "Paste 2 nodes"
    edit.apply(graph).apply(graph)
    assert dumps(project) == before
    assert paste_nodes(project, graph, copied("conv")).nodes.label == "Paste 1 node"


def test_a_shared_layer_follows_its_copy():
    source = small_graph()
    node = source.node(NodeId("mean"))
    shared = type(node)(NodeId("again"), node.type, "again", shares=node.id)
    source.add_node(shared)
    graph = small_graph()
    pasted = paste(graph, copy_nodes(GraphAnalysis(source), [NodeId("mean"), NodeId("again")], {}))
    by_type = {n.name: n for n in pasted.nodes}
    assert by_type["again"].shares == by_type["mean_1"].id
    alone = paste(graph, copy_nodes(GraphAnalysis(source), [NodeId("again")], {}))
    assert alone.nodes[0].shares == "mean"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "just text",
        "[1, 2]",
        "null",
        "{}",
        json.dumps({"format": "cnn-workbench fragment"}),
        json.dumps({"format": "cnn-workbench fragment", "nodes": 3}),
        json.dumps({"format": "cnn-workbench fragment", "nodes": [{"id": 1}]}),
        json.dumps({"format": "something else", "nodes": [], "wires": []}),
        dumps(Project([small_graph()])).decode(),
        "[" * 100_000,
        copied("conv").replace("[\n    0.0", "[\n    NaN"),
        copied("conv").replace('"name": "conv"', '"name": "\\ud800"'),
        "9" * 5000,
    ],
    ids=lambda text: text[:60],
)
def test_other_text_is_refused(text):
    graph = small_graph()
    before = state(graph)
    assert paste_nodes(Project([graph]), graph, text) is None
    assert state(graph) == before


@given(st.data())
def test_a_damaged_fragment_is_refused_or_can_be_saved(data):
    text = copied("input", "conv", "gone")
    start = data.draw(st.integers(0, len(text)))
    damaged = text[:start] + data.draw(st.text(max_size=3)) + text[start + data.draw(st.integers(0, 3)) :]
    graph = Graph("model")
    pasted = paste_nodes(Project([graph]), graph, damaged)
    if pasted is not None:
        pasted.nodes.apply(graph)
        dumps(Project([graph]))


# -- blocks of one's own come with their definitions
def with_block(filters: int, name: str = "Mine", outer: str = "") -> Project:
    """A project whose block has so many filters; with `outer`, a block of that name is made of it."""
    graph = small_graph()
    graph.replace_node(replace(graph.node(NodeId("conv")), params={"filters": filters, "kernel_size": 3}))
    project = Project([graph])
    project.apply(collapse(analysis_of(project), [NodeId("conv")], name))
    if outer:
        project.apply(collapse(analysis_of(project), [instance(project)], outer))
    return project


def analysis_of(project: Project) -> GraphAnalysis:
    return GraphAnalysis(project.graphs["model"], project_catalogue(project.blocks.values()))


def instance(project: Project) -> NodeId:
    (node,) = (node.id for node in project.graphs["model"] if node.type.startswith("user:"))
    return node


def pasted_type(source: Project, target: Project) -> str:
    """Copies the instance from one project into another, and gives the type that it has there."""
    text = copy_nodes(analysis_of(source), [instance(source)], source.blocks)
    pasted = paste_nodes(target, target.graphs["model"], text)
    before = dumps(target)
    inverse = target.apply(Several((*pasted.blocks, InGraph("model", pasted.nodes)), "Paste"))
    after = dumps(target)
    assert dumps(loads(after, "x").project) == after
    target.apply(inverse)
    assert dumps(target) == before
    target.apply(Several((*pasted.blocks, InGraph("model", pasted.nodes)), "Paste"))
    return pasted.nodes.nodes[0].type


def filters_in(project: Project, key: str) -> list[int]:
    return [node.params["filters"] for node in project.blocks[key].graph if "filters" in node.params]


def test_a_block_brings_its_definition_along():
    target = Project([small_graph()])
    assert filters_in(target, pasted_type(with_block(7), target)) == [7]


def test_another_block_of_the_same_name_stays_another():
    target = with_block(5)
    key = pasted_type(with_block(7), target)
    assert key == "user:Mine 2"
    assert filters_in(target, key) == [7]
    assert filters_in(target, "user:Mine") == [5]


def test_the_same_block_is_not_added_again():
    target = with_block(7)
    assert pasted_type(with_block(7), target) == "user:Mine"
    assert set(target.blocks) == {"user:Mine"}


def test_what_a_block_is_made_of_comes_too():
    target = with_block(5, outer="Outer")
    key = pasted_type(with_block(7, outer="Outer"), target)
    assert key == "user:Outer 2"
    (inner,) = (node.type for node in target.blocks[key].graph if node.type.startswith("user:"))
    assert filters_in(target, inner) == [7]
