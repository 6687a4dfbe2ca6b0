"""Numbers of a dataset: images by class and part, sizes, means, deviations, class weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.data.opencv import cv2
from workbench.data.source import Image, Indices, Labels, Source
from workbench.data.split import Split

PARTS = ("training", "validation", "test")


@dataclass(frozen=True)
class Statistics:
    """What was counted and measured."""

    counts: NDArray[np.int64]
    """Readable images: class x part, the parts being training, validation and test."""
    sizes: Mapping[tuple[int, int, int], int]
    """Images by height, width and channels, the most frequent first."""
    mean: tuple[float, ...]
    """Of every channel over the pixels of the training images, black being 0 and white 1."""
    deviation: tuple[float, ...]
    weights: tuple[float, ...]
    """Balanced class weights of the training images."""


def parts_of(source: Source, split: Split | None) -> NDArray[np.int8]:
    """For each sample the position of its part in PARTS: by the split, else as the source divides itself."""
    parts = np.zeros(len(source), np.int8)
    given = np.array(source.parts, np.str_)
    parts[given == "validation"], parts[given == "test"] = 1, 2
    if split is not None:
        parts[split.training], parts[split.validation], parts[split.test] = 0, 1, 2
    return parts


def count_images(source: Source, split: Split | None = None) -> NDArray[np.int64]:
    """Images by class x part, without reading any."""
    return _counted(source.labels, parts_of(source, split), len(source.class_names))


def class_weights(labels: Labels, classes: int) -> NDArray[np.float64]:
    """Weights with which every class that has images counts alike: images / (classes with images x images of the
    class), as scikit-learn's "balanced". A class without images has 0.
    """
    counts = np.bincount(labels, minlength=classes)
    present = counts > 0
    weights = np.zeros(len(counts))
    weights[present] = counts.sum() / (present.sum() * counts[present])
    return weights


def _counted(labels: Labels, parts: NDArray[np.int8], classes: int) -> NDArray[np.int64]:
    counts = np.zeros((classes, len(PARTS)), np.int64)
    np.add.at(counts, (labels, parts), 1)
    return counts


class Tally:
    """Adds up what one pass over the images sees."""

    def __init__(self, source: Source, parts: NDArray[np.int8]) -> None:
        self._source = source
        self._parts = parts
        self._sizes: Counter[tuple[int, int, int]] = Counter()
        self._sums = {1: np.zeros((3, 1)), 3: np.zeros((3, 3))}
        """By number of channels: pixels, sum and sum of squares of each."""

    def add(self, index: int, moments: NDArray[np.float64], shape: tuple[int, ...]) -> None:
        """An image by its channels' `moments_of`."""
        height, width, channels = shape
        self._sizes[height, width, channels] += 1
        if self._parts[index] == 0 and channels in self._sums:
            self._sums[channels] += moments

    def statistics(self, readable: Indices) -> Statistics:
        """The result over all that was added."""
        labels, parts = self._source.labels[readable], self._parts[readable]
        classes = len(self._source.class_names)
        sums = self._sums[3] + self._sums[1] if self._sums[3].any() else self._sums[1]
        count = np.maximum(sums[0], 1)
        mean = sums[1] / count
        deviation = np.sqrt(np.maximum(sums[2] / count - mean**2, 0))
        return Statistics(
            _counted(labels, parts, classes),
            dict(self._sizes.most_common()),
            tuple((mean / 255).tolist()),
            tuple((deviation / 255).tolist()),
            tuple(class_weights(labels[parts == 0], classes).tolist()),
        )


def moments_of(image: Image) -> NDArray[np.float64]:
    """3 x channels: number of pixels, sum and sum of squares."""
    mean, deviation = (values.reshape(-1) for values in cv2.meanStdDev(image))
    pixels = image.shape[0] * image.shape[1]
    moments: NDArray[np.float64] = np.array((np.ones_like(mean), mean, deviation**2 + mean**2)) * pixels
    return moments
