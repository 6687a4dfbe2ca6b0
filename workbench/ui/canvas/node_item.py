"""A node on the scene. It holds an id and a look, never a node."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsRectItem, QStyle, QStyleOptionGraphicsItem, QWidget

from workbench.graph import NodeId
from workbench.ui.canvas.geometry import NODE_MARGIN, PORT_REACH, PortRef
from workbench.ui.canvas.ink import Ink
from workbench.ui.canvas.look import NodeLook
from workbench.ui.canvas.painting import NodeTexts, paint_node


class NodeItem(QGraphicsRectItem):
    """Paints one node and finds its ports. The bounding rectangle is Qt's own: no call into Python for it.

    `body` is the node's outline in scene coordinates.
    """

    def __init__(self, node: NodeId, look: NodeLook, ink: Ink) -> None:
        super().__init__()
        self.node = node
        self.offered: bool | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setPen(QPen(ink.border))
        self.setZValue(1)
        self.show_look(look, ink)

    def show_look(self, look: NodeLook, ink: Ink) -> None:
        """Say something else, or the same in other ink."""
        self.look = look
        self._ink = ink
        self._texts: NodeTexts | None = None
        self.body = look.shape.body.translated(self.pos())
        margin = NODE_MARGIN
        self.setRect(look.shape.body.adjusted(-margin, -margin, margin, margin))
        self.update()

    def place(self, x: float, y: float) -> None:
        """Put the node's upper left corner there."""
        self.setPos(x, y)
        self.body = self.look.shape.body.translated(x, y)

    def offer(self, is_output: bool | None) -> None:
        """Mark the ports that a wire in the making could take; None for no wire."""
        self.offered = is_output
        self.update()

    def port_at(self, place: QPointF) -> PortRef | None:
        """The port at a place in scene coordinates, with a margin that makes it easy to hit."""
        here = place - self.pos()
        for is_output in (False, True):
            for name, rect in self.look.shape.port_rects(is_output).items():
                reach = PORT_REACH - rect.width() / 2
                if rect.adjusted(-reach, -reach, reach, reach).contains(here):
                    return PortRef(self.node, name, is_output)
        return None

    def port_place(self, name: str, is_output: bool) -> QPointF:
        """Middle of a port in scene coordinates."""
        return self.pos() + self.look.shape.port_middle(name, is_output)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._texts is None:
            self._texts = NodeTexts(self.look, self._ink)
        zoom = painter.worldTransform().m11()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        paint_node(painter, self.look, self._texts, self._ink, zoom, selected=selected, offered=self.offered)
