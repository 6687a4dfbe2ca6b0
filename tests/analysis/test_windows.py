"""What each output reads and each input reaches, against the Jacobian of the real Keras layer with a kernel of ones."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.analysis.windows import ASSUMED_SIZE, Sliding, sliding
from workbench.layers import CATALOGUE, LayerType, TensorSpec

SHAPE = (11, 8, 1)
ROWS = [
    ("Conv2D", {"filters": 1, "kernel_size": 3}),
    ("Conv2D", {"filters": 1, "kernel_size": [5, 2], "strides": [2, 3], "padding": "same"}),
    ("Conv2D", {"filters": 1, "kernel_size": 2, "strides": 4}),
    ("Conv2D", {"filters": 1, "kernel_size": 3, "dilation_rate": [2, 3]}),
    ("Conv2D", {"filters": 1, "kernel_size": 3, "dilation_rate": 3, "padding": "same"}),
    ("DepthwiseConv2D", {"kernel_size": 4, "strides": 2, "padding": "same"}),
    ("SeparableConv2D", {"filters": 1, "kernel_size": 3, "dilation_rate": 2}),
    ("AveragePooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}),
    ("AveragePooling2D", {"pool_size": [2, 3], "strides": [3, 1]}),
    ("Conv2DTranspose", {"filters": 1, "kernel_size": 3, "strides": 2}),
    ("Conv2DTranspose", {"filters": 1, "kernel_size": 3, "strides": 2, "padding": "same"}),
    ("Conv2DTranspose", {"filters": 1, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1}),
    ("Conv2DTranspose", {"filters": 1, "kernel_size": 3, "strides": 3, "output_padding": [2, 1]}),
    ("Conv2DTranspose", {"filters": 1, "kernel_size": [1, 3], "strides": 2, "padding": "same", "output_padding": 0}),
    ("Conv2DTranspose", {"filters": 1, "kernel_size": [5, 4], "strides": 3, "padding": "same", "output_padding": 1}),
    ("Conv2DTranspose", {"filters": 1, "kernel_size": 4, "strides": 2, "padding": "same"}),
    ("Conv2DTranspose", {"filters": 1, "kernel_size": 2, "strides": 3}),
    ("Conv2DTranspose", {"filters": 1, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}),
    ("UpSampling2D", {"size": [2, 3]}),
    ("ZeroPadding2D", {"padding": [[2, 1], [0, 3]]}),
    ("Cropping2D", {"cropping": [[1, 2], [3, 0]]}),
    ("Resizing", {"height": 33, "width": 24, "interpolation": "nearest"}),
]


def windows(label: str, params: dict, shape: tuple = SHAPE) -> Sliding | None:
    kind = CATALOGUE[f"keras.layers.{label}"]
    assert isinstance(kind, LayerType)
    return sliding(kind, params, TensorSpec(shape))


def jacobian(keras, label: str, params: dict):
    """(out height, out width, height, width): the part of each input in each output, with weights of one."""
    import numpy as np
    import tensorflow as tf

    layer = getattr(keras.layers, label)(**params)
    image = tf.ones((1, *SHAPE))
    layer.build(image.shape)
    layer.set_weights([np.zeros(w.shape) if w.name == "bias" else np.ones(w.shape) for w in layer.weights])
    with tf.GradientTape() as tape:
        tape.watch(image)
        out = layer(image)
    return tape.jacobian(out, image).numpy()[0, :, :, 0, 0, :, :, 0]


def assert_as_in_keras(keras, label: str, params: dict) -> None:
    found = windows(label, params)
    assert found is not None
    rows, columns = found.axes
    parts = jacobian(keras, label, params)
    assert parts.shape == (rows.out, columns.out, *SHAPE[:2])
    for y, x in product(range(rows.out), range(columns.out)):
        read = {(int(i), int(j)) for i, j in zip(*parts[y, x].nonzero(), strict=True)}
        assert read == set(product(rows.read_by(y), columns.read_by(x))), f"output {y}, {x}"
    for i, j in product(range(SHAPE[0]), range(SHAPE[1])):
        reached = {(int(y), int(x)) for y, x in zip(*parts[:, :, i, j].nonzero(), strict=True)}
        assert reached == set(product(rows.reached_from(i), columns.reached_from(j))), f"input {i}, {j}"


@pytest.mark.parametrize(("label", "params"), ROWS, ids=str)
def test_pixels_meet_as_in_keras(keras, label, params):
    if label == "Resizing":  # three times larger: reads between positions
        assert windows(label, params) is None
    else:
        assert_as_in_keras(keras, label, params)


@st.composite
def transposed(draw):
    pair = st.tuples(st.integers(1, 5), st.integers(1, 5)).map(list)
    params = {"filters": 1, "kernel_size": draw(pair), "padding": draw(st.sampled_from(("valid", "same")))}
    if draw(st.booleans()):
        params["dilation_rate"] = draw(st.integers(1, 3))
    else:
        params["strides"] = draw(st.integers(1, 4))
        extra = draw(st.none() | st.integers(0, params["strides"] - 1))
        if extra is not None:
            params["output_padding"] = extra
    return params


@settings(max_examples=25, deadline=None)
@given(params=transposed())
def test_any_transposed_convolution_meets_as_in_keras(keras, params):
    if windows("Conv2DTranspose", params) is None:  # what TensorFlow does not compute, or pixel by pixel
        return
    assert_as_in_keras(keras, "Conv2DTranspose", params)


@pytest.mark.parametrize(
    ("label", "params"), [row for row in ROWS if row[0] in ("Conv2DTranspose", "Conv2D", "AveragePooling2D")], ids=str
)
def test_the_overlap_is_how_often_positions_count_far_from_the_ends(keras, label, params):
    found = windows(label, params, (60, 60, 1))
    assert found is not None
    rows, columns = found.axes
    middle = range(rows.dense // 2 - 6, rows.dense // 2 + 6), range(columns.dense // 2 - 6, columns.dense // 2 + 6)
    counts = {len(rows.over(y)) * len(columns.over(x)) for y, x in product(*middle)}
    assert found.levels == tuple(sorted(counts))
    assert (found.overlap.least, found.overlap.most) == (min(counts), max(counts))


def test_a_checkerboard_in_keras_is_an_uneven_overlap(keras):
    """An image of ones through a kernel of ones shows the pattern itself."""
    import numpy as np

    for kernel, levels in ((3, {1, 2, 4}), (4, {4}), (5, {4, 6, 9}), (2, {1})):
        layer = keras.layers.Conv2DTranspose(1, kernel, 2, kernel_initializer="ones")
        shown = layer(np.ones((1, 12, 12, 1)))[0, 6:-6, 6:-6, 0]
        found = windows("Conv2DTranspose", {"filters": 1, "kernel_size": kernel, "strides": 2})
        assert found is not None
        assert set(found.levels) == levels == {int(value) for value in np.unique(shown)}
        assert found.overlap.even == (len(levels) == 1)


def test_what_moves_nothing_or_sees_everything_has_no_windows():
    for label, params in (
        ("Conv2D", {"filters": 2, "kernel_size": 1}),
        ("Dense", {"units": 3}),
        ("GlobalAveragePooling2D", {}),
        ("UpSampling2D", {"interpolation": "bilinear"}),
        ("Conv2D", {"filters": 1, "kernel_size": 20}),
        ("Add", {}),
    ):
        assert windows(label, params) is None


def test_channels_first_and_other_numbers_of_axes():
    first = windows("Conv2D", {"filters": 1, "kernel_size": 3, "data_format": "channels_first"}, (3, 10, 20))
    assert first is not None
    assert [(axis.given, axis.out) for axis in first.axes] == [(10, 8), (20, 18)]
    causal = windows("Conv1D", {"filters": 1, "kernel_size": 3, "padding": "causal"}, (9, 2))
    assert causal is not None
    assert causal.axes[0].read_by(1) == (0, 1)
    assert len(windows("MaxPooling3D", {}, (4, 6, 8, 1)).axes) == 3


def test_a_size_that_is_not_known_is_assumed():
    found = windows("MaxPooling2D", {}, (None, 10, 3))
    assert found is not None
    assert found.assumed
    assert [axis.given for axis in found.axes] == [ASSUMED_SIZE, 10]
