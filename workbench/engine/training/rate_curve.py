"""What the losses of a rising learning rate say: where they fall fastest, and whether that is more than noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.protocol import LearningRateCurve

FEWEST = 10
"""Batches: fewer make no curve."""
_OUT_OF_BOUNDS = 4.0
"""Times the lowest loss: beyond it the training has diverged."""
_MEDIAN, _MEAN = 7, 5
"""Losses that the running median, and the running mean over it, take in."""
_FIRST, _LAST = 10, 3
"""Losses at the ends that no slope is fitted through: the first batches see a fresh network, the last a broken one."""
_WINDOWS = (0.4, 0.6, 0.9, 1.3, 1.8)
"""Decades of the rate that a slope is fitted over, the narrowest first: noise asks for a wider one."""
_CERTAIN = 8.0
"""Standard errors that the steepest slope has to have. It is the extreme of a hundred, and its place has to be known
as well as its sign: `tests/engine/test_rate_curve.py` draws curves and counts."""
_NEARLY = 0.75
"""Of the steepest slope: places about it that are as steep belong to the same fall."""
_UNCLEAR = (
    "It is unclear at which rate the loss falls fastest: it changes no more than it does from batch to batch. "
    "Try again with a larger batch, or check the network, its loss and the data."
)
Floats = NDArray[np.float64]


def learning_rate_curve(rates: Sequence[float], losses: Sequence[float]) -> LearningRateCurve:
    """The curve of a sweep and the rate that it suggests; `losses` may end early, where one is not finite."""
    finite = list(losses) if all(map(math.isfinite, losses)) else list(losses[:-1])
    smooth = smoothed(finite)
    end = divergence(smooth)
    diverged = rates[end] if end < len(rates) else None
    suggestion, message = _suggest(rates, finite[:end], smooth[:end], diverged)
    return LearningRateCurve(
        rates=tuple(rates[: len(finite)]),
        losses=tuple(finite),
        smoothed=tuple(smooth),
        suggestion=suggestion,
        message=message,
        diverged=diverged,
    )


def smoothed(losses: Sequence[float]) -> list[float]:
    """A running mean over a running median, each centred: single outliers vanish, and a fall stays where it is."""
    return _running(np.mean, _running(np.median, losses, _MEDIAN), _MEAN)


def divergence(smooth: Sequence[float], bound: float = _OUT_OF_BOUNDS) -> int:
    """The first position at which the loss is `bound` times the lowest, or where it ends."""
    lowest = math.inf
    for index, loss in enumerate(smooth):
        lowest = min(lowest, loss)
        if index >= FEWEST and loss > bound * max(lowest, 1e-3):
            return index
    return len(smooth)


def _suggest(
    rates: Sequence[float], losses: Sequence[float], smooth: Sequence[float], diverged: float | None
) -> tuple[float | None, str]:
    """The rate to use, None where it is unclear, and a sentence on how it was chosen."""
    fastest = _steepest(rates, losses, smooth)
    if fastest is None:
        return None, _UNCLEAR
    if diverged is None or fastest <= diverged / 10:
        return fastest, f"At {fastest:.2g} the loss falls fastest."
    if diverged / 10 < 10 * rates[0]:
        return None, f"Training diverges at {diverged:.2g} already: start at lower rates."
    return diverged / 10, f"A tenth of {diverged:.2g}, where training diverges."


def _steepest(rates: Sequence[float], losses: Sequence[float], smooth: Sequence[float]) -> float | None:
    """The rate at which the loss falls fastest by the rate's logarithm; None where noise hides it.

    The narrowest window whose steepest slope stands out of the noise decides, so that a clear curve is placed exactly
    and a noisy one at all. Nothing is said about the first decade, nor beyond the lowest loss.
    """
    if len(losses) < FEWEST:
        return None
    last = min(int(np.argmin(smooth)) + 1 + _MEDIAN // 2, len(losses) - _LAST)
    x = np.log10(np.asarray(rates[_FIRST:last], dtype=np.float64))
    y = np.asarray(_running(np.median, losses, 3)[_FIRST:last])
    if len(x) < FEWEST:
        return None
    noise = _noise(np.asarray(losses[_FIRST:last]))
    for window in _WINDOWS:
        slopes, errors = _slopes(x, y, window / 2, noise)
        slopes[x < math.log10(rates[0]) + 1] = np.inf
        steepest = int(np.argmin(slopes))
        if slopes[steepest] < -max(_CERTAIN * errors[steepest], 1e-9):
            return float(10 ** _middle(x, slopes, steepest))
    return None


def _slopes(x: Floats, y: Floats, half: float, noise: float) -> tuple[Floats, Floats]:
    """The slope of the line through the points at most `half` from each x, and its standard error; infinite where the
    window goes over the ends or holds under five points."""
    slopes, errors = np.full(len(x), np.inf), np.full(len(x), np.inf)
    for index, centre in enumerate(x):
        inside = np.abs(x - centre) <= half + 1e-9
        whole = centre - half >= x[0] - 1e-9 and centre + half <= x[-1] + 1e-9
        if whole and inside.sum() >= 5:
            offsets = x[inside] - x[inside].mean()
            spread = float(offsets @ offsets)
            slopes[index] = float(offsets @ y[inside]) / spread
            errors[index] = noise / math.sqrt(spread)
    return slopes, errors


def _noise(y: Floats) -> float:
    """The standard deviation of a loss about its neighbours' line, by the median: outliers do not count."""
    bends = y[2:] - 2 * y[1:-1] + y[:-2]
    return float(1.4826 * np.median(np.abs(bends)) / math.sqrt(6))


def _middle(x: Floats, slopes: Floats, steepest: int) -> float:
    """The middle of the fall about its steepest place, weighted by slope: steadier in noise than that place."""
    steep = slopes <= _NEARLY * slopes[steepest]
    first = last = steepest
    while first > 0 and steep[first - 1]:
        first -= 1
    while last < len(x) - 1 and steep[last + 1]:
        last += 1
    return float(np.average(x[first : last + 1], weights=-slopes[first : last + 1]))


def _running(measure: Any, values: Sequence[float], window: int) -> list[float]:
    """A measure of each value and its neighbours, fewer at the ends."""
    half = window // 2
    return [float(measure(values[max(0, at - half) : at + half + 1])) for at in range(len(values))]
