"""Holding images out: seeded, stratified by class, and the same on every machine and for every storage."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from workbench.data.keys import Ids, drawn
from workbench.data.source import Indices, Labels


@dataclass(frozen=True)
class Split:
    """Indices into a source, ascending."""

    training: Indices
    validation: Indices
    test: Indices


def split_samples(
    ids: Ids, labels: Labels, parts: tuple[str, ...], validation_share: float, test_share: float, seed: int
) -> Split:
    """The source's own parts where it has them; what is missing is held out of the rest, stratified by class.

    The number held out is the share of what there is, rounded up; the classes with the largest remainders give one
    more. A class with one image keeps it for training.
    """
    given = np.array(parts, dtype=np.str_)
    test, validation = np.flatnonzero(given == "test"), np.flatnonzero(given == "validation")
    training = np.flatnonzero((given != "test") & (given != "validation"))
    if not len(test) and test_share:
        training, test = _held_out(training, ids, labels, test_share, "test", seed)
    if not len(validation) and validation_share:
        training, validation = _held_out(training, ids, labels, validation_share, "validation", seed)
    return Split(training, validation, test)


def _held_out(
    members: Indices, ids: Ids, labels: Labels, share: float, purpose: str, seed: int
) -> tuple[Indices, Indices]:
    """What stays and what is held out, both ascending: of each class those whose draws are the smallest."""
    chance = drawn(ids[members], purpose, seed)
    by_class = [np.flatnonzero(labels[members] == label) for label in np.unique(labels[members])]
    counts = _apportion([len(positions) for positions in by_class], share)
    out = np.zeros(len(members), np.bool_)
    for positions, count in zip(by_class, counts, strict=True):
        out[positions[np.argsort(chance[positions], kind="stable")[:count]]] = True
    return members[~out], members[out]


def _apportion(sizes: list[int], share: float) -> list[int]:
    """Whole numbers that sum to the share of the total, rounded up (largest remainder), each below its class's size."""
    exact = [size * share for size in sizes]
    counts = [min(int(value), size - 1) for value, size in zip(exact, sizes, strict=True)]
    missing = ceil(sum(sizes) * share) - sum(counts)
    for index in sorted(range(len(sizes)), key=lambda i: counts[i] - exact[i])[: max(missing, 0)]:
        if counts[index] < sizes[index] - 1:
            counts[index] += 1
    return counts
