"""What analysis says of whole networks."""

from dataclasses import replace

import pytest

from tests.analysis.networks import Network, lenet5
from workbench.analysis import GraphAnalysis, LayerReport
from workbench.graph import NodeId, Wire, edits


def reports(analysis: GraphAnalysis) -> dict[str, LayerReport]:
    return {node.name: analysis.report(node.id) for node in analysis.graph}


def test_lenet5_has_the_published_sizes():
    analysis = lenet5().analysed(classes=10, outputs=1, inputs=1)
    shapes = {name: str(report.outputs["output"]) for name, report in reports(analysis).items()}
    assert shapes == {
        "input": "32x32x1",
        "c1": "28x28x6",
        "s2": "14x14x6",
        "c3": "10x10x16",
        "s4": "5x5x16",
        "flatten": "400",
        "c5": "120",
        "f6": "84",
        "output": "10",
    }
    assert {name: r.params for name, r in reports(analysis).items() if r.params} == {
        "c1": 156,
        "c3": 2416,
        "c5": 48120,
        "f6": 10164,
        "output": 850,
    }
    assert analysis.totals.params == analysis.totals.trainable_params == 61_706
    assert analysis.totals.macs == 117_600 + 240_000 + 48_000 + 10_080 + 840 == 416_520
    assert analysis.diagnostics == ()


def test_frozen_layers_and_moving_statistics_are_not_trainable():
    network = Network((8, 8, 3))
    conv = network.on("Conv", "conv", filters=4, kernel_size=3)
    network.on("BatchNormalization", "norm")
    analysis = network.analysed()
    assert analysis.totals.params == 112 + 16
    assert analysis.totals.trainable_params == 112 + 8
    edits.set_trainable(network.graph, [conv], False).apply(network.graph)
    assert analysis.totals.trainable_params == 8
    assert analysis.totals.params == 128


def test_what_flows_on_a_wire():
    network = lenet5()
    analysis = network.analysed()
    assert str(analysis.wire_spec(Wire(NodeId("c1"), NodeId("s2")))) == "28x28x6"
    network.on("Dense", "undecided", "f6")
    network.on("Dense", "next", "undecided", units=3)
    assert analysis.wire_spec(Wire(NodeId("undecided"), NodeId("next"))) is None


def test_bytes_of_what_a_layer_puts_out():
    network = Network((8, 8, 3), dtype="uint8")
    network.on("Max", "pool")
    network.on("GlobalAveragePooling2D", "mean")
    network.on("Dense", "half", units=10, dtype="mixed_float16")
    found = {name: report.activation_bytes for name, report in reports(network.analysed()).items()}
    assert found == {"input": 192, "pool": 48, "mean": 12, "half": 20}


def test_unknown_sizes_stay_unknown_and_are_left_out_of_the_totals():
    network = Network((None, None, 3))
    network.on("Conv", "conv", filters=4, kernel_size=3)
    network.on("GlobalAveragePooling2D", "mean")
    network.on("Dense", "dense", units=2)
    analysis = network.analysed()
    conv = analysis.report(NodeId("conv"))
    assert (str(conv.outputs["output"]), conv.macs, conv.activation_bytes) == ("?x?x4", None, None)
    assert analysis.totals.macs == 8
    assert analysis.totals.params == 112 + 10


def test_a_node_of_a_missing_type_keeps_what_was_known_of_it():
    network = Network((8, 8, 3))
    network.on("plugin:gone/Thing", "thing")
    node = network.graph.node(NodeId("thing"))
    network.on("Flatten", "flat")
    known = replace(node, inputs=("input",), outputs=("output",), specs=(("output", (4, 4, 2), "float32"),))
    edits.Update((known,)).apply(network.graph)
    analysis = network.analysed()
    assert str(analysis.report(NodeId("flat")).outputs["output"]) == "32"
    assert [problem.code for problem in analysis.diagnostics] == ["layer.unknown"]


def test_policy_of_the_project_is_every_layers_unless_it_has_its_own():
    network = Network((8, 8, 3))
    network.on("Conv", "conv", filters=4, kernel_size=3)
    network.on("Flatten", "flat", dtype="float32")
    analysis = network.analysed(dtype_policy="mixed_float16")
    assert analysis.report(NodeId("conv")).outputs["output"].dtype == "float16"
    assert {weight.dtype for weight in analysis.report(NodeId("conv")).weights} == {"float32"}
    assert analysis.report(NodeId("flat")).outputs["output"].dtype == "float32"
    analysis.context = type(analysis.context)(dtype_policy="float64")
    assert analysis.report(NodeId("conv")).outputs["output"].dtype == "float64"


@pytest.mark.parametrize(
    ("source", "target", "port", "why"),
    [
        ("flatten", "c3", "input", "Expected an input of 3 axes"),
        ("s2", "c3", "input", None),
        ("input", "merged", "inputs", "Expected inputs of one shape"),
        ("s2", "merged", "inputs", None),
        ("undecided", "c3", "input", None),
        ("c1", "undecided", "input", None),
        ("c1", "unknown", "input", None),
        ("c1", "c3", "no such port", "Expected a wire into one of the ports: input"),
        ("c1", "odd", "input", None),
    ],
)
def test_predicts_whether_a_wire_would_fit_and_changes_nothing(source, target, port, why):
    network = lenet5()
    network.on("Add", "merged", "s2")
    network.add("Dense", "undecided")
    network.add("plugin:gone/Thing", "unknown")
    network.add("Flatten", "odd")
    network.wire("c1", "odd", target_port="not a port")
    analysis = network.analysed()
    before = reports(analysis), analysis.diagnostics
    predicted = analysis.predict(Wire(NodeId(source), NodeId(target), target_port=port))
    assert predicted is None if why is None else predicted.startswith(why)
    assert (reports(analysis), analysis.diagnostics) == before
