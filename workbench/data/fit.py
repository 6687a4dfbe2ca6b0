"""From stored images to what enters a network: its size, its channels, values from 0 to 1."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from workbench.data.dataset import DatasetError, Images

Batch = NDArray[np.float32]


def fit_to_input(images: Images, shape: tuple[int | None, ...], value_max: int = 255) -> Batch:
    """Images as float32 of the network's input shape (height, width, channels), `value_max` becoming 1.0.

    Enlarging is bilinear, shrinking averages areas. Grey images are repeated over three channels; colour images
    become grey by luma (ITU-R BT.601). An unknown height or width keeps the images' own. Raises DatasetError for a
    shape that is no image.
    """
    height, width, channels = _image_shape(shape, images.shape)
    fitted = _with_channels(images.astype(np.float32) / np.float32(value_max), channels)
    if fitted.shape[1:3] == (height, width):
        return fitted
    shrinks = height < fitted.shape[1] or width < fitted.shape[2]
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    out = np.empty((len(fitted), height, width, channels), np.float32)
    for index, image in enumerate(fitted):
        out[index] = cv2.resize(image, (width, height), interpolation=interpolation).reshape(height, width, channels)
    return out


def _image_shape(shape: tuple[int | None, ...], stored: tuple[int, ...]) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise DatasetError(f"Expected a network input of height x width x channels for images. Received: {shape}")
    height, width, channels = (have if want is None else want for want, have in zip(shape, stored[1:], strict=True))
    if channels not in (1, 3):
        raise DatasetError(f"Expected a network input with 1 or 3 channels for images. Received: {channels}")
    return height, width, channels


def _with_channels(images: Batch, channels: int) -> Batch:
    have = images.shape[-1]
    if have == channels:
        return images
    if channels == 3:
        return np.repeat(images, 3, axis=-1)
    luma = np.array([0.299, 0.587, 0.114], np.float32)
    return (images @ luma)[..., np.newaxis]
