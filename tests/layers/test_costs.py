"""Multiplications for one sample, by the formulas of the textbooks."""

import pytest

from tests.layers.outcomes import by_port
from workbench.layers import CATALOGUE, Call, LayerType, Shape, TensorSpec


def macs(label: str, params: dict[str, object], *shapes: Shape) -> int | None:
    layer = CATALOGUE[f"keras.layers.{label}"]
    assert isinstance(layer, LayerType)
    call = Call(layer.full_params(params), by_port(layer, tuple(map(TensorSpec, shapes))))
    return layer.macs(call, layer.shape(call))


TABLE = [
    # 28x28 outputs, each of 32 filters looks at 5x5x192.
    ("Conv2D", {"filters": 32, "kernel_size": 5, "padding": "same"}, (28, 28, 192), 120_422_400),
    # The same through a bottleneck of 16 channels.
    ("Conv2D", {"filters": 16, "kernel_size": 1}, (28, 28, 192), 2_408_448),
    ("Conv2D", {"filters": 32, "kernel_size": 5, "padding": "same"}, (28, 28, 16), 10_035_200),
    ("Conv2D", {"filters": 6, "kernel_size": 5}, (32, 32, 1), 28 * 28 * 6 * 25),
    ("Conv2D", {"filters": 8, "kernel_size": [3, 5], "strides": 2}, (33, 33, 4), 16 * 15 * 8 * 15 * 4),
    ("Conv2D", {"filters": 8, "kernel_size": 3, "groups": 4}, (10, 10, 12), 8 * 8 * 8 * 9 * 3),
    ("Conv2D", {"filters": 8, "kernel_size": 3, "dilation_rate": 2}, (10, 10, 4), 6 * 6 * 8 * 9 * 4),
    ("Conv2D", {"filters": 8, "kernel_size": 3, "use_bias": False}, (10, 10, 4), 8 * 8 * 8 * 9 * 4),
    ("Conv2D", {"filters": 8, "kernel_size": 3, "data_format": "channels_first"}, (4, 10, 10), 8 * 8 * 8 * 9 * 4),
    # Every input value meets every weight of its channel once.
    (
        "Conv2DTranspose",
        {"filters": 5, "kernel_size": 4, "strides": 2, "padding": "same"},
        (7, 9, 3),
        7 * 9 * 3 * 16 * 5,
    ),
    ("Dense", {"units": 120}, (400,), 48_000),
    ("Dense", {"units": 120, "use_bias": False}, (10, 400), 480_000),
    ("Conv2D", {"filters": 8, "kernel_size": 3}, (None, 10, 4), None),
    ("Conv2DTranspose", {"filters": 8, "kernel_size": 3}, (None, 10, 4), None),
    ("Dense", {"units": 8}, (None, 10), None),
    # Additions, comparisons and divisions are not multiplications of the network.
    ("AveragePooling2D", {"pool_size": 2}, (8, 8, 3), 0),
    ("BatchNormalization", {}, (8, 8, 3), 0),
    ("Softmax", {}, (10,), 0),
]


@pytest.mark.parametrize(("label", "params", "shape", "expected"), TABLE)
def test_multiplications(label, params, shape, expected):
    assert macs(label, params, shape) == expected


SEVERAL = [
    ("Conv1D", {"filters": 8, "kernel_size": 3}, [(10, 4)], 8 * 8 * 3 * 4),
    ("Conv3D", {"filters": 8, "kernel_size": 3}, [(5, 5, 5, 4)], 27 * 8 * 27 * 4),
    ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}, [(10, 10, 4)], 8 * 8 * 8 * 9),
    # Depthwise 8x8x(4*2) with 3x3 each, then 1x1 from 8 to 16 channels.
    (
        "SeparableConv2D",
        {"filters": 16, "kernel_size": 3, "depth_multiplier": 2},
        [(10, 10, 4)],
        8 * 8 * 8 * 9 + 8 * 8 * 8 * 16,
    ),
    ("SeparableConv1D", {"filters": 16, "kernel_size": 3}, [(10, 4)], 8 * 4 * 3 + 8 * 4 * 16),
    ("EinsumDense", {"equation": "abc,cde->abde", "output_shape": [None, 2, 3]}, [(5, 7)], 5 * 7 * 2 * 3),
    ("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 5}, [(4, 6)], 4 * 6 * 5),
    ("Dot", {"axes": 2}, [(4, 5), (3, 5)], 4 * 5 * 3),
    ("Dot", {"axes": 1}, [(5,), (5,)], 5),
    # query and value projections, scores, weighted sum.
    ("Attention", {}, [(6, 8), (4, 8)], 6 * 4 * 8 + 6 * 4 * 8),
    ("Attention", {"score_mode": "concat"}, [(6, 8), (4, 8)], 6 * 4 * 8),
    ("AdditiveAttention", {}, [(6, 8), (4, 8)], 6 * 4 * 8),
    (
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3, "value_dim": 5},
        [(6, 8), (4, 7)],
        6 * 8 * 2 * 3 + 4 * 7 * 2 * 3 + 4 * 7 * 2 * 5 + 2 * 6 * 4 * (3 + 5) + 6 * 2 * 5 * 8,
    ),
    # Attention along the second axis only: rows do not look at one another.
    (
        "MultiHeadAttention",
        {"num_heads": 2, "key_dim": 3, "attention_axes": 2},
        [(9, 6, 8), (9, 6, 8)],
        9 * (3 * 6 * 8 * 2 * 3 + 2 * 6 * 6 * (3 + 3) + 6 * 2 * 3 * 8),
    ),
    (
        "GroupQueryAttention",
        {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2},
        [(6, 8), (5, 8)],
        6 * 8 * 4 * 3 + 2 * 5 * 8 * 2 * 3 + 4 * 6 * 5 * 3 * 2 + 6 * 4 * 3 * 8,
    ),
    ("Multiply", {}, [(6, 8), (6, 8)], 0),
    ("UpSampling2D", {"interpolation": "bilinear"}, [(6, 8, 3)], 0),
    ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [(None, 8), (None, 8)], None),
]


@pytest.mark.parametrize(("label", "params", "shapes", "expected"), SEVERAL)
def test_multiplications_of_more_layers(label, params, shapes, expected):
    assert macs(label, params, *shapes) == expected
