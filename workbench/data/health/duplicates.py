"""Images that are the same, and images that nearly are, in groups."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import numpy as np
from numpy.typing import NDArray

from workbench.data.health.fingerprints import Fingerprints
from workbench.data.progress import Progress, Steps
from workbench.data.source import Indices

DISTANCE = 4
"""Bits of 64 by which fingerprints of nearly the same image may differ."""
CORRELATION = 0.995
"""Least correlation of the small grey pictures of nearly the same image."""
MOST_PAIRS = 200_000
"""Where more are alike, all are, and a list of them helps nobody."""
_BANDS = tuple((start, min(start + 13, 64)) for start in range(0, 64, 13))
"""One more than the bits that may differ: in one band at least the fingerprints are equal."""
_AT_ONCE = 1 << 14


def same_images(prints: Fingerprints) -> list[Indices]:
    """Groups of images with equal pixels, each ascending."""
    seen = np.flatnonzero(prints.seen)
    _, group, sizes = np.unique(prints.pixels[seen], axis=0, return_inverse=True, return_counts=True)
    return _grouped(seen, group.reshape(-1), sizes)


def alike_images(prints: Fingerprints, progress: Progress | None = None, cancel: Event | None = None) -> list[Indices]:
    """Groups of images that are nearly the same (resized, recompressed, a little brighter), each ascending; of equal
    images only the first is looked at. Raises Cancelled.
    """
    seen = np.flatnonzero(prints.seen)
    _, first = np.unique(prints.pixels[seen], axis=0, return_index=True)
    chosen = np.sort(seen[first])
    parent = np.arange(len(chosen))
    pairs = 0
    for left, right in _pairs(prints, chosen, Steps("Comparing images", len(_BANDS), progress, cancel)):
        for one, other in zip(left.tolist(), right.tolist(), strict=True):
            _join(parent, one, other)
        pairs += len(left)
        if pairs > MOST_PAIRS:
            break
    roots = np.array([_root(parent, position) for position in range(len(chosen))], np.int64)
    _, group, sizes = np.unique(roots, return_inverse=True, return_counts=True)
    return _grouped(chosen, group, sizes)


def _pairs(prints: Fingerprints, chosen: Indices, steps: Steps) -> Iterator[tuple[Indices, Indices]]:
    """Positions in `chosen` of images that are nearly the same. Pairs may come more than once.

    Within a band, sorted, equal values stand side by side: each is compared with the next, the next but one, and so on
    as long as the values are equal.
    """
    hashes = prints.alike[chosen]
    for start, end in _BANDS:
        band = (hashes >> np.uint64(start)) & np.uint64((1 << (end - start)) - 1)
        order = np.argsort(band, kind="stable")
        banded = band[order]
        here = np.arange(len(order))
        for step in range(1, len(order)):
            here = here[here < len(order) - step]
            here = here[banded[here] == banded[here + step]]
            if not len(here):
                break
            steps.more(0)
            left, right = order[here], order[here + step]
            near = np.bitwise_count(hashes[left] ^ hashes[right]) <= DISTANCE
            yield from _verified(prints, chosen, left[near], right[near])
        steps.more()


def _verified(
    prints: Fingerprints, chosen: Indices, left: Indices, right: Indices
) -> Iterator[tuple[Indices, Indices]]:
    for start in range(0, len(left), _AT_ONCE):
        one, other = left[start : start + _AT_ONCE], right[start : start + _AT_ONCE]
        alike = _correlation(prints.thumbs[chosen[one]], prints.thumbs[chosen[other]]) >= CORRELATION
        if alike.any():
            yield one[alike], other[alike]


def _correlation(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Of each pair of pictures; 0 where one is of a single grey, which says nothing."""
    left, right = one.astype(np.float32), other.astype(np.float32)
    left -= left.mean(axis=1, keepdims=True)
    right -= right.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    products: NDArray[np.float32] = np.einsum("ij,ij->i", left, right)
    correlation: NDArray[np.float32] = np.divide(products, norms, out=np.zeros_like(products), where=norms > 0)
    return correlation


def _grouped(members: Indices, group: NDArray[np.intp], sizes: NDArray[np.intp]) -> list[Indices]:
    """The groups of two and more, by their first member."""
    several = np.flatnonzero(sizes[group] > 1)
    order = several[np.argsort(group[several], kind="stable")]
    cuts = np.flatnonzero(np.diff(group[order])) + 1
    return sorted(np.split(members[order], cuts), key=lambda found: int(found[0])) if len(order) else []


def _root(parent: Indices, position: int) -> int:
    while parent[position] != position:
        parent[position] = parent[parent[position]]
        position = int(parent[position])
    return position


def _join(parent: Indices, one: int, other: int) -> None:
    low, high = sorted((_root(parent, one), _root(parent, other)))
    parent[high] = low
