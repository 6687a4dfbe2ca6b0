"""What stands near a place, without a look at all there is."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

from PySide6.QtCore import QRectF

_SIDE = 512.0
"""Scene pixels; a node touches four squares at most."""

Square = tuple[int, int]
Key = TypeVar("Key", bound=Hashable)


class Neighbourhood(Generic[Key]):
    """Rectangles by key, filed by the squares of paper that they touch.

    Qt's own index would do, but asked between moves it files the moved items anew each time.
    """

    def __init__(self) -> None:
        self._boxes: dict[Key, QRectF] = {}
        self._squares: dict[Square, set[Key]] = {}

    def clear(self) -> None:
        """Nothing stands anywhere."""
        self._boxes.clear()
        self._squares.clear()

    def put(self, key: Key, box: QRectF) -> None:
        """It stands there, wherever it stood before."""
        self.remove(key)
        self._boxes[key] = box
        for square in _squares(box):
            self._squares.setdefault(square, set()).add(key)

    def remove(self, key: Key) -> None:
        """It is gone; nothing happens when it was not there."""
        box = self._boxes.pop(key, None)
        for square in _squares(box) if box is not None else ():
            self._squares[square].discard(key)

    def near(self, place: QRectF) -> dict[Key, QRectF]:
        """What touches a place."""
        found = {key for square in _squares(place) for key in self._squares.get(square, ())}
        return {key: box for key in found if (box := self._boxes[key]).intersects(place)}


def _squares(box: QRectF) -> Iterator[Square]:
    left, right = int(box.left() // _SIDE), int(box.right() // _SIDE)
    for row in range(int(box.top() // _SIDE), int(box.bottom() // _SIDE) + 1):
        for column in range(left, right + 1):
            yield column, row
