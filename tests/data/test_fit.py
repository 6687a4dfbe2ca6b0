"""Images made to fit a network's input."""

import numpy as np
import pytest

from workbench.data.dataset import DatasetError, open_dataset
from workbench.data.fit import fit_to_input

GREY = np.arange(2 * 4 * 6, dtype=np.uint8).reshape(2, 4, 6, 1)
COLOUR = np.stack([GREY[..., 0], GREY[..., 0] * 2, GREY[..., 0] * 3], axis=-1)


@pytest.mark.parametrize("images", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize(
    "shape", [(4, 6, 1), (4, 6, 3), (8, 12, 1), (8, 12, 3), (2, 3, 1), (2, 3, 3), (8, 3, 1), (1, 1, 3)]
)
def test_size_channels_dtype_and_range(images, shape):
    batch = fit_to_input(images, shape)
    assert batch.shape == (2, *shape)
    assert batch.dtype == np.float32
    assert batch.min() >= 0
    assert batch.max() <= images.max() / 255 + 1e-6


def test_full_brightness_becomes_one():
    digits = open_dataset("digits")
    batch = fit_to_input(digits.images, (8, 8, 1), digits.value_max)
    assert (batch.min(), batch.max()) == (0.0, 1.0)
    np.testing.assert_array_equal(batch * 16, digits.images)


def test_unknown_sizes_keep_the_images_own():
    assert fit_to_input(COLOUR, (None, None, None)).shape == (2, 4, 6, 3)
    assert fit_to_input(GREY, (None, 12, 3)).shape == (2, 4, 12, 3)


def test_grey_is_the_same_in_every_channel():
    batch = fit_to_input(GREY, (8, 12, 3))
    np.testing.assert_array_equal(batch[..., 0], batch[..., 2])
    np.testing.assert_array_equal(batch[..., :1], fit_to_input(GREY, (8, 12, 1)))


def test_colour_becomes_grey_as_people_see_it():
    pure = np.eye(3, dtype=np.uint8).reshape(3, 1, 1, 3) * 255
    np.testing.assert_allclose(fit_to_input(pure, (1, 1, 1)).ravel(), [0.299, 0.587, 0.114], atol=1e-6)


def test_shrinking_averages_areas():
    batch = fit_to_input(GREY, (2, 3, 1))
    expected = (GREY[:, ::2, ::2] / 4 + GREY[:, 1::2, ::2] / 4 + GREY[:, ::2, 1::2] / 4 + GREY[:, 1::2, 1::2] / 4) / 255
    np.testing.assert_allclose(batch, expected, atol=1e-6)


def test_enlarging_is_smooth_and_keeps_the_picture_upright():
    step = np.array([[0, 255]], np.uint8).reshape(1, 1, 2, 1)
    row = fit_to_input(step, (1, 8, 1)).ravel()
    assert row[0] == 0
    assert row[-1] == 1
    assert (np.diff(row) >= 0).all()
    assert len(np.unique(row)) > 2


def test_nothing_in_nothing_out():
    assert fit_to_input(GREY[:0], (8, 8, 3)).shape == (0, 8, 8, 3)


def test_stored_images_are_not_changed():
    before = COLOUR.copy()
    fit_to_input(COLOUR, (4, 6, 3))[:] = 7
    np.testing.assert_array_equal(COLOUR, before)


@pytest.mark.parametrize("shape", [(), (10,), (8, 8), (3, 8, 8, 1)])
def test_an_input_that_is_no_image_is_refused(shape):
    with pytest.raises(DatasetError, match="height x width x channels"):
        fit_to_input(GREY, shape)


@pytest.mark.parametrize("channels", [2, 4, 64])
def test_channels_that_no_image_has_are_refused(channels):
    with pytest.raises(DatasetError, match=f"1 or 3 channels.* Received: {channels}"):
        fit_to_input(GREY, (8, 8, channels))
