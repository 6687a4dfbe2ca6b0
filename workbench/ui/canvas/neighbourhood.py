"""Which nodes stand near a place, without a look at all of them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRectF

from workbench.graph import NodeId

_SIDE = 512.0
"""Scene pixels; a node touches four squares at most."""

Square = tuple[int, int]


class Neighbourhood:
    """Nodes' bodies, filed by the squares of paper that they touch.

    Qt's own index would do, but asked between moves it files the moved items anew each time.
    """

    def __init__(self) -> None:
        self._bodies: dict[NodeId, QRectF] = {}
        self._squares: dict[Square, set[NodeId]] = {}

    def clear(self) -> None:
        """Nothing stands anywhere."""
        self._bodies.clear()
        self._squares.clear()

    def put(self, node: NodeId, body: QRectF) -> None:
        """A node stands there, wherever it stood before."""
        self.remove(node)
        self._bodies[node] = body
        for square in _squares(body):
            self._squares.setdefault(square, set()).add(node)

    def remove(self, node: NodeId) -> None:
        """A node is gone; nothing happens when it was not there."""
        body = self._bodies.pop(node, None)
        for square in _squares(body) if body is not None else ():
            self._squares[square].discard(node)

    def near(self, box: QRectF) -> list[QRectF]:
        """The bodies that touch a box."""
        found = {node for square in _squares(box) for node in self._squares.get(square, ())}
        return [body for node in found if (body := self._bodies[node]).intersects(box)]


def _squares(box: QRectF) -> Iterator[Square]:
    left, right = int(box.left() // _SIDE), int(box.right() // _SIDE)
    for row in range(int(box.top() // _SIDE), int(box.bottom() // _SIDE) + 1):
        for column in range(left, right + 1):
            yield column, row
