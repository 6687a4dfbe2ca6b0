"""Colour against independent formulas; tables and matrices against doing one after another."""

import colorsys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.augmentation.drawn import drawn_params, effects_of, photograph
from workbench.data.augmentation.catalogue import OPERATIONS
from workbench.data.augmentation.colour import COLOUR, saturating, turning_hue
from workbench.data.augmentation.dice import Dice
from workbench.data.augmentation.effects import ChannelShift, ColourMatrix, Frame, Linear, Posterise, Solarise
from workbench.data.augmentation.fusing import fused
from workbench.data.augmentation.rendering import rendered
from workbench.data.opencv import cv2

FRAME = Frame(48, 64)
IMAGE = photograph()
LUMA = np.array([0.299, 0.587, 0.114])
NOTHING = {"brightness": "amount", "contrast": "amount", "saturation": "amount", "hue": "degrees"}
NOTHING |= {"channel_shift": "amount", "lighting": "deviation"}


def after(*effects, image=IMAGE):
    return rendered(image, FRAME, effects)


def test_values_by_formula():
    v = IMAGE.astype(float)
    np.testing.assert_array_equal(after(Linear(1.4, -30)), np.rint((v * 1.4 - 30).clip(0, 255)))
    np.testing.assert_array_equal(after(Solarise(128)), np.where(v >= 128, 255 - v, v))
    np.testing.assert_array_equal(after(Posterise(3)), IMAGE & 0b11100000)
    shifted = np.rint((v + np.array([10.4, -20.2, 0])).clip(0, 255))
    np.testing.assert_array_equal(after(ChannelShift((10.4, -20.2, 0))), shifted)


@pytest.mark.parametrize("factor", [0.0, 0.4, 1.0, 1.7])
def test_saturation_by_formula(factor):
    grey = (IMAGE @ LUMA)[..., None]
    expected = (grey + factor * (IMAGE - grey)).clip(0, 255)
    np.testing.assert_allclose(after(ColourMatrix(saturating(factor))), expected, atol=1)


@pytest.mark.parametrize("degrees", [-120, -30, 15, 90, 180])
def test_hue_keeps_luma_and_greys_and_turns_colours(degrees):
    image = IMAGE.astype(np.float32) * 0.3 + 90
    turned = after(ColourMatrix(turning_hue(degrees)), image=image)
    np.testing.assert_allclose(turned @ LUMA, image @ LUMA, atol=0.6)
    grey = np.full((4, 4, 3), 140, np.uint8)
    np.testing.assert_allclose(rendered(grey, Frame(4, 4), [ColourMatrix(turning_hue(degrees))]), 140, atol=1)


def test_a_third_of_a_turn_is_about_a_third_of_the_hues():
    red = np.array([[[200, 60, 60]]], np.float32)
    hues = [
        colorsys.rgb_to_hsv(*rendered(red, Frame(1, 1), [ColourMatrix(turning_hue(angle))])[0, 0] / 255)[0]
        for angle in (0, 120, 240)
    ]
    steps = sorted([hues[1], hues[2]])
    assert steps == pytest.approx([1 / 3, 2 / 3], abs=0.09)


def test_lighting_moves_along_imagenets_axes():
    """Krizhevsky et al.: the shift is a combination of the axes with normal weights times spread and deviation."""
    operation = OPERATIONS["lighting"]
    shifts = np.array(
        [effects_of(operation.key, Dice(bits * 7919), FRAME, **{"deviation": 0.1})[0].offsets for bits in range(4000)]
    )
    spread, axes = np.linalg.eigh(np.cov(shifts.T))
    np.testing.assert_allclose(np.sqrt(spread[::-1]), [5.546, 0.4794, 0.1148], rtol=0.06)
    assert abs(axes[:, -1] @ [-0.5675, -0.5808, -0.5836]) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("key", NOTHING)
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_colours_of_no_reach_change_nothing(key, dtype):
    operation, image = OPERATIONS[key], IMAGE.astype(dtype)
    values = operation.values({NOTHING[key]: 0.0})
    effects = effects_of(operation.key, Dice(9), FRAME, **values)
    np.testing.assert_allclose(rendered(image, FRAME, effects), image, atol=1e-3)
    assert operation.idle(values)


@given(st.lists(st.sampled_from(["brightness", "contrast", "solarise", "posterise", "channel_shift"]), max_size=5))
@settings(max_examples=30, deadline=None)
def test_one_table_is_several_in_a_row(keys):
    """The table rounds once, at the end, so it equals the steps on floating-point values."""
    dice = Dice(len(keys))
    effects = [effects_of(key, dice, FRAME)[0] for key in keys]
    image = IMAGE.astype(np.float32)
    for effect in effects:
        image = after(effect, image=image)
    together = after(*effects)
    assert all(len(stage.passes) <= 1 for stage in fused(effects, 3))
    np.testing.assert_allclose(together, image, atol=0.5 + 1e-3)


def test_one_matrix_is_several_in_a_row():
    image = (IMAGE * 0.3 + 90).astype(np.uint8)
    one, two = ColourMatrix(turning_hue(20)), ColourMatrix(saturating(0.7))
    assert len(fused([one, two], 3)[0].passes) == 1
    np.testing.assert_allclose(
        after(one, two, image=image).astype(int), after(two, image=after(one, image=image)), atol=2
    )


def test_bytes_and_floats_agree():
    effects = (Linear(1.2, -10), ColourMatrix(turning_hue(25)), ColourMatrix(saturating(1.3)), ChannelShift((5, 0, -5)))
    as_bytes, as_floats = after(*effects), after(*effects, image=IMAGE.astype(np.float32))
    assert as_floats.dtype == np.float32
    np.testing.assert_allclose(as_bytes, as_floats, atol=2)


@pytest.mark.parametrize("operation", [op for op in COLOUR if op.colour_only], ids=lambda op: op.key)
def test_operations_on_colour_leave_grey_images_alone(operation):
    grey = IMAGE[..., :1]
    effects = effects_of(operation.key, Dice(4), FRAME)
    np.testing.assert_array_equal(rendered(grey, FRAME, effects), grey)


@pytest.mark.parametrize("key", [operation.key for operation in COLOUR])
@given(bits=st.integers(0, 2**64 - 1), data=st.data())
@settings(max_examples=15, deadline=None)
def test_movement_and_colour_may_change_places(key, bits, data):
    """Functions of one pixel commute with mirrors exactly, so the one warp may go first."""
    operation = OPERATIONS[key]
    effects = effects_of(operation.key, Dice(bits), FRAME, **data.draw(drawn_params(key)))
    mirror = effects_of("mirror_horizontal", Dice(0), FRAME)
    np.testing.assert_array_equal(after(*effects, *mirror), after(*mirror, *effects))


def test_autocontrast_and_equalise_by_formula():
    low = (IMAGE // 2 + 40).astype(np.uint8)
    stretched = rendered(low, FRAME, effects_of("autocontrast", Dice(0), FRAME))
    v = low.astype(float)
    dark, bright = v.min(axis=(0, 1)), v.max(axis=(0, 1))
    np.testing.assert_allclose(stretched, (v - dark) * 255 / (bright - dark), atol=1)
    even = rendered(low, FRAME, effects_of("equalise", Dice(0), FRAME))
    for channel in range(3):
        # OpenCV spreads the values a little otherwise than Pillow, whose formula RandAugment was measured with.
        difference = np.abs(even[..., channel].astype(int) - cv2.equalizeHist(low[..., channel]))
        assert difference.max() <= 8
        assert difference.mean() < 3
