"""One image looked at closely: its picture and the distribution of its values. For threads."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import numpy as np
from PySide6.QtGui import QImage

from workbench.data.fit import with_channels
from workbench.data.source import Image, Mask, Source
from workbench.ui.background import Report
from workbench.ui.panels.dataset.pictures import as_picture, reduced

BINS = 64
_COLOURS = np.array(
    [(230, 97, 0), (26, 133, 255), (93, 58, 155), (0, 158, 115), (240, 228, 66), (204, 121, 167), (213, 94, 0)],
    np.float32,
)
"""Of mask classes from 1 on, again from the start where there are more."""
_STRENGTH = 0.5
_LARGEST = 2048
"""Pixels a side that are shown; a larger image is reduced for the picture."""


@dataclass(frozen=True)
class Inspection:
    """`histogram`: for each channel how many values fall into each of BINS equal parts of 0 to 255."""

    index: int
    picture: QImage
    masked: QImage | None
    """The picture under its mask, where there is one; class 0 is left clear."""
    areas: tuple[tuple[str, float], ...]
    """Classes of the mask with their share of the pixels."""
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
    mask = source.read_mask(index) if source.masked else None
    channels = [image[..., channel] for channel in range(image.shape[2])]
    counts = (np.histogram(values, BINS, (0, 255))[0] for values in channels)
    return Inspection(
        index,
        as_picture(reduced(image, _LARGEST)),
        None if mask is None else as_picture(reduced(_under(image, mask), _LARGEST)),
        () if mask is None else _areas(mask, source.class_names),
        (image.shape[0], image.shape[1], image.shape[2]),
        str(image.dtype),
        tuple(tuple(count.tolist()) for count in counts),
        float(image.min()),
        float(image.mean(dtype=np.float64)),
        float(image.max()),
    )


def _under(image: Image, mask: Mask) -> Image:
    """The image, RGB, with its classes of pixels coloured. A mask of another size is stretched to the image's."""
    rows, columns = (np.arange(size) * have // size for size, have in zip(image.shape[:2], mask.shape, strict=True))
    classes = mask[rows[:, np.newaxis], columns]
    tint = _COLOURS[(classes.astype(np.int64) - 1) % len(_COLOURS)]
    rgb = with_channels(image, 3).astype(np.float32)
    return np.where(classes[..., np.newaxis] > 0, rgb * (1 - _STRENGTH) + tint * _STRENGTH, rgb)


def _areas(mask: Mask, names: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    shares = np.bincount(mask.reshape(-1), minlength=len(names)) / mask.size
    return tuple((names[label], float(share)) for label, share in enumerate(shares[: len(names)]) if share)
