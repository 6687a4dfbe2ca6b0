"""Every problem that analysis can tell of: one drawing each, its fixes applied, and taken back."""

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import workbench
from tests.analysis.networks import Network, lenet5
from tests.graph.drawings import state
from workbench.analysis import AnalysisContext, Diagnostic, GraphAnalysis, Severity
from workbench.graph import Graph, NodeId, Wire, edits

DIGITS = AnalysisContext(classes=10, inputs=1, outputs=1)
IMAGE = (16, 16, 4)


def on_image(kind: str, **params: object) -> Callable[[], Network]:
    """An Input and one layer that is to blame, called "bad"."""

    def make() -> Network:
        network = Network(IMAGE)
        network.on(kind, "bad", **params)
        return network

    return make


def merged(kind: str, *shapes: tuple[int | None, ...], **params: object) -> Callable[[], Network]:
    def make() -> Network:
        network = Network()
        names = [network.add("input", f"in{number}", shape=list(shape)) for number, shape in enumerate(shapes)]
        network.on(kind, "bad", *names, **params)
        return network

    return make


def unknown_channels() -> Network:
    network = Network((16, 16, None))
    network.on("Conv", "bad", filters=4, kernel_size=3)
    return network


def not_floats() -> Network:
    network = Network(IMAGE, dtype="uint8")
    network.on("Conv", "bad", filters=4, kernel_size=3)
    return network


def features_unknown() -> Network:
    network = Network((None, 4))
    network.on("Flatten", "flat")
    network.on("Dense", "bad", units=4)
    return network


def renamed(name: str) -> Callable[[], Network]:
    def make() -> Network:
        network = lenet5()
        edits.rename(network.graph, NodeId("f6"), name).apply(network.graph)
        return network

    return make


def wired(source: str, target: str, **ports: object) -> Callable[[], Network]:
    def make() -> Network:
        network = lenet5()
        network.wire(source, target, **ports)
        return network

    return make


def plus(kind: str, name: str, *sources: str, **params: object) -> Callable[[], Network]:
    """LeNet-5 with one node more."""

    def make() -> Network:
        network = lenet5()
        network.last = None
        network.on(kind, name, *sources, **params)
        return network

    return make


def output_of(units: int) -> Callable[[], Network]:
    def make() -> Network:
        network = lenet5()
        edits.set_params(network.graph, NodeId("output"), {"units": units}, {}).apply(network.graph)
        return network

    return make


def second_input() -> Network:
    network = lenet5()
    network.add("input", "extra", shape=[14, 14, 6])
    network.on("Add", "bad", "s2", "extra")
    network.graph.disconnect(Wire(NodeId("s2"), NodeId("c3")))
    network.wire("bad", "c3")
    return network


def no_input() -> Network:
    network = Network()
    network.add("Dense", "dense", units=10)
    return network


def only_an_input() -> Network:
    return Network(IMAGE)


def unknown_at_the_end() -> Network:
    network = lenet5()
    network.on("plugin:gone/Thing", "bad")
    network.last = None
    node = network.graph.node(NodeId("bad"))
    known = replace(node, outputs=("output",), specs=(("output", (3,), "float32"),))
    edits.Update((known,)).apply(network.graph)
    return network


