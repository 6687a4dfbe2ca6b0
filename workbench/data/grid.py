"""Tensors as pictures that people can look at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.data.fit import ValueRange

_RANGES: dict[str, tuple[float, float]] = {"0..1": (255, 0), "-1..1": (127.5, 127.5), "0..255": (1, 0)}
"""Factor and offset back to 0..255."""


def visible(tensors: NDArray[np.float32], value_range: ValueRange) -> NDArray[np.uint8]:
    """Tensors in the network's range as bytes in RGB: ... x height x width x 3."""
    factor, offset = _RANGES[value_range]
    values = np.rint(np.clip(tensors * np.float32(factor) + np.float32(offset), 0, 255)).astype(np.uint8)
    return np.repeat(values, 3, axis=-1) if values.shape[-1] == 1 else values


def mixture(target: NDArray[np.float32], class_names: Sequence[str], digits: int = 2) -> str:
    """A soft target in words: `0.70 shirt + 0.30 coat`; a class alone is just its name. Without what rounds to 0."""
    order = np.argsort(-target, kind="stable")
    least = 0.5 * 10**-digits
    parts = [(float(target[index]), class_names[int(index)]) for index in order if target[index] >= least]
    return parts[0][1] if len(parts) == 1 else " + ".join(f"{share:.{digits}f} {name}" for share, name in parts)


def grid(rows: Sequence[NDArray[np.uint8]], gap: int = 4, cell: int = 96) -> NDArray[np.uint8]:
    """Rows of pictures, each count x height x width x 3, on white; small pictures are enlarged to about `cell`."""
    height, width = rows[0].shape[1:3]
    times = max(1, round(cell / max(height, width)))
    columns = max(len(row) for row in rows)
    tall, wide = height * times + gap, width * times + gap
    out = np.full((len(rows) * tall + gap, columns * wide + gap, 3), 255, np.uint8)
    for r, row in enumerate(rows):
        for c, picture in enumerate(row):
            large = picture.repeat(times, axis=0).repeat(times, axis=1)
            out[gap + r * tall : (r + 1) * tall, gap + c * wide : (c + 1) * wide] = large
    return out
