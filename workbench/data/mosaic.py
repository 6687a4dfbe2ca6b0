"""Many pictures as one, in rows and columns."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8]
GAP = 2
WHITE = 255


def columns_for(count: int) -> int:
    """As many as make about a square."""
    return max(1, math.ceil(math.sqrt(count)))


def mosaic(pictures: NDArray[Any], columns: int = 0, gap: int = GAP) -> Pictures:
    """Count x height x width x channels in reading order, `gap` pixels apart on white; 0 columns: about a square."""
    count, height, width, channels = pictures.shape
    columns = min(columns or columns_for(count), max(1, count))
    rows = -(-count // columns)
    out = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap, channels), WHITE, np.uint8)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        top, left = gap + row * (height + gap), gap + column * (width + gap)
        out[top : top + height, left : left + width] = picture
    return out


def enlarged(picture: Pictures, least: int) -> Pictures:
    """Every pixel as a square, so that the longer side has about `least` pixels or more; larger ones as they are."""
    times = max(1, math.ceil(least / max(picture.shape[:2])))
    return picture.repeat(times, axis=0).repeat(times, axis=1)