K3 = {"filters": 4, "kernel_size": 3}
ROWS: list[tuple[str, Callable[[], Network], str | None]] = [
    # code, drawing, node to blame
    ("layer.unknown", on_image("plugin:gone/Thing"), "bad"),
    ("layer.unknown", unknown_at_the_end, "bad"),
    ("param.invalid", on_image("Conv", filters=0, kernel_size=3), "bad"),
    ("param.invalid", on_image("Conv", filters=4), "bad"),
    ("param.invalid", on_image("Conv", **K3, no_such=1), "bad"),
    ("port.unconnected", plus("Dense", "bad", units=10), "bad"),
    ("port.unconnected", plus("Add", "bad", "c1"), "bad"),
    ("port.overfull", wired("c1", "c3"), "c3"),
    ("port.unknown", wired("c1", "c3", target_port="mask"), "c3"),
    ("port.unknown", wired("c1", "c3", source_port="mask"), "c3"),
    ("port.unknown", wired("c1", "input"), "input"),
    ("name.duplicate", renamed("c5"), "f6"),
    ("name.invalid", renamed("a/b"), "f6"),
    ("name.invalid", renamed(""), "f6"),
    ("graph.cycle", wired("f6", "c5"), "c5"),
    ("graph.cycle", wired("f6", "f6"), "f6"),
    ("graph.empty", Network, None),
    ("graph.no-input", no_input, None),
    ("graph.no-output", only_an_input, None),
    ("graph.several-outputs", plus("Dense", "bad", "c5", units=10), "bad"),
    ("graph.several-inputs", second_input, "extra"),
    ("graph.unused-input", plus("input", "bad", shape=[3]), "bad"),
    ("output.classes", output_of(7), "output"),
    ("output.classes", on_image("Conv", **K3), "bad"),
    ("output.classes", unknown_at_the_end, "bad"),
    ("input.rank", plus("Conv", "bad", "flatten", **K3), "bad"),
    ("input.dtype", not_floats, "bad"),
    ("input.channels-unknown", unknown_channels, "bad"),
    ("input.features-unknown", features_unknown, "bad"),
    ("window.too-large", on_image("Max", pool_size=17), "bad"),
    ("convolution.groups", on_image("Conv", filters=4, kernel_size=3, groups=3), "bad"),
    ("convolution.stride-and-dilation", on_image("Conv", **K3, strides=2, dilation_rate=2), "bad"),
    ("convolution.output-padding", on_image("Up", **K3, strides=2, output_padding=2), "bad"),
    ("convolution.output-padding", on_image("Up", filters=4, kernel_size=2, padding="same", output_padding=0), "bad"),
    ("axis.out-of-range", on_image("Softmax", axis=4), "bad"),
    ("axis.repeated", on_image("Softmax", axis=[1, -3]), "bad"),
    ("merge.shapes-differ", merged("Add", (8, 8, 3), (8, 8, 4)), "bad"),
    ("concatenate.ranks-differ", merged("Concatenate", (8, 8, 3), (8, 3)), "bad"),
    ("concatenate.sizes-differ", merged("Concatenate", (8, 8, 3), (8, 7, 3)), "bad"),
]
FIXABLE = {"name.duplicate", "name.invalid", "graph.cycle", "graph.unused-input", "port.unknown"}


def found(graph: Graph, code: str) -> list[Diagnostic]:
    return [problem for problem in GraphAnalysis(graph, context=DIGITS).diagnostics if problem.code == code]


@pytest.mark.parametrize(("code", "make", "blamed"), ROWS, ids=[row[0] for row in ROWS])
def test_is_told_once_with_what_was_expected_and_what_came(code, make, blamed):
    (problem,) = found(make().graph, code)
    assert problem.severity is Severity.ERROR
    assert problem.node == blamed
    assert problem.graph == "model"
    assert "Expected" in problem.message or "has no parameter" in problem.message


@pytest.mark.parametrize(("code", "make", "blamed"), ROWS, ids=[row[0] for row in ROWS])
def test_a_fix_solves_it_and_can_be_taken_back(code, make, blamed):
    graph = make().graph
    (problem,) = found(graph, code)
    assert bool(problem.fixes) >= (code in FIXABLE)
    for fix in problem.fixes:
        before = state(graph)
        inverse = fix.edit.apply(graph)
        assert found(graph, code) == []
        inverse.apply(graph)
        assert state(graph) == before
        assert [again.message for again in found(graph, code)] == [problem.message]


def test_the_number_of_classes_is_offered_as_a_fix():
    (problem,) = found(output_of(7)().graph, "output.classes")
    assert problem.message == "Expected an output of 10, one for each class of the dataset. Received: 7"
    assert [fix.label for fix in problem.fixes] == ["Set units to 10"]


def test_what_is_not_known_of_the_training_is_not_checked():
    for make in (output_of(7), second_input, plus("Dense", "bad", "c5", units=10)):
        assert GraphAnalysis(make().graph).diagnostics == ()


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


def test_every_code_in_the_source_has_a_row():
    told = set()
    for path in Path(*workbench.__path__).glob("[al]*/*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("Diagnostic", "ShapeError"):
                told |= {first.value for first in call.args[:1] if isinstance(first, ast.Constant)}
    # port.unconnected and port.overfull are chosen in one expression.
    assert told | {"port.unconnected", "port.overfull"} == {row[0] for row in ROWS}
