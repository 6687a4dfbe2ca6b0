"""Receptive fields of layers that move data in space: what each output position reads, by gradients in Keras."""

from math import ceil, floor

import pytest

from workbench.analysis.receptive_field import WHOLE, of_input
from workbench.layers import CATALOGUE, Call, LayerType, TensorSpec

LENGTH = 12
ROWS = [
    ("ZeroPadding2D", {"padding": [[2, 1], 0]}),
    ("Cropping2D", {"cropping": [[3, 2], [1, 1]]}),
    ("UpSampling2D", {"size": 3}),
    ("UpSampling2D", {"size": 2, "interpolation": "bilinear"}),
    ("UpSampling2D", {"size": 3, "interpolation": "bicubic"}),
    ("Resizing", {"height": 6, "width": 6}),
    ("Resizing", {"height": 4, "width": 4}),
    ("Resizing", {"height": 18, "width": 18}),
    ("Resizing", {"height": 5, "width": 7, "interpolation": "bicubic"}),
    ("Resizing", {"height": 4, "width": 6, "interpolation": "nearest"}),
    ("Resizing", {"height": 4, "width": 4, "antialias": True}),
    ("CenterCrop", {"height": 7, "width": 4}),
    ("AdaptiveAveragePooling2D", {"output_size": 4}),
    ("AdaptiveAveragePooling2D", {"output_size": 5}),
    ("AdaptiveAveragePooling2D", {"output_size": 1}),
    ("DepthwiseConv2D", {"kernel_size": 3, "strides": 2, "padding": "same", "depthwise_initializer": "ones"}),
    ("Permute", {"dims": [1, 2, 3]}),
]


def support(keras, layer, position: int) -> list[int]:
    """Rows of the input that an output row depends on."""
    import numpy as np
    import tensorflow as tf

    image = tf.constant(np.random.default_rng(0).random((1, LENGTH, LENGTH, 1)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(image)
        value = tf.reduce_sum(layer(image)[0, position] ** 2)
    rows = np.abs(tape.gradient(value, image).numpy()[0]).sum(axis=(1, 2))
    return [int(row) for row in np.flatnonzero(rows > 1e-9)]


@pytest.mark.parametrize(("label", "params"), ROWS, ids=lambda value: str(value))
def test_the_window_covers_what_is_read_and_little_more(keras, label, params):
    kind = CATALOGUE[f"keras.layers.{label}"]
    assert isinstance(kind, LayerType)
    call = Call(kind.full_params(params), {"input": (TensorSpec((LENGTH, LENGTH, 1)),)})
    field = of_input(2).through(kind.window(call))
    height = kind.shape(call).shape[0]
    assert height is not None
    assert field is not WHOLE
    layer = getattr(keras.layers, label)(**params)
    widest = 0
    for position in range(height):
        read = support(keras, layer, position)
        widest = max(widest, len(read))
        if read:
            first = position * field.axes[0].stride + field.axes[0].start
            assert floor(first) <= read[0]
            assert read[-1] <= ceil(first + field.axes[0].size - 1)
    assert widest <= field.axes[0].size <= widest + 1
