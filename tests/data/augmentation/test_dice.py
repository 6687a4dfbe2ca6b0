"""Chance: distributions against scipy's, and pinned values."""

import numpy as np
import pytest
from scipy import stats

from workbench.data.augmentation.dice import Dice

COUNT = 20_000


def draws(act, seed=1):
    dice = Dice(seed)
    return np.array([act(dice) for _ in range(COUNT)])


@pytest.mark.parametrize(
    ("act", "distribution"),
    [
        (lambda dice: dice.unit(), stats.uniform()),
        (lambda dice: dice.around(3, 2), stats.uniform(1, 4)),
        (lambda dice: dice.normal(), stats.norm()),
        (lambda dice: dice.gamma(0.4), stats.gamma(0.4)),
        (lambda dice: dice.gamma(3.0), stats.gamma(3.0)),
        (lambda dice: dice.beta(0.2), stats.beta(0.2, 0.2)),
        (lambda dice: dice.beta(1.0), stats.beta(1.0, 1.0)),
        (lambda dice: dice.beta(4.0), stats.beta(4.0, 4.0)),
    ],
)
def test_distributions(act, distribution):
    assert stats.kstest(draws(act), distribution.cdf).pvalue > 1e-3


def test_an_index_is_even():
    counts = np.bincount(draws(lambda dice: dice.index(7)), minlength=7)
    assert len(counts) == 7
    assert stats.chisquare(counts).pvalue > 1e-3


def test_bits_mean_the_same_on_every_machine():
    """SplitMix64 from 0, as its authors' program gives it."""
    dice = Dice(0)
    assert [dice.bits() for _ in range(2)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]
