"""What holds for every operation with any allowed parameters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.augmentation.drawn import drawn_params, effects_of, photograph
from workbench.data.augmentation.catalogue import OPERATIONS
from workbench.data.augmentation.dice import Dice
from workbench.data.augmentation.effects import Frame
from workbench.data.augmentation.rendering import rendered

VARYING = [key for key, operation in OPERATIONS.items() if operation.draw is not None]
COLOUR, GREY = photograph(40, 56, 3), photograph(40, 56, 1)


@pytest.mark.parametrize("key", VARYING)
@given(bits=st.integers(0, 2**64 - 1), data=st.data())
@settings(max_examples=12, deadline=None)
def test_type_size_and_range_are_kept_and_images_are_not_changed(key, bits, data):
    operation, frame = OPERATIONS[key], Frame(32, 48)
    values = operation.values(data.draw(drawn_params(key)))
    assert not operation.problems(values)
    image = data.draw(st.sampled_from([COLOUR, GREY, COLOUR.astype(np.float32), GREY.astype(np.float32)]))
    before = image.copy()
    effects = effects_of(operation.key, Dice(bits), frame, **values)
    assert effects == effects_of(operation.key, Dice(bits), frame, **values)
    got = rendered(image, frame, effects)
    np.testing.assert_array_equal(image, before)
    assert got.shape == (32, 48, image.shape[-1])
    assert got.dtype == image.dtype
    assert got.min() >= 0
    assert got.max() <= 255
    np.testing.assert_array_equal(got, rendered(image, frame, effects))


@pytest.mark.parametrize("key", VARYING)
def test_defaults_do_something(key):
    operation, frame = OPERATIONS[key], Frame(*COLOUR.shape[:2])
    changed = [
        not np.array_equal(rendered(COLOUR, frame, effects_of(operation.key, Dice(bits * 977), frame)), COLOUR)
        for bits in range(12)
    ]
    assert any(changed)


def test_noise_has_the_deviation_that_was_drawn():
    grey, frame = np.full((100, 100, 3), 128, np.float32), Frame(100, 100)
    operation = OPERATIONS["gaussian_noise"]
    (effect,) = effects_of(operation.key, Dice(1), frame, **{"deviation": 0.1})
    assert rendered(grey, frame, [effect]).std() == pytest.approx(effect.deviation, rel=0.03)


def test_cutout_hides_the_share_that_was_asked_for():
    white, frame = np.full((200, 200, 1), 255, np.uint8), Frame(200, 200)
    operation = OPERATIONS["cutout"]
    values = operation.values({"area_minimum": 0.1, "area_maximum": 0.1, "fill": "black"})
    shares = [
        (rendered(white, frame, effects_of(operation.key, Dice(bits), frame, **values)) == 0).mean()
        for bits in range(1, 400)
    ]
    assert max(shares) == pytest.approx(0.1, abs=0.01)
    assert min(shares) < 0.06  # a box may stand half outside, as in the paper


def test_jpeg_is_as_coarse_as_its_quality():
    frame = Frame(*COLOUR.shape[:2])

    def loss(quality):
        operation = OPERATIONS["jpeg"]
        effects = effects_of(operation.key, Dice(0), frame, **{"minimum": quality, "maximum": quality})
        return np.abs(rendered(COLOUR, frame, effects).astype(int) - COLOUR).mean()

    assert loss(5) > 2 * loss(50) > 2 * loss(100)
    assert loss(100) < 4  # colours are kept at half the size


def test_a_rand_augment_of_no_magnitude_still_keeps_sizes_and_n_is_the_number_of_choices():
    operation, frame = OPERATIONS["rand_augment"], Frame(40, 56)
    for n in (1, 4, 8):
        values = operation.values({"n": n, "magnitude": 30})
        assert all(len(effects_of(operation.key, Dice(bits), frame, **values)) <= n for bits in range(200))
    kinds = {
        type(effect).__name__
        for bits in range(400)
        for effect in effects_of(operation.key, Dice(bits), frame, **{"magnitude": 15})
    }
    assert kinds == {"Warp", "ColourMatrix", "Linear", "Sharpness", "Stretch", "Equalise", "Solarise", "Posterise"}
