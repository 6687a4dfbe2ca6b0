"""Analysis of a whole project, kept up to date by its edits."""

from msgspec.structs import replace

from tests.analysis.networks import lenet5
from workbench.graph import Graph, NodeId, edits
from workbench.project import InGraph, LiveAnalysis, Project, SetDataset, SetTraining

OUTPUT = NodeId("output")


def set_units(project: Project, units: int) -> InGraph:
    return InGraph("model", edits.set_params(project.graphs["model"], OUTPUT, {"units": units}, {}))


def test_problems_come_and_go_with_edits():
    project = Project([lenet5().graph])
    live = LiveAnalysis(project)
    assert not live.errors
    inverse = project.apply(set_units(project, 7))
    assert [(problem.code, problem.node, problem.graph) for problem in live.errors] == [
        ("output.classes", OUTPUT, "model")
    ]
    project.apply(inverse)
    assert not live.errors
    assert live.of("model").totals.params == 61_706


def test_problems_of_every_graph_are_told():
    live = LiveAnalysis(Project([lenet5().graph, Graph("empty")]))
    assert [(problem.graph, problem.code) for problem in live.diagnostics] == [("empty", "graph.empty")]


def test_the_number_of_classes_is_the_datasets():
    project = Project([lenet5().graph])
    live = LiveAnalysis(project)
    project.apply(set_units(project, 7))
    assert len(live.errors) == 1
    project.apply(SetDataset(replace(project.dataset, spec="a/folder")))  # known only once it is read
    assert not live.errors


def test_listeners_hear_of_graphs_and_of_settings():
    project = Project([lenet5().graph])
    live = LiveAnalysis(project)
    heard: list[tuple[str, frozenset[NodeId]]] = []
    end = live.subscribe(lambda graph, nodes: heard.append((graph, nodes)))
    project.apply(set_units(project, 7))
    project.apply(SetTraining(replace(project.training, batch_size=64)))
    assert heard == [("model", {OUTPUT}), ("model", frozenset())]
    assert live.of("model").context.batch_size == 64
    end()
    project.apply(set_units(project, 8))
    assert len(heard) == 2


def test_a_closed_one_follows_no_more():
    project = Project([lenet5().graph])
    live = LiveAnalysis(project)
    live.close()
    project.apply(set_units(project, 7))
    project.apply(SetTraining(replace(project.training, batch_size=64)))
    assert live.of("model").totals.params == 61_706
    assert live.of("model").context.batch_size == 32
