"""What images measure: sizes, channels, and mean and variance of each channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

import numpy as np
from numpy.typing import NDArray

from workbench.data.keys import Ids, drawn
from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, Image, Indices, Source

Moments = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """`heights` and `widths` are smallest, median and largest. `mean` and `variance` are those of all pixels of the
    images that have the most common number of channels, one number a channel, in the values that were measured.
    """

    images: int
    heights: tuple[int, int, int]
    widths: tuple[int, int, int]
    channels: dict[int, int]
    """Number of images by number of channels."""
    mean: tuple[float, ...]
    variance: tuple[float, ...]
    unreadable: dict[int, str] = field(default_factory=dict)
    """Why, by index."""


def some_of(ids: Ids, among: Indices, most: int) -> Indices:
    """At most so many of the samples, always the same ones, ascending."""
    if len(among) <= most:
        return among
    chosen = np.argsort(drawn(ids[among], "measure"), kind="stable")[:most]
    return np.sort(among[chosen])


def measure(
    source: Source,
    samples: Indices,
    progress: Progress | None = None,
    cancel: Event | None = None,
    prepare: Callable[[Image], Image] | None = None,
) -> Measured:
    """Reads these samples; `prepare` makes of an image what is measured.

    Raises DatasetError where none of them can be read, and Cancelled.
    """
    steps = Steps("Measuring", len(samples), progress, cancel)
    sizes: list[tuple[int, int]] = []
    sums: dict[int, _Sums] = {}
    unreadable: dict[int, str] = {}
    channels: Counter[int] = Counter()
    for index in samples.tolist():
        steps.more()
        try:
            image = source.read(index)
            measured = image if prepare is None else prepare(image)
        except DatasetError as error:
            unreadable[index] = str(error)
            continue
        sizes.append((image.shape[0], image.shape[1]))
        channels[measured.shape[2]] += 1
        sums.setdefault(measured.shape[2], _Sums(measured.shape[2])).add(measured)
    if not sizes:
        why = f" The first one: {next(iter(unreadable.values()))}" if unreadable else ""
        raise DatasetError(f"Expected images that can be read. Received: none of {len(samples):,}.{why}")
    heights, widths = zip(*sizes, strict=True)
    common = sums[channels.most_common(1)[0][0]]
    return Measured(
        len(sizes), _extent(heights), _extent(widths), dict(channels), common.mean(), common.variance(), unreadable
    )


class _Sums:
    """Of values and of their squares, in float64: exact to far more digits than a network sees."""

    def __init__(self, channels: int) -> None:
        self._count = 0
        self._first: Moments = np.zeros(channels)
        self._second: Moments = np.zeros(channels)

    def add(self, image: Image) -> None:
        pixels = image.reshape(-1, image.shape[2]).astype(np.float64)
        self._count += len(pixels)
        self._first += pixels.sum(axis=0)
        self._second += np.einsum("pc,pc->c", pixels, pixels)

    def mean(self) -> tuple[float, ...]:
        return tuple((self._first / self._count).tolist())

    def variance(self) -> tuple[float, ...]:
        spread = self._second / self._count - (self._first / self._count) ** 2
        return tuple(np.maximum(spread, 0).tolist())


def _extent(sizes: tuple[int, ...]) -> tuple[int, int, int]:
    return min(sizes), int(np.median(sizes)), max(sizes)
