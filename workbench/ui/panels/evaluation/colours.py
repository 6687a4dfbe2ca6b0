"""Numbers as colours: heat for Grad-CAM, grey for features, blue and orange for signed weights."""

from __future__ import annotations

from typing import Any

_HEAT = ((0, 0, 4), (87, 16, 110), (188, 55, 84), (249, 142, 9), (252, 255, 164))
"""Anchors of matplotlib's inferno (CC0): as bright as it is high."""
_NEGATIVE, _ZERO, _POSITIVE = (196, 85, 0), (255, 255, 255), (11, 98, 176)


def heat(values: Any) -> Any:
    """Height x width x 4 uint8 from 0 to 1: what is 0 is transparent."""
    import numpy as np

    places = np.linspace(0, 1, len(_HEAT))
    channels = [np.interp(values, places, [color[channel] for color in _HEAT]) for channel in range(3)]
    return np.stack([*channels, 255 * np.clip(values, 0, 1) ** 0.5], axis=-1).round().astype(np.uint8)


def features(values: Any) -> Any:
    """Height x width uint8: black is the smallest, white the largest; even values are grey."""
    import numpy as np

    low, high = float(np.min(values)), float(np.max(values))
    if not np.isfinite(high - low) or high == low:
        return np.full(values.shape, 64 if high == 0 else 128, np.uint8)
    return ((values - low) / (high - low) * 255).round().astype(np.uint8)


def weights(values: Any, largest: float) -> Any:
    """Height x width x 3 uint8: orange is negative, white 0, blue positive."""
    import numpy as np

    scaled = values / (largest or 1.0)
    places = (-1.0, 0.0, 1.0)
    colors = (_NEGATIVE, _ZERO, _POSITIVE)
    channels = [np.interp(scaled, places, [color[channel] for color in colors]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def filter_pictures(kernel: Any) -> list[Any]:
    """A picture for each filter of a kernel: height x width x inputs x filters, or inputs x outputs of a dense layer.

    Filters over three channels are shown in colour, others side by side for at most 8 of their inputs.
    """
    import numpy as np

    largest = float(np.max(np.abs(kernel))) if kernel.size else 1.0
    if kernel.ndim == 2:
        return [weights(kernel, largest)]
    if kernel.ndim == 3:  # one axis: length x inputs x filters
        return [weights(kernel[..., index].T, largest) for index in range(kernel.shape[-1])]
    if kernel.ndim == 5:  # three axes: the middle slice
        kernel = kernel[kernel.shape[0] // 2]
    if kernel.shape[2] == 3:
        return [features(kernel[..., index]) for index in range(kernel.shape[3])]
    shown = min(kernel.shape[2], _SIDE_BY_SIDE)
    return [
        _beside([weights(kernel[:, :, channel, index], largest) for channel in range(shown)])
        for index in range(kernel.shape[3])
    ]


_SIDE_BY_SIDE = 9


def _beside(pictures: list[Any]) -> Any:
    """Pictures of one size in a square arrangement, a grey pixel between them."""
    import numpy as np

    if len(pictures) == 1:
        return pictures[0]
    across = int(np.ceil(np.sqrt(len(pictures))))
    down = -(-len(pictures) // across)
    height, width = pictures[0].shape[:2]
    canvas = np.full((down * (height + 1) - 1, across * (width + 1) - 1, 3), 128, np.uint8)
    for number, one in enumerate(pictures):
        top, left = number // across * (height + 1), number % across * (width + 1)
        canvas[top : top + height, left : left + width] = one
    return canvas
