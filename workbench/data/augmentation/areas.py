"""Effects that look at more than one pixel, or at where it is. Images are uint8 or float32, and stay that."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, radians, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.effects import (
    Area,
    Equalise,
    Erase,
    GaussianBlur,
    GaussianNoise,
    Jpeg,
    MotionBlur,
    SaltAndPepper,
    Sharpness,
    Stretch,
)
from workbench.data.augmentation.values import looked_up, rounded
from workbench.data.opencv import cv2
from workbench.data.source import Image

_FILLS = {"black": 0, "grey": 128, "white": 255}
_SMOOTH = np.array([[1, 1, 1], [1, 5, 1], [1, 1, 1]], np.float32) / 13
"""The kernel that Pillow's ImageFilter.SMOOTH has, which RandAugment's sharpness blends with."""
_LEAST_BLUR = 0.05
"""A smaller standard deviation changes no byte."""


def done(image: Image, effect: Area) -> Image:
    """The image after the effect; an image that came is not changed."""
    return _EFFECTS[type(effect)](image, effect).reshape(image.shape)


def _as(image: Image, values: NDArray[Any]) -> Image:
    """Values as the image has them, within 0 to 255."""
    values = np.clip(values, 0, 255)
    return rounded(values) if image.dtype == np.uint8 else values.astype(np.float32, copy=False)


def _chance(bits: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(bits))


def _stretch(image: Image, _: Stretch) -> Image:
    low = image.min(axis=(0, 1)).astype(np.float32)
    reach = image.max(axis=(0, 1)).astype(np.float32) - low
    flat = reach <= 0
    scale = np.where(flat, 1, 255 / np.where(flat, 1, reach)).astype(np.float32)
    return _as(image, (image - np.where(flat, 0, low)) * scale)


def _equalise(image: Image, _: Equalise) -> Image:
    return np.dstack([_equalised(image[..., channel]) for channel in range(image.shape[-1])])


def _equalised(plane: Image) -> Image:
    """Pillow's ImageOps.equalize; values between two bytes get what is between the bytes' results."""
    counts = np.bincount(rounded(plane).ravel(), minlength=256)
    present = counts[counts > 0]
    step = (present.sum() - present[-1]) // 255
    if len(present) < 2 or step == 0:
        return plane
    table: NDArray[np.int64] = np.minimum((np.concatenate([[0], np.cumsum(counts)[:-1]]) + step // 2) // step, 255)
    if plane.dtype == np.uint8:
        return looked_up(np.ascontiguousarray(plane)[..., np.newaxis], table.astype(np.uint8))[..., 0]
    return np.interp(plane, np.arange(256), table).astype(np.float32)


def _sharpness(image: Image, effect: Sharpness) -> Image:
    smooth = cv2.filter2D(image, -1, _SMOOTH, borderType=cv2.BORDER_REPLICATE).reshape(image.shape)
    blend: Image = cv2.addWeighted(image, effect.factor, smooth, 1 - effect.factor, 0)
    return blend if image.dtype == np.uint8 else _as(image, blend)


def _gaussian(image: Image, effect: GaussianBlur) -> Image:
    if effect.deviation < _LEAST_BLUR:
        return image
    return cv2.GaussianBlur(image, (0, 0), effect.deviation, borderType=cv2.BORDER_REPLICATE)


def _motion(image: Image, effect: MotionBlur) -> Image:
    return cv2.filter2D(image, -1, line_kernel(effect.length, effect.degrees), borderType=cv2.BORDER_REPLICATE)


def line_kernel(length: int, degrees: float) -> NDArray[np.float32]:
    """A line of one pixel's width through the middle; its weights sum to 1."""
    size = length | 1
    kernel = np.zeros((size, size), np.float32)
    steps = np.linspace(-(length - 1) / 2, (length - 1) / 2, 4 * length)
    columns = np.rint(size // 2 + steps * cos(radians(degrees))).astype(int)
    rows = np.rint(size // 2 - steps * sin(radians(degrees))).astype(int)
    np.add.at(kernel, (np.clip(rows, 0, size - 1), np.clip(columns, 0, size - 1)), 1)
    kernel /= kernel.sum()
    return kernel


def _noise(image: Image, effect: GaussianNoise) -> Image:
    shape = (*image.shape[:2], 1 if effect.grey else image.shape[2])
    return _as(image, image + _chance(effect.bits).standard_normal(shape, np.float32) * np.float32(effect.deviation))


def _salt(image: Image, effect: SaltAndPepper) -> Image:
    chance = _chance(effect.bits).random((*image.shape[:2], 1), np.float32)
    out = np.where(chance < effect.share / 2, image.dtype.type(0), image)
    return np.where(chance > 1 - effect.share / 2, image.dtype.type(255), out)


def _jpeg(image: Image, effect: Jpeg) -> Image:
    """cv2 means blue, green, red: colour is turned round before and after, or its loss would be another."""
    stored = np.ascontiguousarray(rounded(image)[..., ::-1])
    _, packed = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, effect.quality])
    unpacked = np.asarray(cv2.imdecode(packed, cv2.IMREAD_UNCHANGED)).reshape(image.shape)[..., ::-1]
    return np.ascontiguousarray(unpacked, image.dtype)


def _erase(image: Image, effect: Erase) -> Image:
    box, out = effect.box, image.copy()
    hole = out[box.top : box.bottom, box.left : box.right]
    if effect.fill == "noise":
        hole[:] = _chance(effect.bits).integers(0, 256, hole.shape, np.uint8)
    else:
        hole[:] = _FILLS[effect.fill]
    return out


_EFFECTS: dict[type, Callable[[Image, Any], Image]] = {
    Stretch: _stretch,
    Equalise: _equalise,
    Sharpness: _sharpness,
    GaussianBlur: _gaussian,
    MotionBlur: _motion,
    GaussianNoise: _noise,
    SaltAndPepper: _salt,
    Jpeg: _jpeg,
    Erase: _erase,
}
