"""One image looked at closely: its picture and the distribution of its values. For threads."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import numpy as np
from PySide6.QtGui import QImage

from workbench.data.source import DatasetError, Image, Mask, Source
from workbench.ui.background import Report
from workbench.ui.images.masks import Colour, indexed, source_colours
from workbench.ui.panels.dataset.pictures import as_picture, reduced

BINS = 64
_LARGEST = 2048
"""Pixels a side that are shown; a larger image is reduced for the picture."""


@dataclass(frozen=True)
class Inspection:
    """`histogram`: for each channel how many values fall into each of BINS equal parts of 0 to 255."""

    index: int
    picture: QImage
    mask: QImage | None
    """Its classes as indices, where it has a mask."""
    target: QImage | None
    """The picture that is paired with it, if there is one."""
    colours: tuple[Colour, ...]
    """Of the classes, where there is a mask."""
    shares: tuple[float, ...]
    """Of the mask's pixels, by class."""
    unlabelled: float
    """Share of the mask's pixels that belong to no class."""
    problem: str
    """Why there is no mask or picture of what has one; else ""."""
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
    (mask, target), problem = (None, None), ""
    try:
        mask, target = _companions(source, index, image)
    except DatasetError as error:
        problem = str(error)
    counts = np.zeros(256, np.int64) if mask is None else np.bincount(mask.reshape(-1), minlength=256)
    classes, pixels = len(source.class_names), max(1, int(counts.sum()))
    channels = [image[..., channel] for channel in range(image.shape[2])]
    histograms = (np.histogram(values, BINS, (0, 255))[0] for values in channels)
    return Inspection(
        index,
        as_picture(reduced(image, _LARGEST)),
        None if mask is None else indexed(_thinned(mask, _LARGEST)),
        None if target is None else as_picture(reduced(target, _LARGEST)),
        () if mask is None else source_colours(source),
        () if mask is None else tuple((counts[:classes] / pixels).tolist()),
        float(counts[classes:].sum() / pixels),
        problem,
        (image.shape[0], image.shape[1], image.shape[2]),
        str(image.dtype),
        tuple(tuple(each.tolist()) for each in histograms),
        float(image.min()),
        float(image.mean(dtype=np.float64)),
        float(image.max()),
    )


def _companions(source: Source, index: int, image: Image) -> tuple[Mask | None, Image | None]:
    """The mask, or the picture, of an image. Raises DatasetError."""
    mask = source.read_mask(index) if source.masked else None
    if mask is not None and mask.shape != image.shape[:2]:
        (height, width), (tall, wide) = image.shape[:2], mask.shape
        raise DatasetError(f"Expected a mask of the image's size, {height} x {width}. Received: {tall} x {wide}")
    return mask, source.read_target(index) if source.paired else None


def _thinned(mask: Mask, side: int) -> Mask:
    """The mask no larger than a square of this side: every so many pixels one, as it is."""
    step = -(-max(mask.shape) // side)
    return mask[::step, ::step]
