"""Classes of every pixel of an image of any size, from a network of one size: in tiles that fade into one another."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.data.fit import Fit, Framing, Pixels, resized
from workbench.data.opencv import cv2
from workbench.data.source import Image, Mask
from workbench.engine.errors import JobError
from workbench.engine.evaluation.reading_ahead import ahead
from workbench.engine.evaluation.segmenter import Segmenter
from workbench.evaluation.tiling import Band, Blend, Pair, Tile, Tiling, tiling

Scale = Literal["auto", "image", "network"]


@dataclass(frozen=True)
class Tiled:
    """What tiles are put through: `given` height and width enter, `kept` come out, `batch` tiles at a time.

    Probabilities are tiles x height x width x `classes`, float32.
    """

    given: Pair
    kept: Pair
    classes: int
    batch: int
    framing: Framing
    probabilities: Callable[[Pixels], NDArray[np.float32]]
    any_size: bool = False
    """Whether training showed images as they are, without framing."""


@dataclass(frozen=True)
class Plan:
    """How an image is predicted: at the size `shape`, which is its own or that of the network's training images."""

    shape: Pair
    tiles: Tiling
    own_size: bool


def tiled(segmenters: Sequence[Segmenter], shape: Pair) -> Tiled:
    """One network, or the average of several of the same sizes, for an image of this shape. Raises JobError."""
    first = segmenters[0]
    given, kept = first.sizes(shape)
    for other in segmenters[1:]:
        if (other.sizes(shape), other.channels) != ((given, kept), first.channels):
            raise JobError(
                f"Runs that are averaged over pixels take images of one size and give maps of one size: "
                f"{first.trained.run.name} and {other.trained.run.name} do not."
            )
    batch = min(segmenter.batch_size for segmenter in segmenters)

    def mean(images: Pixels) -> NDArray[np.float32]:
        total = first.probabilities(images, kept)
        for other in segmenters[1:]:
            total = total + other.probabilities(images, kept)
        return total if len(segmenters) == 1 else total / np.float32(len(segmenters))

    return Tiled(given, kept, len(first.class_names), batch, first.framing(), mean, first.any_size)


def plan(shape: Pair, network: Tiled, scale: Scale) -> Plan:
    """Images larger than the network are predicted at their own size; others at that which training saw them in.

    `scale` "image" and "network" ask for one of both.
    """
    larger = any(side > given for side, given in zip(shape, network.given, strict=True))
    own = network.any_size or scale == "image" or (scale == "auto" and larger)
    size = shape if own else _trained_size(shape, network.given, network.framing.fit)
    return Plan(size, tiling(size, network.given, network.kept), own)


def bands(image: Image, tiles: Tiling, network: Tiled, tell: Callable[[int], None]) -> Iterator[Band]:
    """Probabilities of the image's rows from the top, as soon as no further tile changes them.

    `tell` hears how many tiles were done; what it raises ends the work. Tiles are cut in threads while the network
    works on those before; of the image's probabilities no more is held than the rows of one row of tiles.
    """
    order = tiles.tiles
    batches = [order[start : start + network.batch] for start in range(0, len(order), network.batch)]
    blend = Blend(tiles, network.classes)

    def cut(batch: list[Tile]) -> tuple[list[Tile], Pixels]:
        framing = network.framing
        return batch, np.stack([framing.scaled(framing.frame(tiles.cut(image, tile))) for tile in batch])

    with contextlib.closing(ahead(cut, batches)) as read:
        for batch, pixels in read:
            for tile, values in zip(batch, network.probabilities(pixels), strict=True):
                yield from blend.add(tile, values)
            tell(len(batch))
    yield blend.rest()


def classes_of(image: Image, made: Plan, network: Tiled, tell: Callable[[int], None]) -> Mask:
    """The most probable class of each pixel, in the image's own height and width."""
    worked_on = image if made.own_size else resized(image, *made.shape, "stretch")
    found = bands(worked_on, made.tiles, network, tell)
    if made.shape == image.shape[:2]:
        mask = np.empty(made.shape, np.uint8)
        for top, values in found:
            mask[top : top + len(values)] = np.argmax(values, axis=-1)
        return mask
    return _enlarged(np.concatenate([values for _, values in found]), image.shape[:2])


def _trained_size(shape: Pair, given: Pair, fit: Fit) -> Pair:
    """The size that an image is brought to in training; what would be cut off there is kept, and predicted too."""
    if fit == "stretch":
        return given
    scales = [side / own for side, own in zip(given, shape, strict=True)]
    scale = max(scales) if fit == "crop" else min(scales)
    height, width = (max(1, round(own * scale)) for own in shape)
    return height, width


def _enlarged(values: NDArray[Any], shape: Pair) -> Mask:
    """Probabilities brought to another size before one class is chosen: borders between classes stay smooth."""
    height, width = shape
    mask = np.zeros(shape, np.uint8)
    best = np.full(shape, -1, np.float32)
    for label in range(values.shape[2]):
        own = np.ascontiguousarray(values[..., label])
        layer = cv2.resize(own, (width, height), interpolation=cv2.INTER_LINEAR)
        np.putmask(mask, layer > best, label)
        np.maximum(best, layer, out=best)
    return mask
