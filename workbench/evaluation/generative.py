"""How good generated images are, by features of them: rows are images, columns what a classifier sees in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.errors import GenerativeError

Features = NDArray[Any]
NEIGHBOURS = 5
"""As in the paper of density and coverage."""
_CHUNK = 256
"""Rows of a block of distances: with 60,000 columns 120 MB at double precision."""


@dataclass(frozen=True)
class Moments:
    """Mean and covariance of features (the unbiased one, as the published code of the Frechet distance has it)."""

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]


@dataclass(frozen=True)
class Neighbours:
    """Query x rank, the nearest first: places among the references, and Euclidean distances."""

    indices: NDArray[np.int64]
    distances: NDArray[np.float64]


@dataclass(frozen=True)
class Fidelity:
    """`coverage`: share of real images near which a generated one lies. `density`: how many real neighbourhoods a
    generated image lies in, over what is expected; above 1 where they crowd at the densest places.
    """

    density: float
    coverage: float


def moments(features: Features) -> Moments:
    """Raises GenerativeError for fewer than two images, or where a value is not finite."""
    values = _checked(features, 2)
    return Moments(values.mean(axis=0), np.atleast_2d(np.cov(values, rowvar=False)))


def frechet_distance(real: Moments, generated: Moments) -> float:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) (Dowson and Landau, 1982; Heusel et al., 2017).

    The trace of the root is the sum of the singular values of C1^(1/2) C2^(1/2): symmetric decompositions only, so
    that covariances without full rank, as with few images, do no harm.
    """
    if real.mean.shape != generated.mean.shape:
        raise GenerativeError(
            f"Expected as many features of the generated images as of the real ones, {len(real.mean)}. "
            f"Received: {len(generated.mean)}"
        )
    apart = real.mean - generated.mean
    roots = _root(real.covariance) @ _root(generated.covariance)
    shared = float(np.linalg.svd(roots, compute_uv=False).sum())
    distance = float(apart @ apart) + float(np.trace(real.covariance) + np.trace(generated.covariance)) - 2 * shared
    return max(0.0, distance)


def fidelity(real: Features, generated: Features, neighbours: int = NEIGHBOURS) -> Fidelity:
    """Density and coverage (Naeem et al., 2020). A neighbourhood reaches to the k-th nearest other real image.

    Raises GenerativeError where there are not more real images than neighbours.
    """
    originals, samples = _checked(real, neighbours + 1), _checked(generated, 1)
    _same_width(originals, samples)
    radii = np.concatenate([_radii(originals, rows, neighbours) for rows in _chunks(len(originals), _CHUNK)])
    inside, covered = 0, 0
    for rows in _chunks(len(originals), _CHUNK):
        near = _squares(originals[rows], samples) < radii[rows, np.newaxis]
        inside += int(near.sum())
        covered += int(near.any(axis=1).sum())
    return Fidelity(inside / (neighbours * len(samples)), covered / len(originals))


def nearest(queries: Features, references: Iterable[Features], count: int) -> Neighbours:
    """The nearest of all references for each query; references come in blocks and are numbered through.

    Of several equally near ones the first counts. Raises GenerativeError where there are none.
    """
    wanted = _checked(queries, 1)
    best = np.full((len(wanted), 0), np.inf)
    places = np.zeros((len(wanted), 0), np.int64)
    seen = 0
    for block in references:
        values = _checked(block, 1)
        _same_width(values, wanted)
        numbers = np.broadcast_to(np.arange(seen, seen + len(values)), (len(wanted), len(values)))
        found = np.concatenate([best, _squares(wanted, values)], axis=1)
        places = np.concatenate([places, numbers], axis=1)
        order = np.argsort(found, axis=1, kind="stable")[:, :count]
        best, places = np.take_along_axis(found, order, 1), np.take_along_axis(places, order, 1)
        seen += len(values)
    if not seen:
        raise GenerativeError("Expected at least one image to compare with. Received: none")
    return Neighbours(places, np.sqrt(best))


def _checked(features: Features, least: int) -> NDArray[np.float64]:
    """A row an image, at double precision."""
    values = np.asarray(features, np.float64)
    values = values.reshape(len(values), -1)
    if len(values) < least:
        raise GenerativeError(f"Expected at least {least:,} images. Received: {len(values):,}")
    if not np.isfinite(values).all():
        bad = int(np.count_nonzero(~np.isfinite(values).all(axis=1)))
        raise GenerativeError(f"Features of {bad:,} of {len(values):,} images are not finite.")
    return values


def _same_width(one: Features, other: Features) -> None:
    if one.shape[1] != other.shape[1]:
        raise GenerativeError(f"Expected {one.shape[1]:,} features an image. Received: {other.shape[1]:,}")


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The square root of a covariance; what rounding made negative is 0."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T, np.float64)


def _squares(rows: NDArray[np.float64], columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared Euclidean distances."""
    lengths = np.einsum("if,if->i", rows, rows)[:, np.newaxis] + np.einsum("if,if->i", columns, columns)
    return np.asarray(np.maximum(lengths - 2 * (rows @ columns.T), 0), np.float64)


def _radii(originals: NDArray[np.float64], rows: slice, neighbours: int) -> NDArray[np.float64]:
    """Squared distance of each of these rows to its k-th nearest other."""
    squares = _squares(originals[rows], originals)
    squares[np.arange(len(squares)), np.arange(rows.start, rows.start + len(squares))] = np.inf
    return np.partition(squares, neighbours - 1, axis=1)[:, neighbours - 1]


def _chunks(total: int, size: int) -> list[slice]:
    return [slice(start, min(start + size, total)) for start in range(0, total, size)]
