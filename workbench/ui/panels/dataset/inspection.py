"""One image looked at closely: its picture and the distribution of its values. For threads."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import numpy as np
from PySide6.QtGui import QImage

from workbench.data.source import Source
from workbench.ui.background import Report
from workbench.ui.panels.dataset.pictures import as_picture, reduced

BINS = 64
_LARGEST = 2048
"""Pixels a side that are shown; a larger image is reduced for the picture."""


@dataclass(frozen=True)
class Inspection:
    """`histogram`: for each channel how many values fall into each of BINS equal parts of 0 to 255."""

    index: int
    picture: QImage
    size: tuple[int, int, int]
    """Height, width, channels as stored."""
    kind: str
    histogram: tuple[tuple[int, ...], ...]
    lowest: float
    mean: float
    highest: float


def inspect(source: Source, index: int, report: Report, cancel: Event) -> Inspection:
    """Raises DatasetError."""
    image = source.read(index)
    channels = [image[..., channel] for channel in range(image.shape[2])]
    counts = (np.histogram(values, BINS, (0, 255))[0] for values in channels)
    return Inspection(
        index,
        as_picture(reduced(image, _LARGEST)),
        (image.shape[0], image.shape[1], image.shape[2]),
        str(image.dtype),
        tuple(tuple(count.tolist()) for count in counts),
        float(image.min()),
        float(image.mean(dtype=np.float64)),
        float(image.max()),
    )
