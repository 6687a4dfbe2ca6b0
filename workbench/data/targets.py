"""Targets that are maps: how the mask or the picture of an image becomes what an output is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.effects import (
    Box,
    Effect,
    Erase,
    Frame,
    GaussianBlur,
    GaussianNoise,
    Jpeg,
    MotionBlur,
    SaltAndPepper,
    Sharpness,
    Warp,
)
from workbench.data.augmentation.matrices import product, scaling
from workbench.data.source import DatasetError, Source

TargetKind = Literal["classes", "masks", "image"]
DEGRADING = (Erase, GaussianBlur, GaussianNoise, Jpeg, MotionBlur, SaltAndPepper, Sharpness)
"""Effects that an image-to-image network is to undo: its target is without them."""


def target_kind(chosen: str, source: Source) -> TargetKind:
    """What `DatasetSettings.target` means for a dataset. Raises DatasetError where the dataset has no such targets."""
    if chosen == "auto":
        return "masks" if source.masked else "image" if source.paired else "classes"
    if chosen == "masks" and not source.masked:
        raise DatasetError(f"Expected a dataset with masks (IMAGES::MASKS). Received: {source.name}, which has classes")
    if chosen == "classes" and (source.masked or source.paired):
        has = "masks" if source.masked else "pictures"
        raise DatasetError(f"Expected a dataset with a class for each image. Received: {source.name}, which has {has}")
    return "masks" if chosen == "masks" else "image" if chosen == "image" else "classes"


class Output(NamedTuple):
    """The map that a network gives: height, width and channels (None: not known), and how many of its positions stand
    for one of the input's along each axis; None where that cannot be told, and the map then shows the whole input.
    """

    shape: tuple[int | None, ...]
    scale: tuple[float, float] | None = (1.0, 1.0)

    @property
    def channels(self) -> int | None:
        """The last of the shape, where it is the shape of a map."""
        return self.shape[2] if len(self.shape) == 3 else None


@dataclass(frozen=True)
class MapFrame:
    """Where a network's output lies in its input's frame: `full` is the frame in the output's scale, of which the
    output is the middle of `height` x `width`. So targets of valid convolutions are cropped.
    """

    full: Frame
    height: int
    width: int

    @classmethod
    def of(cls, frame: Frame, output: Output) -> MapFrame:
        """The output of a network whose input is of `frame`."""
        height, width = output.shape[:2] if len(output.shape) == 3 else (None, None)
        rows, columns = output.scale or (1.0, 1.0)
        tall = _full(frame.height * rows, height, output.scale is None)
        wide = _full(frame.width * columns, width, output.scale is None)
        return cls(Frame(tall, wide), height or tall, width or wide)

    @property
    def top(self) -> int:
        """Rows of the full frame above the output."""
        return (self.full.height - self.height) // 2

    @property
    def left(self) -> int:
        """Columns of the full frame left of the output."""
        return (self.full.width - self.width) // 2

    def cropped(self, values: NDArray[Any]) -> NDArray[Any]:
        """The part of full height x width that the output shows; a view."""
        return values[self.top : self.top + self.height, self.left : self.left + self.width]

    def box(self, box: Box, frame: Frame) -> Box:
        """A box of the input's frame in the output."""
        x, y = self.full.width / frame.width, self.full.height / frame.height
        return Box(
            _within(box.left * x - self.left, self.width),
            _within(box.top * y - self.top, self.height),
            _within(box.right * x - self.left, self.width),
            _within(box.bottom * y - self.top, self.height),
        )


def _full(size: float, output: int | None, whole: bool) -> int:
    """An output that is larger than what its scale gives shows the whole input, stretched."""
    reached = round(size)
    return output if output is not None and (whole or output > reached) else reached


def _within(value: float, size: int) -> int:
    return min(max(round(value), 0), size)


def in_scale(effects: Sequence[Effect], frame: Frame, full: Frame) -> tuple[Effect, ...]:
    """Effects that were drawn for a frame, as they are in one of another size; what has lengths in pixels beside
    movements stays.
    """
    if frame == full:
        return tuple(effects)
    x, y = full.width / frame.width, full.height / frame.height
    there, back = scaling(x, y), scaling(1 / x, 1 / y)
    return tuple(
        Warp(product(there, product(effect.matrix, back)), effect.edge) if isinstance(effect, Warp) else effect
        for effect in effects
    )


def undegraded(effects: Sequence[Effect], paired: bool) -> tuple[Effect, ...]:
    """What the target of an image-to-image network shares with its input: movements and colours; of a paired picture,
    whose colours are its own, movements only.
    """
    if paired:
        return tuple(effect for effect in effects if isinstance(effect, Warp))
    return tuple(effect for effect in effects if not isinstance(effect, DEGRADING))


def shares(masks: NDArray[np.uint8], classes: int) -> NDArray[np.float32]:
    """Masks as float32 shares, ... x classes; nothing but zeros where a pixel is void."""
    table = np.zeros((256, classes), np.float32)
    table[np.arange(classes), np.arange(classes)] = 1
    return table[masks]
