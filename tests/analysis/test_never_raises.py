"""Whatever a file or a person puts into a parameter, analysis answers with a diagnostic."""

import pytest

from tests.analysis.networks import Network
from tests.analysis.random_edits import JUNK
from workbench.graph import Node, NodeId, edits
from workbench.layers import CATALOGUE


@pytest.mark.parametrize("shape", [(8, 8, 4), (8,), (), (None, None, None)], ids=str)
@pytest.mark.parametrize("layer", list(CATALOGUE), ids=lambda layer: layer.label)
def test_every_parameter_takes_any_value(layer, shape):
    network = Network(shape)
    blamed = network.on(layer.key, "bad", **layer.initial_params()) if layer.inputs else NodeId("input")
    analysis = network.analysed(classes=3, inputs=1, outputs=1)
    for param in [*layer.params, "no such parameter"]:
        name = getattr(param, "name", param)
        for value in JUNK:
            undo = edits.set_params(network.graph, blamed, {name: value}, {}).apply(network.graph)
            told = [problem for problem in analysis.diagnostics if problem.node == blamed and problem.param == name]
            accepted = name in layer.by_name and layer.by_name[name].problem(value) is None
            assert accepted or [problem.code for problem in told] == ["param.invalid"], (name, value)
            undo.apply(network.graph)


@pytest.mark.parametrize("dtype", ["float32", "uint8", "string"])
@pytest.mark.parametrize("shape", [(0,), (-4, -4, -4), (0, 0, 0), (10**30, 3, 2)], ids=str)
@pytest.mark.parametrize("layer", [layer for layer in CATALOGUE if layer.inputs], ids=lambda layer: layer.label)
def test_every_recorded_output_may_come_in(layer, shape, dtype):
    """The outputs of a node of a missing type are whatever the file says."""
    network = Network()
    gone = Node(NodeId("gone"), "plugin:gone/T", "gone", outputs=("output",), specs=(("output", shape, dtype),))
    network.graph.add_node(gone)
    network.add(layer.key, "layer", **layer.initial_params())
    for order in range(2 if layer.inputs[0].variadic else 1):
        network.wire("gone", "layer", target_port=layer.inputs[0].name, order=order)
    analysis = network.analysed(classes=3, inputs=1, outputs=1)
    assert "layer.unknown" in {problem.code for problem in analysis.diagnostics}
    assert isinstance(analysis.totals.params, int)
