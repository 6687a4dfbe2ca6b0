"""Receptive fields equal the support of gradients."""

import pytest

from tests.zoo.gradient_support import ask
from tests.zoo.networks import graphs
from workbench.analysis import GraphAnalysis, primitives

pytestmark = pytest.mark.slow

NETWORKS = (
    # template, parameters with an input larger than the field, layer to look at
    ("lenet5", {"input": [40, 40, 1]}, "s4"),
    ("alexnet", {"input": [267, 267, 3], "width": 0.05}, "pool5"),
    ("vgg16", {"input": [240, 240, 3], "width": 0.05}, "block5_pool"),
    ("vgg19", {"input": [290, 290, 3], "width": 0.05}, "block5_pool"),
    ("nin", {"input": [64, 64, 3], "width": 0.05}, "mlpconv_3.cccp_2"),
    ("googlenet", {"input": [240, 240, 3]}, "inception_4a.concat"),
    ("resnet18", {"input": [480, 480, 3], "width": 0.05}, "conv5_block1.out"),
    ("resnet50", {"input": [320, 320, 3], "width": 0.05}, "conv4_blocks.1.out"),
    ("inception-v3", {"input": [200, 200, 3]}, "mixed3.concat"),
    ("mini-xception", {"input": [160, 160, 1]}, "module_4_add"),
    ("unet", {"input": [156, 156, 1], "width": 0.05, "depth": 2}, "bottom_2"),
)


def field_and_size(template, values, layer):
    analysis = GraphAnalysis(next(graphs(template, **values)))
    found = {primitive.name: primitive for primitive in primitives(analysis)}
    return found[layer].report.receptive_field, found[layer].report.outputs["output"].shape[0]


@pytest.fixture(scope="module")
def supports():
    questions = [
        {"template": name, "values": values, "layer": layer, "positions": [field_and_size(name, values, layer)[1] // 2]}
        for name, values, layer in NETWORKS
    ]
    return {name: answers[0] for (name, *_), answers in zip(NETWORKS, ask(questions), strict=True)}


@pytest.mark.parametrize(("name", "values", "layer"), NETWORKS, ids=[row[0] for row in NETWORKS])
def test_the_field_is_where_gradients_are(supports, name, values, layer):
    field, size = field_and_size(name, values, layer)
    assert not field.whole
    seen = supports[name]
    for axis, ours in enumerate(field.axes):
        assert ours.size < values["input"][axis], "the input must be larger than the field"
        first = size // 2 * ours.stride + ours.start
        assert seen[2 * axis : 2 * axis + 2] == [first, first + ours.size - 1]


def test_after_a_transposed_convolution_fields_differ_and_ours_is_one_of_their_sizes():
    """There the field differs from one output position to the next, with the period of the up-sampling."""
    values = {"input": [256, 256, 1], "width": 0.05, "depth": 3}
    field, size = field_and_size("unet-same", values, "output")
    positions = list(range(size // 2, size // 2 + 8))
    question = {"template": "unet-same", "values": values, "layer": "output", "positions": positions}
    widths = [last - first + 1 for first, last, *_ in ask([question])[0]]
    assert len(set(widths)) > 1
    assert min(widths) <= field.axes[0].size <= max(widths)
