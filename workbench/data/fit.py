"""From a stored image to what enters a network: its size, its channels, its range of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from workbench.data.opencv import cv2
from workbench.data.source import DatasetError, Image

Pixels = NDArray[np.float32]
Fit = Literal["stretch", "crop", "pad"]
ValueRange = Literal["0..1", "-1..1", "0..255"]
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_RANGES: dict[str, tuple[float, float]] = {"0..1": (1 / 255, 0), "-1..1": (2 / 255, -1), "0..255": (1, 0)}
"""Factor and offset."""


def value_bounds(value_range: ValueRange) -> tuple[float, float]:
    """The values of black and of full brightness."""
    factor, offset = _RANGES[value_range]
    return float(offset), float(offset + 255 * factor)


@dataclass(frozen=True)
class Framing:
    """What the network takes: height, width and channels (None: as the image is), and how images become that."""

    shape: tuple[int | None, ...]
    fit: Fit = "stretch"
    value_range: ValueRange = "0..1"

    def __post_init__(self) -> None:
        if len(self.shape) != 3:
            raise DatasetError(
                f"Expected a network input of height x width x channels for images. Received: {self.shape}"
            )
        if self.shape[2] not in (1, 3, None):
            raise DatasetError(f"Expected a network input with 1 or 3 channels for images. Received: {self.shape[2]}")

    def frame(self, image: Image) -> Image:
        """The image in the network's size and channels, in the values that it had.

        Enlarging is bilinear, shrinking averages areas. Grey images are repeated over three channels; colour images
        become grey by luma (ITU-R BT.601).
        """
        return resized(with_channels(image, self.shape[2]), self.shape[0], self.shape[1], self.fit)

    def scaled(self, image: Image) -> Pixels:
        """Values from 0 to 255 in the network's range, as float32."""
        factor, offset = _RANGES[self.value_range]
        scaled = image.astype(np.float32) * np.float32(factor)
        return scaled + np.float32(offset) if offset else scaled


def resized(image: Image, height: int | None, width: int | None, fit: Fit) -> Image:
    """Height x width x channels; None keeps the image's own."""
    height, width = height or image.shape[0], width or image.shape[1]
    if fit == "crop":
        image = _centre(image, min(image.shape[0] / height, image.shape[1] / width), height, width)
    if fit == "pad":
        scale = min(height / image.shape[0], width / image.shape[1])
        inner = max(1, round(image.shape[0] * scale)), max(1, round(image.shape[1] * scale))
        return _padded(_stretched(image, *inner), height, width)
    return _stretched(image, height, width)


def interpolated(image: Image, shape: tuple[int, ...]) -> Image:
    """What bicubic interpolation alone makes of an image, in a height, width and number of channels."""
    image = with_channels(image, shape[2])
    if image.shape[:2] == shape[:2]:
        return image
    return cv2.resize(image, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC).reshape(*shape[:2], -1)


def with_channels(image: Image, channels: int | None) -> Image:
    """The image with 1 or 3 channels."""
    have = image.shape[-1]
    if channels is None or have == channels:
        return image
    if channels == 3:
        return np.repeat(image, 3, axis=-1)
    grey = (image.astype(np.float32) @ _LUMA)[..., np.newaxis]
    return grey if image.dtype == np.float32 else np.rint(grey).astype(np.uint8)


def _stretched(image: Image, height: int, width: int) -> Image:
    if image.shape[:2] == (height, width):
        return image
    shrinks = height < image.shape[0] or width < image.shape[1]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(image, (width, height), interpolation=interpolation).reshape(height, width, -1)


def _centre(image: Image, scale: float, height: int, width: int) -> Image:
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    top, left = (image.shape[0] - rows) // 2, (image.shape[1] - columns) // 2
    return image[top : top + rows, left : left + columns]


def _padded(image: Image, height: int, width: int) -> Image:
    out = np.zeros((height, width, image.shape[2]), image.dtype)
    top, left = (height - image.shape[0]) // 2, (width - image.shape[1]) // 2
    out[top : top + image.shape[0], left : left + image.shape[1]] = image
    return out
