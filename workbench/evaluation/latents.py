"""Points that a generator makes images of: drawn, kept from the outskirts, and on the way from one to another."""

from __future__ import annotations

from math import erfc, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Latents = NDArray[np.float32]
"""Points x size of the latent space."""

_WORD = 2**64 - 1
_QUANTILE = NormalDist().inv_cdf
_TINY = float(np.finfo(float).tiny)
_SAME_DIRECTION = 1e-6
"""Radians, or sine of the angle, below which two directions count as one, or as opposite ones."""


def latents(seed: int, count: int, size: int, first: int = 0) -> Latents:
    """Standard normal points `first`, `first + 1`, …: point k is the same whatever `first` and `count` are.

    Philox counters (Salmon et al., 2011) keyed on seed and point.
    """
    points = np.empty((count, size), np.float32)
    for row in range(count):
        random = np.random.Generator(np.random.Philox(key=np.array([seed & _WORD, first + row], np.uint64)))
        random.standard_normal(out=points[row], dtype=np.float32)
    return points


def truncated(points: NDArray[Any], threshold: float) -> Latents:
    """The points with every value moved into plus or minus `threshold` (0: as they are), in order.

    A normal value becomes a truncated normal one, as if those outside had been drawn again (Brock et al., 2019), but
    each is the image of its own: a point moves smoothly with the threshold. Less variety, and what is nearer the mean.
    """
    if threshold < 0 or np.isnan(threshold):
        raise ValueError(f"expected a truncation of 0 or more, got {threshold:g}")
    values = np.asarray(points, np.float32)
    if not threshold or np.isinf(threshold):
        return values
    # All in the lower half of the distribution: near 1 a probability has no digits left for what is far out.
    outside = _below(-threshold)
    shares = (max(_TINY, outside + _below(-abs(value)) * (1 - 2 * outside)) for value in values.ravel().tolist())
    moved = [-_QUANTILE(share) for share in shares]
    inside = np.clip(np.array(moved, np.float64), 0, threshold).reshape(values.shape)
    return np.copysign(inside, values).astype(np.float32)


def slerp(start: NDArray[Any], end: NDArray[Any], share: NDArray[Any] | float) -> Latents:
    """The point at `share` (0: `start`, 1: `end`) of the great circle between two points; several shares give rows.

    Shoemake, 1985, with lengths interpolated as by White, 2016: a straight line would pass where hardly a normal point
    lies. Between opposite points, where every circle leads, the way is by one axis that depends on `start` only.
    """
    first, last = np.asarray(start, np.float64), np.asarray(end, np.float64)
    shares = np.asarray(share, np.float64)[..., np.newaxis]
    long, other = float(np.linalg.norm(first)), float(np.linalg.norm(last))
    if not long or not other:
        return ((1 - shares) * first + shares * last).astype(np.float32)
    # By halves of sum and difference: an arc cosine has no digits near 0 and near pi.
    here, there = first / long, last / other
    angle = 2 * float(np.arctan2(np.linalg.norm(here - there), np.linalg.norm(here + there)))
    if angle < _SAME_DIRECTION:
        way = (1 - shares) * first + shares * last
    elif np.pi - angle < _SAME_DIRECTION:
        turned = np.cos(shares * np.pi) * here + np.sin(shares * np.pi) * _square_to(here)
        way = np.where(shares == 1, last, ((1 - shares) * long + shares * other) * turned)
    else:
        way = (np.sin((1 - shares) * angle) * first + np.sin(shares * angle) * last) / np.sin(angle)
    return way.astype(np.float32)


def walk(stops: NDArray[Any], frames: int, closed: bool = False) -> tuple[Latents, NDArray[np.int64]]:
    """`frames` points evenly spread over the great circles from each stop to the next, and the nearer stop of each.

    Both ends are among them; `closed`: back to the first stop, which comes once. Raises ValueError for fewer than two
    stops or frames.
    """
    points = np.asarray(stops, np.float32)
    if len(points) < 2 or frames < 2:
        raise ValueError(f"expected a walk of 2 frames or more between 2 points or more, got {frames}, {len(points)}")
    legs = len(points) if closed else len(points) - 1
    # Whole numbers as long as possible: a stop is met exactly.
    leg, rest = np.divmod(np.arange(frames) * legs, frames if closed else frames - 1)
    shares = rest / (frames if closed else frames - 1)
    way = np.empty((frames, points.shape[1]), np.float32)
    for number in np.unique(leg):
        here = leg == number
        way[here] = slerp(points[number % len(points)], points[(number + 1) % len(points)], shares[here])
    return way, ((leg + (shares >= 0.5)) % len(points)).astype(np.int64)


def _below(value: float) -> float:
    """Probability of a smaller normal value; to full precision where `value` is not above 0."""
    return 0.5 * erfc(-value / sqrt(2))


def _square_to(direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """A unit vector at a right angle to another; of one axis there is none, and 0 is given."""
    axis = np.zeros_like(direction)
    axis[int(np.argmin(np.abs(direction)))] = 1
    rest = axis - (axis @ direction) * direction
    length = float(np.linalg.norm(rest))
    return np.asarray(rest / max(length, _TINY), np.float64)
