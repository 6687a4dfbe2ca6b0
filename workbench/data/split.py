"""Holding images out: seeded, stratified by class, and the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import Labels

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Indices into a dataset, ascending."""

    training: Indices
    validation: Indices


def stratified_split(labels: Labels, validation_share: float, seed: int) -> Split:
    """Hold out `validation_share` of the images, in proportion from every class.

    The number held out is `len(labels) * validation_share`, rounded up; the classes with the largest remainders give
    one more. A class with one image keeps it for training.
    """
    generator = np.random.default_rng(seed)
    by_class = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    counts = _apportion([len(members) for members in by_class], validation_share)
    held_out = [generator.permutation(members)[:count] for members, count in zip(by_class, counts, strict=True)]
    validation = np.sort(np.concatenate(held_out)) if held_out else np.empty(0, np.int64)
    return Split(np.setdiff1d(np.arange(len(labels)), validation), validation)


def _apportion(sizes: list[int], share: float) -> list[int]:
    """Whole numbers that sum to the share of the total, rounded up (largest remainder), each below its class's size."""
    exact = [size * share for size in sizes]
    counts = [min(int(value), size - 1) for value, size in zip(exact, sizes, strict=True)]
    missing = ceil(sum(sizes) * share) - sum(counts)
    for index in sorted(range(len(sizes)), key=lambda i: counts[i] - exact[i])[: max(missing, 0)]:
        if counts[index] < sizes[index] - 1:
            counts[index] += 1
    return counts
