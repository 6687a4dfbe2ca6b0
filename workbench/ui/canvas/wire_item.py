"""A wire on the scene: its path, its pen and the shape that flows through it."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QStaticText
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QStyle, QStyleOptionGraphicsItem, QWidget

from workbench.graph import Wire
from workbench.ui.canvas.ink import Ink
from workbench.ui.canvas.look import WireLook
from workbench.ui.canvas.painting import label_detail, paint_misfit, paint_wire_label

_LABEL_ROOM = QRectF(-60, -24, 120, 34)


def _stroke(path: QPainterPath, width: float) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    return stroker.createStroke(path)


def _corners(path: QPainterPath) -> list[QPointF]:
    """Where the parts of a path meet; the points that only bend its curves are left out."""
    curve = QPainterPath.ElementType.CurveToDataElement
    elements = [path.elementAt(index) for index in range(path.elementCount())]
    bends = {index for index, element in enumerate(elements) if element.type is QPainterPath.ElementType.CurveToElement}
    bends |= {index + 1 for index in bends if elements[index + 1].type is curve}
    return [QPointF(element.x, element.y) for index, element in enumerate(elements) if index not in bends]


class WireItem(QGraphicsPathItem):
    """Paints one wire. The scene gives it its path; `wire` is the value that the graph knows it by.

    `segments` are straight lines between the path's corners: how it runs when seen from afar.
    """

    def __init__(self, wire: Wire, look: WireLook, ink: Ink) -> None:
        super().__init__()
        self.wire = wire
        self.target_of_drop = False
        self._middle = QPointF()
        self._chord = QLineF()
        self.segments: list[QLineF] = []
        self._bounds = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.show_look(look, ink)

    def show_look(self, look: WireLook, ink: Ink) -> None:
        """Say something else, or the same in other ink."""
        self.look = look
        self._ink = ink
        self._label: QStaticText | None = None
        self.setPen(ink.wire_pen(look.width, known=look.known, fits=look.fits, selected=False))
        self.update()

    def run(self, path: QPainterPath) -> None:
        """Follow another path."""
        self.prepareGeometryChange()
        self.setPath(path)
        start = path.elementAt(0)
        self._chord = QLineF(QPointF(start.x, start.y), path.currentPosition())
        self.segments = [QLineF(*ends) for ends in pairwise(_corners(path))]
        self._middle = path.pointAtPercent(0.5)
        self._bounds = super().boundingRect().adjusted(-3, -3, 3, 3) | _LABEL_ROOM.translated(self._middle)

    def chord(self) -> QLineF:
        """The straight line between the wire's ends."""
        return self._chord

    def passes(self, square: QRectF) -> bool:
        """True when the wire itself, not the ground that it encloses, goes through a square."""
        return _stroke(self.path(), self.look.width).intersects(square)

    def offer_drop(self, offered: bool) -> None:
        """Show, or stop showing, that a node let go here would be put into this wire."""
        if offered != self.target_of_drop:
            self.target_of_drop = offered
            self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        zoom = painter.worldTransform().m11()
        selected = bool(option.state & QStyle.StateFlag.State_Selected) or self.target_of_drop
        look = self.look
        pen = (
            self._ink.wire_pen(look.width, known=look.known, fits=look.fits, selected=True) if selected else self.pen()
        )
        painter.strokePath(self.path(), pen)
        if not look.fits:
            paint_misfit(painter, self._middle, self._ink)
        if look.label and label_detail(zoom) > 0:
            if self._label is None:
                self._label = QStaticText(look.label)
                self._label.prepare(font=self._ink.small_font)
            lift = look.width if look.fits else 16.0
            paint_wire_label(painter, self._label, self._middle, lift, self._ink, zoom)
