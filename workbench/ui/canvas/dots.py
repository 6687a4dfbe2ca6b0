"""The grid behind the nodes."""

from __future__ import annotations

from math import floor

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from workbench.ui.canvas.geometry import GRID
from workbench.ui.canvas.ink import Ink

_APART = 3 * GRID
_FROM_ZOOM = 0.5


class Dots:
    """A dot at every third line of the grid, unless it is seen from afar: one call, from a pattern that is kept."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[float, int, int], QPolygonF] | None = None
        """Of a zoom and a size."""

    def paint(self, painter: QPainter, rect: QRectF, ink: Ink) -> None:
        """All dots in a rectangle of the scene."""
        zoom = painter.worldTransform().m11()
        if zoom < _FROM_ZOOM:
            return
        painter.save()
        painter.setRenderHint(painter.RenderHint.Antialiasing, False)
        painter.setPen(ink.dots)
        painter.translate(floor(rect.left() / _APART) * _APART, floor(rect.top() / _APART) * _APART)
        painter.drawPoints(self._pattern(zoom, rect))
        painter.restore()

    def _pattern(self, zoom: float, rect: QRectF) -> QPolygonF:
        columns, rows = int(rect.width() // _APART) + 2, int(rect.height() // _APART) + 2
        key = (zoom, columns, rows)
        if self._kept is None or self._kept[0] != key:
            points = [QPointF(x * _APART, y * _APART) for x in range(columns) for y in range(rows)]
            self._kept = (key, QPolygonF(points))
        return self._kept[1]
