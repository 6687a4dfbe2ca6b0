"""Analysis that follows a graph knows what a new one would find out, and looks only where it must."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.networks import Network, lenet5
from tests.analysis.random_edits import grown_graph, random_edit
from workbench.analysis import AnalysisContext, GraphAnalysis, LayerReport
from workbench.graph import Graph, GraphEdit, NodeId, Wire, edits
from workbench.layers import CATALOGUE, Catalogue, LayerType

CONTEXT = AnalysisContext(classes=3, inputs=1, outputs=1, steps=50, batch_size=1)


def values(report: LayerReport) -> object:
    """A report without the plans of blocks, which are each analysis's own."""
    inner = [{node: values(known) for node, known in repetition.reports.items()} for repetition in report.inner]
    return report._replace(inner=()), inner


def agrees_with_a_new_one(followed: GraphAnalysis) -> None:
    fresh = GraphAnalysis(followed.graph, context=followed.context)
    for node in followed.graph:
        assert values(followed.report(node.id)) == values(fresh.report(node.id)), node
    assert followed.diagnostics == fresh.diagnostics
    assert followed.totals == fresh.totals


@settings(max_examples=60)
@given(st.data())
def test_any_edits_leave_what_a_new_analysis_finds(data):
    graph = Graph("model")
    followed = GraphAnalysis(graph, context=CONTEXT)
    inverses: list[GraphEdit] = []
    for _ in range(data.draw(st.integers(1, 25))):
        edit = data.draw(random_edit(graph))
        if edit is not None:
            inverses.append(edit.apply(graph))
            agrees_with_a_new_one(followed)
    for inverse in reversed(inverses):
        inverse.apply(graph)
    agrees_with_a_new_one(followed)
    assert followed.totals.params == 0


@settings(max_examples=60)
@given(grown_graph(), st.data())
def test_edits_of_what_might_be_meant_leave_what_a_new_analysis_finds(graph, data):
    followed = GraphAnalysis(graph, context=CONTEXT)
    for _ in range(data.draw(st.integers(1, 5))):
        edit = data.draw(random_edit(graph))
        if edit is not None:
            edit.apply(graph)
            agrees_with_a_new_one(followed)


def test_a_wire_that_no_longer_closes_a_cycle_carries_again():
    """The source keeps its recorded output all along, so nothing upstream of the wire changes."""
    network = Network()
    network.add("plugin:gone/Thing", "thing")
    network.add("ReLU", "relu")
    thing = network.graph.node(NodeId("thing"))
    known = replace(thing, outputs=("output",), specs=(("output", (4,), "float32"),))
    edits.Update((known,)).apply(network.graph)
    opens = network.wire("relu", "thing")
    network.wire("thing", "relu")
    followed = network.analysed()
    assert not followed.report(NodeId("relu")).known
    network.graph.disconnect(opens)
    agrees_with_a_new_one(followed)
    assert followed.report(NodeId("relu")).known


class Counting:
    """A catalogue whose shape rules write down whom they were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.catalogue = Catalogue(
            replace(kind, shape=self._counted(kind)) if isinstance(kind, LayerType) else kind for kind in CATALOGUE
        )

    def _counted(self, layer):
        def shape(call):
            self.asked.append(layer.label)
            return layer.shape(call)

        return shape

    def during(self, edit: GraphEdit, graph: Graph) -> list[str]:
        self.asked.clear()
        edit.apply(graph)
        return sorted(self.asked)


def test_only_what_an_edit_can_reach_is_looked_at():
    graph, counting = lenet5().graph, Counting()
    analysis = GraphAnalysis(graph, counting.catalogue)

    def asked(edit: GraphEdit) -> list[str]:
        return counting.during(edit, graph)

    assert asked(edits.move(graph, {NodeId("c1"): (9.0, 9.0)})) == []
    assert asked(edits.rename(graph, NodeId("c1"), "first")) == []
    # The output keeps its shape: the layers after it need not be asked.
    assert asked(edits.set_params(graph, NodeId("c1"), {"use_bias": False}, {})) == ["Conv2D"]
    assert asked(edits.set_trainable(graph, [NodeId("c3")], False)) == ["Conv2D"]
    assert asked(edits.set_params(graph, NodeId("c5"), {"units": 60}, {})) == ["Dense", "Dense"]
    assert asked(edits.set_params(graph, NodeId("c1"), {"filters": 0}, {})) == []
    assert not analysis.report(NodeId("output")).known


def test_a_transaction_is_analysed_once():
    graph, counting = lenet5().graph, Counting()
    GraphAnalysis(graph, counting.catalogue)
    unbiased = (edits.set_params(graph, NodeId(name), {"use_bias": False}, {}) for name in ("c5", "f6"))
    change = edits.Several((*unbiased, edits.set_params(graph, NodeId("s4"), {"pool_size": 3}, {})))
    assert counting.during(change, graph) == ["AveragePooling2D", "Dense", "Dense", "Flatten"]


def test_listeners_get_the_nodes_that_changed():
    network = lenet5()
    analysis = network.analysed()
    heard: list[frozenset[NodeId]] = []
    end = analysis.subscribe(heard.append)
    edits.set_params(network.graph, NodeId("c5"), {"units": 60}, {}).apply(network.graph)
    edits.Remove(wires=(Wire(NodeId("f6"), NodeId("output")),)).apply(network.graph)
    edits.move(network.graph, {NodeId("c5"): (1.0, 1.0)}).apply(network.graph)
    assert heard == [{"c5", "f6"}, {"output"}, frozenset()]
    end()
    analysis.close()
    edits.set_params(network.graph, NodeId("c5"), {"units": 61}, {}).apply(network.graph)
    assert len(heard) == 3
