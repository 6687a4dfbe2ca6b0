"""Shapes, dtypes and weights of every template agree with the compiled model, layer by layer."""

import keras
import pytest

from tests.templates.reference import REFERENCE
from tests.zoo.networks import compiled, graphs
from workbench.analysis import primitives
from workbench.templates import TEMPLATES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_layer_is_as_keras_has_it(name):
    totals = [0, 0]
    for graph in graphs(name):
        analysis, model = compiled(graph)
        assert analysis.diagnostics == () or all(problem.severity == "warning" for problem in analysis.diagnostics)
        for primitive in primitives(analysis):
            if not primitive.kind.inputs:
                continue
            layer = model.get_layer(primitive.name)
            spec = primitive.report.outputs["output"]
            assert (tuple(layer.output.shape[1:]), layer.output.dtype) == (spec.shape, spec.dtype), primitive.name
            ours = {weight.name: weight.shape for weight in primitive.report.weights}
            assert ours == {weight.name: tuple(weight.shape) for weight in layer.weights}, primitive.name
        trainable = sum(int(keras.ops.size(weight)) for weight in model.trainable_weights)
        assert (analysis.totals.params, analysis.totals.trainable_params) == (model.count_params(), trainable)
        totals[0] += analysis.totals.params
        totals[1] += analysis.totals.trainable_params
    if name in REFERENCE:
        assert tuple(totals) == REFERENCE[name]
