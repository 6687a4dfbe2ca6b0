"""Stored images with their masks or target pictures, made ready for one network and kept in memory where they fit."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.effects import Frame, Warp
from workbench.data.augmentation.matrices import IDENTITY
from workbench.data.augmentation.warping import moved_mask
from workbench.data.fit import Framing
from workbench.data.pictures import FINEST, centre, region
from workbench.data.source import VOID, DatasetError, Image, Mask, Source
from workbench.data.targets import MapFrame, Output, TargetKind


class Pair(NamedTuple):
    """An image, and its mask or the picture that is to come out."""

    image: Image
    target: NDArray[Any]


class MapPictures:
    """Pairs by index, framed or as regions, read once while the budget in bytes lasts."""

    def __init__(self, source: Source, framing: Framing, kind: TargetKind, output: Output, budget: int) -> None:
        self._source = source
        self._framing = framing
        self._kind = kind
        self._output = output
        self._budget = budget
        self._kept: dict[tuple[bool, int], Pair] = {}
        self._bytes = 0

    def framed(self, index: int) -> Pair:
        """The image in the size of the network's input, the target in the full frame. Raises DatasetError."""
        return self._get(index, False)

    def region(self, index: int) -> Pair:
        """Both for movements to sample: what fills the frame, in more detail where there is some."""
        return self._get(index, True)

    def read(self, index: int, whole: bool) -> Pair:
        """As it is made, without keeping it. Raises DatasetError."""
        image = self._source.read(index)
        return self._masked(index, image, whole) if self._kind == "masks" else self._pictured(index, image, whole)

    def _get(self, index: int, whole: bool) -> Pair:
        kept = self._kept.get((whole, index))
        if kept is not None:
            return kept
        pair = Pair(*map(np.ascontiguousarray, self.read(index, whole)))
        size = pair.image.nbytes + pair.target.nbytes
        if self._bytes + size <= self._budget:
            self._bytes += size
            self._kept[whole, index] = pair
        return pair

    def _map(self, image: Image) -> MapFrame:
        height, width, _ = self._framing.shape
        return MapFrame.of(Frame(height or image.shape[0], width or image.shape[1]), self._output)

    def _masked(self, index: int, image: Image, whole: bool) -> Pair:
        mask = self._source.read_mask(index)
        if mask.shape != image.shape[:2]:
            raise DatasetError(
                f"{self._source.origin(index) or self._source.keys[index]}: Expected a mask of the image's size, "
                f"{image.shape[0]} x {image.shape[1]}. Received: {mask.shape[0]} x {mask.shape[1]}"
            )
        full = self._map(image).full
        if whole:
            return Pair(region(image, self._framing), mask_region(mask, self._framing, full))
        return Pair(self._framing.frame(image), framed_mask(mask, self._framing, full))

    def _pictured(self, index: int, image: Image, whole: bool) -> Pair:
        """The picture's channels stay where they may be needed: a network that colours is given grey."""
        picture = self._source.read_target(index) if self._source.paired else image
        full, channels = self._map(image).full, self._channels()
        framing = Framing((*full, channels), self._framing.fit)
        if not whole:
            return Pair(self._framing.frame(image), framing.frame(picture))
        if self._source.paired:
            return Pair(region(image, self._framing), region(picture, framing))
        # One region serves both, in the detail that the larger of them may use.
        height, width, own = self._framing.shape
        larger = max(full.height, height or 0), max(full.width, width or 0)
        both = max(own, channels) if own and channels else None
        shared = region(image, Framing((*larger, both), self._framing.fit))
        return Pair(shared, shared)

    def _channels(self) -> int | None:
        channels = self._output.channels
        if channels not in (1, 3, None):
            raise DatasetError(f"Expected an output with 1 or 3 channels, as images have. Received: {channels}")
        return channels


def framed_mask(mask: Mask, framing: Framing, full: Frame) -> Mask:
    """The nearest labels in the full frame; void where the image is padded."""
    height, width, _ = framing.shape
    if framing.fit == "pad" and height and width:
        return _padded(mask, full)
    if framing.fit == "crop" and height and width:
        mask = centre(mask, height, width)
    return mask if mask.shape == full else moved_mask(mask, full, Warp(IDENTITY), VOID)


def mask_region(mask: Mask, framing: Framing, full: Frame) -> Mask:
    """The part of a mask that fills the network's input, as `pictures.region` of its image."""
    height, width, _ = framing.shape
    if framing.fit == "pad" or height is None or width is None:
        return framed_mask(mask, framing, full)
    if framing.fit == "crop":
        mask = centre(mask, height, width)
    most = Frame(min(mask.shape[0], FINEST * full.height), min(mask.shape[1], FINEST * full.width))
    return mask if mask.shape == most else moved_mask(mask, most, Warp(IDENTITY), VOID)


def _padded(mask: Mask, full: Frame) -> Mask:
    scale = min(full.height / mask.shape[0], full.width / mask.shape[1])
    inner = Frame(max(1, round(mask.shape[0] * scale)), max(1, round(mask.shape[1] * scale)))
    out = np.full(full, VOID, np.uint8)
    top, left = (full.height - inner.height) // 2, (full.width - inner.width) // 2
    resized = moved_mask(mask, inner, Warp(IDENTITY), VOID)
    out[top : top + inner.height, left : left + inner.width] = resized
    return out
