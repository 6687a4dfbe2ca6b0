"""Repeated parts are found by structure, become blocks in one step, and one step takes them back."""

from workbench.analysis import GraphAnalysis, Severity, primitives
from workbench.graph import Graph, Node, NodeId, Wire, edits
from workbench.layers import CATALOGUE
from workbench.project import MoveWeights, Project, project_catalogue
from workbench.project.file import dumps
from workbench.project.folding import fold_repeats
from workbench.project.history import History
from workbench.project.repeats import find_repeats
from workbench.templates import get_template

K = "keras.layers."


class Drawn:
    """A graph written down node after node; ids equal names."""

    def __init__(self):
        self.graph = Graph("model")
        self.last = self.add("input", "image", shape=[16, 16, 8])

    def add(self, key, name, *sources, **params):
        self.graph.add_node(Node(NodeId(name), key, name, params))
        for order, source in enumerate(sources):
            several = len(sources) > 1
            port = CATALOGUE[key].inputs[0].name
            self.graph.connect(Wire(source, NodeId(name), target_port=port, order=order if several else 0))
        return NodeId(name)

    def residual(self, name, filters=8, kernel=3):
        start = self.last
        x = self.add(K + "Conv2D", f"{name}_conv", start, filters=filters, kernel_size=[kernel, kernel], padding="same")
        x = self.add(K + "BatchNormalization", f"{name}_bn", x)
        x = self.add(K + "Conv2D", f"{name}_last", x, filters=8, kernel_size=1)
        self.last = self.add(K + "Add", f"{name}_add", start, x)

    def head(self):
        x = self.add(K + "GlobalAveragePooling2D", "pool", self.last)
        self.add(K + "Dense", "head", x, units=3)
        return self.graph


def folded(graph):
    project = Project([graph])
    folding = fold_repeats(project, GraphAnalysis(graph))
    history = History(project)
    before = dumps(project)
    history.do(folding.edit)
    analysis = GraphAnalysis(graph, project_catalogue(project.blocks.values()))
    return project, folding, history, before, analysis


def errors(analysis):
    return [problem.message for problem in analysis.diagnostics if problem.severity is Severity.ERROR]


def test_equal_parts_in_a_row_are_one_instance_with_repetitions():
    drawn = Drawn()
    for number in range(4):
        drawn.residual(f"part{number}")
    params = GraphAnalysis(drawn.graph).totals.params
    project, folding, _, _, analysis = folded(drawn.head())
    assert folding.label == "Fold 4 repeated parts into 1 block"
    (block,) = project.blocks.values()
    assert {node.name for node in block.graph} == {"conv", "bn", "last", "add", "input", "output"}
    (instance,) = (node for node in analysis.graph if node.type == block.key)
    assert instance.params == {"repeat": 4}
    assert errors(analysis) == []
    assert analysis.totals.params == params + 27
    (moves,) = (edit for edit in folding.edit.edits if isinstance(edit, MoveWeights))
    assert moves.paths[f"{instance.id}/2/part0_bn"] == "part2_bn"


def test_what_differs_becomes_a_parameter():
    drawn = Drawn()
    for number, (filters, kernel) in enumerate(((8, 3), (16, 3), (16, 5))):
        drawn.residual(f"part{number}", filters, kernel)
    graph = drawn.head()
    before = [(p.kind.key, p.report.outputs.values(), p.report.params) for p in primitives(GraphAnalysis(graph))]
    project, _, _, _, analysis = folded(graph)
    (block,) = project.blocks.values()
    assert [(p.name, p.default) for p in block.settings.promotions] == [("filters", 8), ("kernel_size", 3)]
    values = sorted(tuple(node.params.items()) for node in analysis.graph if node.type == block.key)
    assert values == [(), (("filters", 16),), (("filters", 16), ("kernel_size", 5))]
    assert errors(analysis) == []
    after = [(p.kind.key, p.report.outputs.values(), p.report.params) for p in primitives(analysis)]
    assert sorted(map(str, after)) == sorted(map(str, before))


def test_one_step_takes_it_back_and_does_it_again():
    drawn = Drawn()
    for number in range(3):
        drawn.residual(f"part{number}")
    project, _, history, before, _ = folded(drawn.head())
    after = dumps(project)
    history.undo()
    assert dumps(project) == before
    history.redo()
    assert dumps(project) == after


def test_the_order_of_what_enters_counts():
    drawn = Drawn()
    drawn.residual("one")
    start = drawn.last
    x = drawn.add(K + "Conv2D", "two_conv", start, filters=8, kernel_size=[3, 3], padding="same")
    x = drawn.add(K + "BatchNormalization", "two_bn", x)
    x = drawn.add(K + "Conv2D", "two_last", x, filters=8, kernel_size=1)
    drawn.last = drawn.add(K + "Add", "two_add", x, start)
    assert find_repeats(drawn.head(), CATALOGUE) == []


def test_frozen_and_learning_parts_are_not_alike():
    drawn = Drawn()
    drawn.residual("one")
    drawn.residual("two")
    graph = drawn.head()
    assert len(find_repeats(graph, CATALOGUE)) == 1
    edits.set_trainable(graph, [NodeId("two_bn")], False).apply(graph)
    assert find_repeats(graph, CATALOGUE) == []


def test_a_layer_that_is_used_twice_stays_where_it_is():
    drawn = Drawn()
    drawn.residual("one")
    drawn.residual("two")
    graph = drawn.head()
    shared = Node(NodeId("two_bn"), K + "BatchNormalization", "two_bn", shares=NodeId("one_bn"))
    graph.replace_node(shared)
    assert find_repeats(graph, CATALOGUE) == []


def test_parts_inside_a_part_are_not_folded_too():
    project = get_template("resnet18").build()
    for graph in project.graphs.values():
        repeats = find_repeats(graph, GraphAnalysis(graph).catalogue)
        nodes = [node for repeat in repeats for part in repeat.parts for node in part.nodes]
        assert len(nodes) == len(set(nodes))


def test_nothing_to_fold_in_a_cycle_or_an_empty_graph():
    assert find_repeats(Graph("model"), CATALOGUE) == []
    drawn = Drawn()
    drawn.residual("one")
    drawn.residual("two")
    drawn.graph.connect(Wire(NodeId("two_bn"), NodeId("one_bn"), target_port="input", order=1))
    assert find_repeats(drawn.graph, CATALOGUE) == []
