"""Directions of the latent space along which a generator's images change most (Haerkoenen et al., GANSpace, 2020)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.errors import GenerativeError


@dataclass(frozen=True)
class Directions:
    """Rows of `vectors` are unit vectors of the latent space, the one with the largest share first.

    `shares` of the variance of what was looked at; a normal point has deviation 1 along each.
    """

    vectors: NDArray[np.float32]
    shares: NDArray[np.float64]

    def moved(self, point: NDArray[Any], amounts: NDArray[Any]) -> NDArray[np.float32]:
        """The point, moved along each direction by an amount in standard deviations."""
        steps = np.asarray(amounts, np.float32)
        return np.asarray(point, np.float32) + steps @ self.vectors[: len(steps)]


def principal_directions(points: NDArray[Any], activations: NDArray[Any], count: int) -> Directions:
    """Principal components of what a layer makes of `points` (points x size), carried back by least squares.

    `activations` are points x anything; there are no more directions than the space has. Raises GenerativeError where
    nothing varies, or for fewer than two points.
    """
    seen = np.asarray(activations, np.float64).reshape(len(points), -1)
    if len(points) < 2 or not np.isfinite(seen).all():
        raise GenerativeError("Expected finite activations of at least two points to find directions in.")
    seen = seen - seen.mean(axis=0)
    placed = np.asarray(points, np.float64)
    placed = placed - placed.mean(axis=0)
    if seen.shape[1] > len(seen):  # the same components from the smaller of the two products
        variances, coordinates = np.linalg.eigh(seen @ seen.T)
    else:
        variances, components = np.linalg.eigh(seen.T @ seen)
        coordinates = seen @ components / np.sqrt(np.maximum(variances, np.finfo(float).tiny))
    total = float(np.maximum(variances, 0).sum())
    if total <= 0:
        raise GenerativeError("The generator makes the same of every point: there are no directions.")
    order = np.argsort(-variances, kind="stable")[: min(count, placed.shape[1])]
    # Coordinates are orthonormal, so least squares of the points on them is a product.
    back = coordinates[:, order].T @ placed
    lengths = np.linalg.norm(back, axis=1, keepdims=True)
    kept = (lengths[:, 0] > 0) & (variances[order] > total * np.finfo(np.float32).eps)
    vectors = back[kept] / lengths[kept]
    # Which of its two ways a direction points is free: its largest part is positive, so that it is the same anywhere.
    largest = np.take_along_axis(vectors, np.argmax(np.abs(vectors), axis=1)[:, np.newaxis], 1)
    return Directions((vectors * np.sign(largest)).astype(np.float32), variances[order][kept] / total)
