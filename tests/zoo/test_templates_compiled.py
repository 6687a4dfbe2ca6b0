"""Shapes, dtypes and weights of every template agree with the compiled model, layer by layer."""

import keras
import pytest

from tests.zoo.networks import compiled, graphs
from workbench.analysis import primitives
from workbench.templates import TEMPLATES

pytestmark = pytest.mark.slow

REFERENCE = {
    # name: (parameters, trainable parameters), counted with Keras: the design's reference numbers
    "lenet5": (61_706, 61_706),
    "alexnet": (62_378_344, 62_378_344),
    "alexnet-two-towers": (60_965_224, 60_965_224),
    "vgg16": (138_357_544, 138_357_544),
    "vgg19": (143_667_240, 143_667_240),
    "resnet18": (11_699_112, 11_689_512),
    "resnet34": (21_814_696, 21_797_672),
    "resnet50": (25_636_712, 25_583_592),
    "resnet101": (44_707_176, 44_601_832),
    "resnet152": (60_419_944, 60_268_520),
    "googlenet": (6_998_552, 6_998_552),
    "inception-v3": (23_851_784, 23_817_352),
    "unet": (31_030_658, 31_030_658),
    "dcgan": (3_578_624 + 2_767_360, 3_576_704 + 2_765_568),
    "nin": (966_986, 966_986),
    "mini-xception": (58_423, 56_951),
}


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
