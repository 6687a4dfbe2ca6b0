"""The learning rate that a sweep suggests, on curves whose steepest place is known, with drawn noise."""

import math

import numpy as np
import pytest

from workbench.engine.training.rate_curve import learning_rate_curve, smoothed

STEEPEST = 0.0025
RATES = np.geomspace(1e-6, 10.0, 100)
DRAWS = 120


def fall(power=1.5, start=2.3, floor=0.5, steepest=STEEPEST, blow_up=0.1):
    """A textbook curve: flat, a fall about `steepest`, an explosion from `blow_up` on."""
    return lambda rate: floor + (start - floor) / (1 + (rate / steepest) ** power) + floor * (rate / blow_up) ** 2


CURVES = {
    "textbook": (RATES, fall()),
    "slow fall": (RATES, fall(power=1.0, floor=0.8)),
    "sharp fall": (RATES, fall(power=3.0)),
    "early explosion": (RATES, fall(power=2.0, blow_up=0.03)),
    "exponential": (RATES, lambda rate: 0.6 + 1.8 * np.exp(-rate / STEEPEST) + (rate / 0.1) ** 2),
    "no explosion": (np.geomspace(1e-6, 1.0, 100), fall(blow_up=100)),
    "half the batches": (RATES[::2], fall()),
    "small rates": (RATES, fall(steepest=1e-4, blow_up=0.01)),
    "many classes": (RATES, fall(start=6.9, floor=2.0)),
}


def draws(rates, curve, noise, count=DRAWS):
    """Suggestions of so many draws of a noise that is this share of the loss."""
    losses = curve(rates)
    for seed in range(count):
        drawn = losses * (1 + noise * np.random.default_rng(seed).standard_normal(len(rates)))
        yield learning_rate_curve(rates.tolist(), drawn.tolist()).suggestion


def steepest(rates, curve):
    fine = np.geomspace(rates[0], rates[-1], 5000)
    losses = curve(fine)
    return fine[int(np.argmin(np.gradient(losses[: int(np.argmin(losses))])))]


def near(suggestion, place):
    return suggestion is not None and max(suggestion / place, place / suggestion) <= 3


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05])
def test_the_steepest_fall_is_found_in_noise(name, noise):
    rates, curve = CURVES[name]
    place = steepest(rates, curve)
    found = [near(suggestion, place) for suggestion in draws(rates, curve, noise, DRAWS if noise else 1)]
    assert np.mean(found) >= 0.95


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("noise", [0.1, 0.2])
def test_in_much_noise_it_is_rather_unclear_than_wrong(name, noise):
    rates, curve = CURVES[name]
    place = steepest(rates, curve)
    wrong = [found is not None and not near(found, place) for found in draws(rates, curve, noise)]
    assert np.mean(wrong) <= 0.05


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.05, 0.1, 0.2])
def test_a_loss_that_does_not_fall_suggests_nothing(noise):
    flat = draws(RATES, lambda rate: 2.3 + (rate / 0.1) ** 3, noise)
    assert all(suggestion is None for suggestion in flat)
    told = learning_rate_curve(RATES.tolist(), [2.3] * 100)
    assert told.suggestion is None
    assert "unclear" in told.message


@pytest.mark.parametrize("noise", [0.0, 0.05, 0.1, 0.2, 0.5])
def test_nothing_is_suggested_on_the_first_decade_or_at_the_lowest_loss(noise):
    for rates, curve in CURVES.values():
        losses = curve(rates)
        for seed in range(30):
            drawn = losses * (1 + noise * np.random.default_rng(seed).standard_normal(len(rates)))
            found = learning_rate_curve(rates.tolist(), drawn.tolist())
            if found.suggestion is not None:
                assert found.suggestion >= 10 * rates[0]
                assert found.suggestion < found.rates[int(np.argmin(found.smoothed))]


def test_a_loss_that_falls_to_the_end_is_not_suggested_at_its_lowest():
    rates = np.geomspace(1e-6, 0.02, 100)
    found = learning_rate_curve(rates.tolist(), (2.3 - 0.05 * (rates / 1e-3) ** 1.2).tolist())
    assert found.suggestion is not None
    assert found.suggestion <= 0.02 / 10**0.2


def test_an_outlier_does_not_count():
    rates, curve = CURVES["textbook"]
    for place in (5, 20, 35, 45):
        losses = curve(rates)
        losses[place] *= 10
        assert near(learning_rate_curve(rates.tolist(), losses.tolist()).suggestion, STEEPEST)


def test_a_divergence_keeps_its_distance():
    rates = [10 ** (-6 + index * 0.1) for index in range(80)]
    found = learning_rate_curve(rates, [2.3 - 2 / (1 + (1e-3 / r) ** 2) + (r / 0.1) ** 4 for r in rates])
    assert found.suggestion == pytest.approx(1e-3, rel=0.2)
    assert found.diverged is not None
    assert 0.05 < found.diverged < 1
    assert found.suggestion is not None
    assert found.suggestion <= found.diverged / 10


def test_a_loss_that_is_no_number_ends_the_curve():
    rates = [1e-3 * 1.1**index for index in range(30)]
    found = learning_rate_curve(rates, [2.0 - index * 0.05 for index in range(29)] + [math.nan])
    assert len(found.losses) == len(found.smoothed) == 29
    assert found.diverged == pytest.approx(1e-3 * 1.1**29)


def test_too_few_batches_are_unclear():
    assert learning_rate_curve([1e-4, 1e-3, 1e-2], [2.0, 1.0, 0.5]).suggestion is None


def test_smoothing_drops_single_outliers_and_moves_no_fall():
    assert smoothed([1.0] * 8 + [50.0] + [1.0] * 8) == pytest.approx([1.0] * 17)
    step = smoothed([2.0] * 20 + [1.0] * 20)
    assert (step[17], step[22]) == (2.0, 1.0)
