"""Multiplications for one sample, by the formulas of the textbooks."""

import pytest

from workbench.layers import CATALOGUE, Call, LayerType, Shape, TensorSpec


def macs(label: str, params: dict[str, object], *shapes: Shape) -> int | None:
    layer = CATALOGUE[f"keras.layers.{label}"]
    assert isinstance(layer, LayerType)
    call = Call(layer.full_params(params), {layer.inputs[0].name: tuple(map(TensorSpec, shapes))})
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
