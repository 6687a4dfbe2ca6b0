"""Movements against independent formulas, and one warp against several."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.augmentation.drawn import drawn_params, effects_of, photograph
from workbench.data.augmentation.catalogue import OPERATIONS
from workbench.data.augmentation.dice import Dice
from workbench.data.augmentation.effects import Edge, Frame, Warp
from workbench.data.augmentation.fusing import fused
from workbench.data.augmentation.geometry import GEOMETRY, shearing, turning
from workbench.data.augmentation.matrices import IDENTITY, inverse, product, scaling, translation
from workbench.data.augmentation.rendering import rendered, rendered_mask
from workbench.data.augmentation.warping import moved
from workbench.data.opencv import cv2

FRAME = Frame(48, 64)
IMAGE = photograph()
MOVES = [operation.key for operation in GEOMETRY]
INSIDE = slice(12, -12), slice(12, -12)


def sampled(image, matrix):
    """The image moved by a matrix about its middle, by formula: bilinear, black outside; float64."""
    height, width = image.shape[:2]
    rows, columns = np.mgrid[0:height, 0:width].astype(float)
    points = np.stack([columns - (width - 1) / 2, rows - (height - 1) / 2, np.ones_like(rows)]).reshape(3, -1)
    x, y, w = np.linalg.inv(np.array(matrix).reshape(3, 3)) @ points
    x, y = x / w + (width - 1) / 2, y / w + (height - 1) / 2
    padded = np.pad(image.astype(float), ((1, 1), (1, 1), (0, 0)))
    x, y = np.clip(x + 1, 0, width + 0.999), np.clip(y + 1, 0, height + 0.999)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    dx, dy = (x - left)[:, None], (y - top)[:, None]
    upper = padded[top, left] * (1 - dx) + padded[top, left + 1] * dx
    lower = padded[top + 1, left] * (1 - dx) + padded[top + 1, left + 1] * dx
    return (upper * (1 - dy) + lower * dy).reshape(image.shape)


@pytest.mark.parametrize(
    "matrix",
    [
        turning(13.0),
        turning(-71.0),
        translation(5.25, -3.5),
        scaling(1.3, 1.3),
        scaling(0.7, 0.8),
        shearing(12.0, 0.0),
        shearing(0.0, -9.0),
        (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.004, -0.006, 1.0),
        product(turning(20), product(scaling(1.1, 0.9), translation(-4, 2))),
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_warp_is_what_its_matrix_says(matrix, dtype):
    got = moved(IMAGE.astype(dtype), FRAME, Warp(matrix, Edge()))
    assert got.dtype == dtype
    # OpenCV's own fixed point is coarser at 8 bits: 1/32 of a pixel.
    difference = np.abs(got.astype(float) - sampled(IMAGE, matrix))
    assert np.percentile(difference, 99) < 4
    assert difference.mean() < 0.8


def test_turning_is_anticlockwise():
    image = np.zeros((9, 9, 1), np.uint8)
    image[4, 8] = 255
    turned = moved(image, Frame(9, 9), Warp(turning(90), Edge()))
    assert np.argwhere(turned[..., 0] > 200).tolist() == [[0, 4]]


def test_mirrors_are_exact():
    for key, expected in (("mirror_horizontal", IMAGE[:, ::-1]), ("mirror_vertical", IMAGE[::-1])):
        effects = effects_of(key, Dice(0), FRAME)
        np.testing.assert_array_equal(rendered(IMAGE, FRAME, effects), expected)
        np.testing.assert_array_equal(rendered(IMAGE, FRAME, effects * 2), IMAGE)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("rotation", {"degrees": 0.0}),
        ("shift", {"x": 0.0, "y": 0.0}),
        ("zoom", {"minimum": 1.0, "maximum": 1.0}),
        ("shear", {"x": 0.0, "y": 0.0}),
        ("perspective", {"strength": 0.0}),
        ("crop", {"scale_minimum": 1.0, "scale_maximum": 1.0, "ratio_minimum": 1.0, "ratio_maximum": 1.0}),
    ],
)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_movements_of_no_reach_change_nothing(key, values, dtype):
    operation, image = OPERATIONS[key], IMAGE.astype(dtype)
    given_values = operation.values(values)
    effects = effects_of(operation.key, Dice(5), FRAME, **given_values)
    np.testing.assert_array_equal(rendered(image, FRAME, effects), image)
    assert operation.idle(given_values)


@pytest.mark.parametrize("key", MOVES)
@given(bits=st.integers(0, 2**64 - 1))
@settings(max_examples=20, deadline=None)
def test_one_warp_is_several_in_a_row(key, bits):
    """Within what sampling twice blurs, away from the edges."""
    dice = Dice(bits)
    one = effects_of(key, dice, FRAME, **{"border": "replicate"})
    two = effects_of("rotation", dice, FRAME, border="replicate")
    smooth = cv2.GaussianBlur(IMAGE, (0, 0), 3)
    assert len(fused(one + two, 3)) == 1
    together = rendered(smooth, FRAME, one + two).astype(float)
    in_a_row = rendered(rendered(smooth, FRAME, one), FRAME, two).astype(float)
    assert np.abs(together - in_a_row)[INSIDE].mean() < 2.5


@pytest.mark.parametrize("key", MOVES)
@given(bits=st.integers(0, 2**64 - 1), data=st.data())
@settings(max_examples=25, deadline=None)
def test_masks_stay_on_their_images(key, bits, data):
    """The mask says where the image is bright; it still does after any movement."""
    image = np.zeros((48, 64, 1), np.uint8)
    cv2.ellipse(image, (30, 22), (17, 11), 25, 0, 360, 255, -1)
    mask = (image[..., 0] > 127).astype(np.uint8)
    operation = OPERATIONS[key]
    values = operation.values({**data.draw(drawn_params(key)), "interpolation": "linear", "fill": 0.0})
    effects = effects_of(operation.key, Dice(bits), FRAME, **values)
    bright, moved_mask = rendered(image, FRAME, effects)[..., 0], rendered_mask(mask, FRAME, effects)
    assert moved_mask.shape == FRAME
    assert set(np.unique(moved_mask)) <= {0, 1}
    disagree = (bright > 127) != (moved_mask > 0)
    # Pixels of grey, and where black meets white without any: a strong shear leaves none between them.
    grey = ((bright > 20) & (bright < 235)).astype(np.uint8)
    jump = cv2.morphologyEx(bright, cv2.MORPH_GRADIENT, np.ones((3, 3))) > 20
    near_edge = (cv2.dilate(grey, np.ones((3, 3))) > 0) | jump
    assert (disagree & ~near_edge).mean() < 0.02


def test_colour_and_blur_leave_masks_alone():
    mask = (IMAGE[..., 0] > 127).astype(np.uint8)
    effects = [
        effect for key in ("brightness", "hue", "gaussian_blur", "cutout") for effect in effects_of(key, Dice(3), FRAME)
    ]
    np.testing.assert_array_equal(rendered_mask(mask, FRAME, effects), mask)


@pytest.mark.parametrize("border", ["constant", "reflect", "replicate"])
def test_borders(border):
    image = np.arange(1, 9, dtype=np.uint8).reshape(1, 8, 1).repeat(4, axis=0)
    got = moved(image, Frame(4, 8), Warp(translation(3, 0), Edge(border, 77)))[0, :, 0].tolist()
    start = {"constant": [77, 77, 77], "reflect": [4, 3, 2], "replicate": [1, 1, 1]}[border]
    assert got == [*start, 1, 2, 3, 4, 5]


def test_a_crop_of_a_large_image_keeps_its_detail():
    """Cut from the stored pixels, not from the shrunk ones: fine stripes are still stripes."""
    stripes = np.zeros((128, 128, 1), np.uint8)
    stripes[:, ::2] = 255
    half = Warp(scaling(2.0, 2.0), Edge("replicate"))
    assert rendered(stripes, Frame(64, 64), [half]).std() > 100
    assert rendered(stripes, Frame(64, 64), []).std() < 1


def test_shrinking_far_averages():
    """A movement that shows the picture much smaller does not skip pixels."""
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 1), dtype=np.uint8)
    small = rendered(noise, Frame(64, 64), [Warp(product(scaling(0.5, 0.5), turning(5)), Edge("reflect"))])
    assert small.std() < 25


@given(st.lists(st.floats(-2, 2), min_size=9, max_size=9))
def test_inverse(values):
    matrix = np.array(values).reshape(3, 3) + 5 * np.eye(3)
    np.testing.assert_allclose(product(inverse(tuple(matrix.ravel())), tuple(matrix.ravel())), IDENTITY, atol=1e-9)
