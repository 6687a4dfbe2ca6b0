"""Images made to fit a network's input."""

import numpy as np
import pytest

from workbench.data.fit import Framing
from workbench.data.source import DatasetError
from workbench.data.sources.digits import read_digits


def fit_to_input(images, shape, **options):
    framing = Framing(shape, **options)
    fitted = [framing.scaled(framing.frame(image)) for image in images]
    return np.stack(fitted)


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
    digits = read_digits()
    batch = fit_to_input([digits.read(index) for index in range(100)], (8, 8, 1))
    assert (batch.min(), batch.max()) == (0.0, 1.0)
    np.testing.assert_allclose(batch * 16, digits.images[:100], atol=1e-5)


@pytest.mark.parametrize(("value_range", "black", "white"), [("0..1", 0, 1), ("-1..1", -1, 1), ("0..255", 0, 255)])
def test_ranges_of_values(value_range, black, white):
    pixels = np.array([0, 255], np.uint8).reshape(1, 1, 2, 1)
    np.testing.assert_allclose(fit_to_input(pixels, (1, 2, 1), value_range=value_range).ravel(), [black, white])


def test_cropping_keeps_the_middle_and_the_proportions():
    wide = np.arange(8, dtype=np.uint8).reshape(1, 1, 8, 1).repeat(4, axis=1)
    np.testing.assert_array_equal(
        fit_to_input(wide, (4, 4, 1), fit="crop", value_range="0..255")[0, 0, :, 0], [2, 3, 4, 5]
    )
    assert fit_to_input(wide, (2, 2, 1), fit="crop").shape == (1, 2, 2, 1)


def test_padding_keeps_the_whole_image_on_black():
    wide = np.full((1, 2, 8, 1), 255, np.uint8)
    padded = fit_to_input(wide, (8, 8, 1), fit="pad")[0, :, :, 0]
    np.testing.assert_array_equal(padded[3:5], 1)
    assert padded[:3].max() == padded[5:].max() == 0


def test_unknown_sizes_keep_the_images_own():
    assert fit_to_input(COLOUR, (None, None, None)).shape == (2, 4, 6, 3)
    assert fit_to_input(GREY, (None, 12, 3)).shape == (2, 4, 12, 3)


def test_grey_is_the_same_in_every_channel():
    batch = fit_to_input(GREY, (8, 12, 3))
    np.testing.assert_array_equal(batch[..., 0], batch[..., 2])
    np.testing.assert_array_equal(batch[..., :1], fit_to_input(GREY, (8, 12, 1)))


def test_colour_becomes_grey_as_people_see_it():
    pure = np.eye(3, dtype=np.uint8).reshape(3, 1, 1, 3) * 255
    np.testing.assert_allclose(fit_to_input(pure, (1, 1, 1)).ravel(), [0.299, 0.587, 0.114], atol=2e-3)


def test_shrinking_averages_areas():
    batch = fit_to_input(GREY, (2, 3, 1))
    expected = (GREY[:, ::2, ::2] / 4 + GREY[:, 1::2, ::2] / 4 + GREY[:, ::2, 1::2] / 4 + GREY[:, 1::2, 1::2] / 4) / 255
    np.testing.assert_allclose(batch, expected, atol=0.51 / 255)


def test_enlarging_is_smooth_and_keeps_the_picture_upright():
    step = np.array([[0, 255]], np.uint8).reshape(1, 1, 2, 1)
    row = fit_to_input(step, (1, 8, 1)).ravel()
    assert row[0] == 0
    assert row[-1] == 1
    assert (np.diff(row) >= 0).all()
    assert len(np.unique(row)) > 2


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
