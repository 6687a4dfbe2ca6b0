"""The whole graph in a few calls of the painter: the zoomed-out canvas and the minimap.

Two thousand items that each paint themselves cost more than a frame; rectangles of one colour in one call do not.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from workbench.layers import Category
from workbench.ui.canvas.ink import Ink
from workbench.ui.canvas.node_item import NodeItem
from workbench.ui.canvas.wire_item import WireItem


class Overview:
    """Batches of rectangles and lines, gathered when something changed since they were last painted."""

    def __init__(self) -> None:
        self._stale = True
        self.edition = 0
        """Goes up when the batches are others."""
        self.bounds = QRectF()
        self._nodes: dict[Category | int | str, list[QRectF]] = {}
        """By category, or by what the overlay says."""
        self._marked: dict[str, list[QRectF]] = {}
        self._wires: dict[str, list[QLineF]] = {}

    def expire(self) -> None:
        """Something moved, came, went or changed its looks."""
        self._stale = True

    def gather(self, nodes: Iterable[NodeItem], wires: Iterable[WireItem]) -> None:
        """Bring the batches up to date, if need be."""
        if not self._stale:
            return
        self._stale = False
        self.edition += 1
        self._nodes, self._marked, self._wires = {}, {}, {}
        self.bounds = QRectF()
        for item in nodes:
            body = item.body
            self.bounds |= body
            measure = item.look.measure
            group = (measure.tone or measure.level) if measure else item.look.category
            self._nodes.setdefault(group, []).append(body)
            mark = "error" if item.look.errors or item.look.alarm else "warning" if item.look.warnings else None
            for key in (mark, "frozen" if item.look.frozen else None, "selected" if item.isSelected() else None):
                if key:
                    self._marked.setdefault(key, []).append(body)
        for wire in wires:
            look = wire.look
            key = "misfit" if not look.fits else "known" if look.known else "unknown"
            self._wires.setdefault("selected" if wire.isSelected() else key, []).extend(wire.segments)

    def paint(self, painter: QPainter, ink: Ink) -> None:
        """Everything, in scene coordinates, without the grid."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for key, lines in self._wires.items():
            painter.setPen(_wire_pen(key, ink))
            painter.drawLines(lines)
        painter.setPen(Qt.PenStyle.NoPen)
        for group, bodies in self._nodes.items():
            if isinstance(group, Category):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(ink.overview[group])
            else:  # the faintest tint is the node's own ground: only an outline sets it apart
                painter.setPen(ink.border)
                painter.setBrush(ink.tones[group] if isinstance(group, str) else ink.heat[group])
            painter.drawRects(bodies)
        for key, bodies in self._marked.items():
            _mark(painter, key, bodies, ink)
        painter.restore()


def _wire_pen(key: str, ink: Ink) -> QPen:
    color = {"misfit": ink.error, "known": ink.wire, "unknown": ink.wire_unknown, "selected": ink.selection}[key]
    pen = QPen(color, 2 if key in ("misfit", "selected") else 1)
    pen.setCosmetic(True)
    if key == "unknown":
        pen.setStyle(Qt.PenStyle.DashLine)
    return pen


def _mark(painter: QPainter, key: str, bodies: list[QRectF], ink: Ink) -> None:
    """What sets some nodes apart: an outline, and a corner block whose shape says which it is."""
    color = {"error": ink.error, "warning": ink.warning, "frozen": ink.frozen, "selected": ink.selection}[key]
    if key == "frozen":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(color))
        painter.drawRects([QRectF(body.left(), body.bottom() - 16, body.width(), 16) for body in bodies])
        return
    pen = QPen(color, 3 if key == "selected" else 2)
    pen.setCosmetic(True)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRects(bodies)
    if key != "selected":
        side = 40 if key == "error" else 24
        painter.setBrush(QBrush(color))
        painter.drawRects([QRectF(body.right() - side / 2, body.top() - side / 2, side, side) for body in bodies])
