"""Fingerprints of images: one that only equal pixels share, and one that alike images nearly share."""

from __future__ import annotations

import os
import tempfile
from hashlib import blake2b
from typing import IO

import numpy as np
from numpy.typing import NDArray

from workbench.data.fit import with_channels
from workbench.data.opencv import cv2
from workbench.data.source import DatasetError, Image

_SIDE = 32
_LOW = 8
_MEDIAN = (_LOW * _LOW - 1) // 2
_IN_MEMORY = 100_000
THUMB = 16
"""Height and width of the pictures by which candidates are compared."""


class Fingerprints:
    """The fingerprints of as many images, in the order of the source.

    `pixels` are two words of a BLAKE2 over shape and values; `alike` 64 bits of a perceptual hash. The small pictures
    by which candidates are compared stand in a temporary file where they are many.
    """

    def __init__(self, count: int) -> None:
        self.pixels = np.zeros((count, 2), np.uint64)
        self.alike = np.zeros(count, np.uint64)
        self.seen = np.zeros(count, np.bool_)
        """Which images could be read."""
        self.thumbs, self._file = _thumbs(max(count, 1))

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
        if self._file is not None:
            self._file.close()


def _thumbs(count: int) -> tuple[NDArray[np.uint8], IO[bytes] | None]:
    """Room for the small pictures: in memory, or where they are many in a file that has all its room from the start,
    since one that cannot grow while it is mapped ends the process. Raises DatasetError.
    """
    shape = count, THUMB * THUMB
    if count <= _IN_MEMORY:
        return np.zeros(shape, np.uint8), None
    file = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the mapping)
    try:
        os.posix_fallocate(file.fileno(), 0, count * THUMB * THUMB)
    except OSError as error:
        file.close()
        size = f"{count * THUMB * THUMB:,} bytes"
        raise DatasetError(f"{tempfile.gettempdir()}: Expected room for {size} ({error.strerror})") from None
    return np.memmap(file, np.uint8, "r+", shape=shape), file


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
