"""Views of an image whose predictions are averaged (Krizhevsky, Sutskever and Hinton, 2012).

One view is the whole image. Five are the four corners and the centre of an image enlarged by 256/224, ten also their
mirror images: the network sees each at the size it was trained for.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

VIEWS = (1, 5, 10)
_ENLARGED, _SEEN = 256, 224


class View(NamedTuple):
    """A window of `height` x `width` at `top`, `left`; `mirrored` left to right."""

    top: int
    left: int
    height: int
    width: int
    mirrored: bool


def enlarged(size: int) -> int:
    """The side that an image is resized to before windows of `size` are cut out: 256 for 224."""
    return max(size + 1, round(size * _ENLARGED / _SEEN))


def views(height: int, width: int, rows: int, columns: int, count: int) -> tuple[View, ...]:
    """Where the windows of `rows` x `columns` lie in an image of `height` x `width`: top left, top right, bottom left,
    bottom right, centre; then these mirrored. Raises ValueError where there is no such count or a window does not fit.
    """
    if count not in VIEWS:
        raise ValueError(f"Expected {', '.join(map(str, VIEWS[:-1]))} or {VIEWS[-1]} crops. Received: {count}")
    if rows > height or columns > width:
        raise ValueError(f"Expected an image of at least {rows}x{columns}. Received: {height}x{width}")
    low, right = height - rows, width - columns
    places = [(0, 0), (0, right), (low, 0), (low, right), (low // 2, right // 2)]
    if count == 1:
        places = places[4:]
    upright = tuple(View(top, left, rows, columns, False) for top, left in places)
    return upright if count < 10 else upright + tuple(view._replace(mirrored=True) for view in upright)


def seen(images: NDArray[Any], view: View) -> NDArray[Any]:
    """What a view shows of images, count x height x width x channels."""
    window = images[:, view.top : view.top + view.height, view.left : view.left + view.width]
    return np.ascontiguousarray(window[:, :, ::-1]) if view.mirrored else window
