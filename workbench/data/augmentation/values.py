"""Functions of single values and colours: one look-up table, one matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.effects import ChannelShift, Linear, Posterise, Solarise, Table
from workbench.data.augmentation.fusing import Pass
from workbench.data.opencv import cv2
from workbench.data.source import Image

Floats = NDArray[np.float32]
_VALUES = np.arange(256, dtype=np.float32)
_VALUES_OF_CHANNELS = np.repeat(_VALUES[:, np.newaxis], 3, axis=1)


def passed(image: Image, function: Pass) -> Image:
    """The image after one pass; an image that came is not changed."""
    if isinstance(function, tuple):
        return _within(cv2.transform(image, np.array(function, np.float64).reshape(3, 3)))
    if image.dtype == np.uint8:
        return looked_up(image, table(function, image.shape[-1]))
    return applied(image.copy(), function)


def table(functions: Sequence[Table], channels: int) -> NDArray[np.uint8]:
    """256 values, for each channel where they differ."""
    differ = channels == 3 and any(isinstance(function, ChannelShift) for function in functions)
    return rounded(applied((_VALUES_OF_CHANNELS if differ else _VALUES).copy(), functions))


def looked_up(image: NDArray[np.uint8], values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Each value's entry in a table of 256, or of 256 x 3 for every channel its own."""
    entries = values if values.ndim == 1 else values[:, np.newaxis, :]
    return np.asarray(cv2.LUT(image, entries), np.uint8).reshape(image.shape)


def applied(values: Floats, functions: Sequence[Table]) -> Floats:
    """The functions one after another, in place; every one stays within 0 to 255."""
    for function in functions:
        _FUNCTIONS[type(function)](values, function)
        np.maximum(values, 0, out=values)
        np.minimum(values, 255, out=values)
    return values


def rounded(values: NDArray[Any]) -> NDArray[np.uint8]:
    """As bytes."""
    out: NDArray[np.uint8] = np.rint(values).astype(np.uint8)
    return out


def _within(image: Image) -> Image:
    """cv2 keeps bytes within their range, but not floats."""
    return image if image.dtype == np.uint8 else np.clip(image, 0, 255, out=image)


def _linear(values: Floats, function: Linear) -> None:
    np.multiply(values, np.float32(function.scale), out=values)
    np.add(values, np.float32(function.offset), out=values)


def _shift(values: Floats, function: ChannelShift) -> None:
    np.add(values, np.array(function.offsets, np.float32), out=values)


def _solarise(values: Floats, function: Solarise) -> None:
    np.subtract(255, values, out=values, where=values >= function.threshold)


def _posterise(values: Floats, function: Posterise) -> None:
    step = np.float32(2 ** (8 - function.bits))
    np.floor(values / step, out=values)
    np.multiply(values, step, out=values)


_FUNCTIONS: dict[type, Callable[[Floats, Any], None]] = {
    Linear: _linear,
    ChannelShift: _shift,
    Solarise: _solarise,
    Posterise: _posterise,
}
