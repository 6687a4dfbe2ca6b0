"""Fingerprints of images: one that only equal pixels share, and one that alike images nearly share."""

from __future__ import annotations

import tempfile
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from workbench.data.fit import with_channels
from workbench.data.opencv import cv2
from workbench.data.source import Image

_SIDE = 32
_LOW = 8
_MEDIAN = (_LOW * _LOW - 1) // 2
THUMB = 16
"""Height and width of the pictures by which candidates are compared."""


class Fingerprints:
    """The fingerprints of as many images, in the order of the source.

    `pixels` are two words of a BLAKE2 over shape and values; `alike` 64 bits of a perceptual hash. The small pictures
    by which candidates are compared stand in a temporary file, so that memory stays small.
    """

    def __init__(self, count: int) -> None:
        self.pixels = np.zeros((count, 2), np.uint64)
        self.alike = np.zeros(count, np.uint64)
        self.seen = np.zeros(count, np.bool_)
        """Which images could be read."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the mapping)
        self._file.truncate(max(count, 1) * THUMB * THUMB)
        self.thumbs = np.memmap(self._file, np.uint8, "r+", shape=(max(count, 1), THUMB * THUMB))

    def add(self, index: int, image: Image) -> None:
        """Takes an image's fingerprints."""
        digest = blake2b(repr(image.shape).encode(), digest_size=16)
        digest.update(np.ascontiguousarray(image if image.dtype == np.uint8 else image.astype(np.float32)).data)
        self.pixels[index] = np.frombuffer(digest.digest(), np.uint64)
        grey = np.ascontiguousarray(with_channels(image, 1)[..., 0].astype(np.float32))
        self.alike[index] = perceptual_hash(grey)
        self.thumbs[index] = np.rint(_resized(grey, THUMB)).clip(0, 255).astype(np.uint8).ravel()
        self.seen[index] = True

    def close(self) -> None:
        """Gives the temporary file back."""
        del self.thumbs
        self._file.close()


def perceptual_hash(grey: NDArray[np.float32]) -> np.uint64:
    """Signs of the lowest 8 x 8 frequencies (DCT of a 32 x 32 picture) against their median, without the mean.

    Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010 (pHash).
    """
    low = cv2.dct(_resized(grey, _SIDE))[:_LOW, :_LOW].ravel()
    above = low > np.sort(low[1:])[_MEDIAN]
    above[0] = False
    return np.uint64(np.packbits(above).view(np.uint64)[0])


def _resized(grey: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    shrinks = min(grey.shape) > side
    return np.asarray(
        cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR), np.float32
    )
