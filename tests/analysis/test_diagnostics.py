"""Every problem that analysis can tell of: a drawing each, what is told of it, its fixes applied and taken back."""

import ast
from pathlib import Path

import pytest

import workbench
from tests.analysis.drawn import doubts, errors
from tests.analysis.drawn.row import IMAGE, WARNING, Row, output_of, plus
from tests.analysis.networks import Network, lenet5
from workbench.analysis import AnalysisContext, Diagnostic, GraphAnalysis, Severity
from workbench.analysis.checks import layers
from workbench.graph import Graph, NodeId, edits
from workbench.layers import CATALOGUE
from workbench.project import History, Project, project_catalogue
from workbench.project.edits import InGraph
from workbench.project.file import dumps

ROWS = [*errors.ROWS, *doubts.ROWS]
every_row = pytest.mark.parametrize("row", ROWS, ids=str)


def analysed(row: Row, graph: Graph) -> GraphAnalysis:
    return GraphAnalysis(graph, project_catalogue(row.blocks, CATALOGUE.including(row.types)), row.context)


def found(row: Row, graph: Graph) -> list[Diagnostic]:
    return [problem for problem in analysed(row, graph).diagnostics if problem.code == row.code]


def broken(row: Row, graph: Graph) -> set[tuple[str, str | None]]:
    return {(p.code, p.node) for p in analysed(row, graph).diagnostics if p.severity is Severity.ERROR}


@every_row
def test_is_told_once_with_what_was_expected_and_what_came(row):
    (problem,) = found(row, row.make().graph)
    assert problem.severity is row.severity
    assert (problem.node, problem.graph, problem.path) == (row.node, "model", row.path)
    for word in row.words:
        assert word in problem.message
    assert ("Expected" in problem.message and "Received" in problem.message) or row.place == "no_such"
    assert row.place in (None, problem.port, problem.param)
    assert problem.hint or problem.fixes or row.severity is Severity.ERROR


@every_row
def test_a_fix_solves_it_and_undo_restores_the_bytes(row):
    graph = row.make().graph
    project = Project([graph], blocks=row.blocks)
    history, before = History(project), dumps(project)
    (problem,) = found(row, graph)
    assert tuple(fix.label for fix in problem.fixes) == row.fixes
    errors_before = broken(row, graph)
    for fix in problem.fixes:
        history.do(InGraph("model", fix.edit))
        assert found(row, graph) == [], fix.label
        new = {code for code, _ in broken(row, graph)} - {code for code, _ in errors_before}
        assert not new - {"output.classes", "graph.no-output"}, fix.label
        assert dumps(project) != before
        history.undo()
        assert dumps(project) == before, fix.label
        history.redo()
        assert found(row, graph) == []
        history.undo()
        assert [again.message for again in found(row, graph)] == [problem.message]


def test_what_is_not_known_of_the_training_is_not_checked():
    for make in (output_of(7), errors.second_input, plus("Dense", "bad", "c5", units=10)):
        assert GraphAnalysis(make().graph).diagnostics == ()


@pytest.mark.parametrize(("units", "told"), [(1, 0), (2, 0), (3, 1)])
def test_two_classes_may_be_told_apart_by_one_output(units, told):
    network = Network((4,))
    network.on("Dense", "dense", units=units, activation="sigmoid")
    assert len(network.analysed(classes=2).diagnostics) == told


def test_problems_follow_the_context():
    analysis = GraphAnalysis(lenet5().graph)
    analysis.context = AnalysisContext(classes=7)
    assert [problem.code for problem in analysis.diagnostics] == ["output.classes"]


def test_layers_after_a_problem_are_not_blamed():
    network = Network(IMAGE)
    network.on("Conv", "bad", filters=4, kernel_size=17)
    network.on("Flatten", "flat")
    network.on("Dense", "dense", units=10)
    assert [problem.node for problem in GraphAnalysis(network.graph).diagnostics] == ["bad"]


