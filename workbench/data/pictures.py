"""Stored images made ready for one network, and kept in memory where they fit."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.warping import resized_to
from workbench.data.fit import Framing, with_channels
from workbench.data.source import Image, Indices, Source

FINEST = 2
"""Stored pixels along one of the network's that a movement may still use; more would be kept in vain."""
_MOST_KEPT = 2 * 1024**3


def memory_budget() -> int:
    """Bytes that images may take while a network trains: a quarter of the memory, 2 GiB at most."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # not on this system
        return _MOST_KEPT // 4
    return min(memory // 4, _MOST_KEPT)


def region(image: Image, framing: Framing) -> Image:
    """The part of an image that fills the network's input, in more detail than that where there is some.

    Movements sample it, so that zooming into a large photograph shows what is there. A padded image has no more
    detail than its frame, nor has a smaller one.
    """
    height, width, channels = framing.shape
    image = with_channels(image, channels)
    if framing.fit == "pad" or height is None or width is None:
        return framing.frame(image)
    if framing.fit == "crop":
        image = centre(image, height, width)
    if image.shape[0] < height or image.shape[1] < width:
        return framing.frame(image)
    most = min(image.shape[0], FINEST * height), min(image.shape[1], FINEST * width)
    return image if image.shape[:2] == most else resized_to(image, *most)


def centre(image: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """The largest middle part of the frame's proportions; a view."""
    scale = min(image.shape[0] / height, image.shape[1] / width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    top, left = (image.shape[0] - rows) // 2, (image.shape[1] - columns) // 2
    return image[top : top + rows, left : left + columns]


class Pictures:
    """Images of a source by index, either framed or as regions, read once while the budget in bytes lasts.

    What does not fit is read again each time: memory does not grow with the dataset.
    """

    def __init__(self, source: Source, framing: Framing, budget: int) -> None:
        self._source = source
        self._framing = framing
        self._budget = budget
        self._kept: dict[tuple[bool, int], Image] = {}
        self._bytes = 0

    def framed(self, index: int) -> Image:
        """In the size of the network's input. Raises DatasetError."""
        return self._get(index, False)

    def region(self, index: int) -> Image:
        """For movements to sample. Raises DatasetError."""
        return self._get(index, True)

    def _get(self, index: int, whole: bool) -> Image:
        kept = self._kept.get((whole, index))
        if kept is not None:
            return kept
        image = self._source.read(index)
        image = np.ascontiguousarray(region(image, self._framing) if whole else self._framing.frame(image))
        if self._bytes + image.nbytes <= self._budget:
            self._bytes += image.nbytes
            self._kept[whole, index] = image
        return image


class ReadyRows:
    """Tensors that are the same in every epoch: made once, and then a batch is one gathering of rows.

    `columns` are the shape and type of each of the tensors that `make` gives for a position.
    """

    def __init__(
        self,
        count: int,
        columns: Sequence[tuple[tuple[int, ...], type[np.generic]]],
        make: Callable[[int], Sequence[NDArray[Any]]],
    ) -> None:
        # Pages are taken as rows are written.
        self._columns = [np.empty((count, *shape), kind) for shape, kind in columns]
        self._written = np.zeros(count, np.bool_)
        self._make = make

    def __getitem__(self, positions: Indices) -> tuple[NDArray[Any], ...]:
        for position in positions[~self._written[positions]]:
            for column, row in zip(self._columns, self._make(int(position)), strict=True):
                column[position] = row
            self._written[position] = True
        return tuple(column[positions] for column in self._columns)
