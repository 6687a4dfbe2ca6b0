"""Chance that depends on what an image is, not on where or when it is read.

Order, split, augmentation and mixing partners are pure functions of (seed, epoch, sample key): a resumed run, another
storage of the same images and a parallel pipeline all draw the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint64]
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def sample_ids(keys: Iterable[str]) -> Ids:
    """64 bits for each sample key, the same on every machine."""
    return np.array([int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big") for key in keys], np.uint64)


def drawn(ids: Ids, purpose: str, *numbers: int) -> Ids:
    """64 random bits for each id; other purposes and numbers (seed, epoch) give others.

    SplitMix64 (Steele, Lea and Flood, 2014).
    """
    salt = int.from_bytes(blake2b(repr((purpose, numbers)).encode(), digest_size=8).digest(), "big")
    with np.errstate(over="ignore"):
        state = (np.asarray(ids, np.uint64) ^ np.uint64(salt)) + _GOLDEN
        state = (state ^ (state >> np.uint64(30))) * _FIRST
        state = (state ^ (state >> np.uint64(27))) * _SECOND
        return np.asarray(state ^ (state >> np.uint64(31)), np.uint64)


def generator(sample: int, purpose: str, *numbers: int) -> np.random.Generator:
    """A generator for one id; its first draws suffice for an image."""
    return np.random.Generator(np.random.SFC64(int(drawn(np.array([sample], np.uint64), purpose, *numbers)[0])))