def test_a_pixel_that_another_layer_sees_is_not_skipped():
    """A strided 1x1 shortcut beside a 3x3 convolution, as in ResNet-18."""
    network = Network((16, 16, 4))
    network.on("Conv", "wide", "input", filters=4, kernel_size=3, strides=2, padding="same", activation="relu")
    network.on("Conv", "shortcut", "input", filters=4, kernel_size=1, strides=2)
    network.on("Add", "sum", "wide", "shortcut")
    assert network.analysed().diagnostics == ()


def test_sampling_by_pooling_over_single_pixels_is_meant():
    network = Network((16, 16, 4))
    network.on("Average", "sample", pool_size=1, strides=2)
    assert network.analysed().diagnostics == ()


def test_narrow_on_purpose_is_not_linear_in_a_row():
    network = Network((16, 16, 8))
    network.on("Conv", "narrow", filters=2, kernel_size=1)
    network.on("Conv", "wide", filters=8, kernel_size=3)
    assert network.analysed().diagnostics == ()


@pytest.mark.parametrize(("trainable", "axis", "told"), [(True, -1, 1), (True, 3, 1), (False, -1, 0), (True, 1, 0)])
def test_a_bias_is_idle_where_its_own_axis_is_normalised_by_the_batch(trainable, axis, told):
    network = Network((16, 16, 8))
    network.on("Conv", "conv", filters=2, kernel_size=1)
    norm = network.on("BatchNormalization", "norm", axis=axis)
    edits.set_trainable(network.graph, [norm], trainable).apply(network.graph)
    assert [problem.code for problem in network.analysed().diagnostics] == ["norm.idle-bias"] * told


def test_a_fix_offered_before_other_edits_still_fits_in():
    """The name it would give is taken and nodes have moved meanwhile."""
    graph = errors.unet_drawn().graph
    (problem,) = network_problems(graph)
    crop = next(fix for fix in problem.fixes if fix.label.startswith("Crop"))
    edits.rename(graph, NodeId("deep"), "cropping_1").apply(graph)
    crop.edit.apply(graph)
    assert network_problems(graph) == ()
    assert graph.find_name("cropping_2") is not None


def network_problems(graph: Graph) -> tuple[Diagnostic, ...]:
    return GraphAnalysis(graph).diagnostics


def test_problems_are_worked_out_only_when_read_and_only_near_a_change(monkeypatch):
    looked: list[str] = []

    def look(layer, _):
        looked.append(layer.node.name)
        return ()

    monkeypatch.setattr(layers, "RULES", (layers.Rule(look),))
    graph = lenet5().graph
    analysis = GraphAnalysis(graph)
    assert looked == []
    assert analysis.diagnostics is analysis.diagnostics
    assert len(looked) == 9
    looked.clear()
    edits.set_trainable(graph, [NodeId("output")], False).apply(graph)
    assert looked == []
    assert analysis.diagnostics == ()
    assert sorted(looked) == ["c5", "f6", "output"]


def codes_in_the_source() -> set[str]:
    told = {"port.unconnected", "port.overfull", "skip.odd-size", "merge.channels-differ", "merge.strides-differ"}
    for folder in ("analysis", "layers", "project"):
        for path in Path(*workbench.__path__, folder).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("Diagnostic", "ShapeError"):
                    told |= {str(first.value) for first in call.args[:1] if isinstance(first, ast.Constant)}
    # What comes into a block is known where it is used; what is wrong beside the graphs is tested with the project.
    return told - {"block.port-open", "weights.missing"}


def test_every_code_in_the_source_has_a_row():
    assert codes_in_the_source() == {row.code for row in ROWS}


def test_every_code_is_in_the_documentation_with_its_severity():
    text = (Path(*workbench.__path__).parent / "docs" / "diagnostics.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    assert {cells[1].strip(" `"): cells[2].strip() for cells in rows} == {row.code: row.severity for row in ROWS}


def test_there_are_many_kinds_and_many_fixes():
    assert len({row.code for row in ROWS}) >= 60
    assert len({row.code for row in ROWS if row.fixes}) >= 25
    assert len({row.code for row in ROWS if row.severity is WARNING}) >= 16
