"""What only the other network of a comparison has: outlines beside the nodes that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import hypot

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsRectItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from workbench.graph import NodeId
from workbench.ui.canvas.geometry import GRID, NODE_HEIGHT, NODE_WIDTH, wire_path
from workbench.ui.canvas.ink import Ink
from workbench.ui.canvas.measures import Ghost
from workbench.ui.canvas.node_item import NodeItem
from workbench.ui.canvas.painting import RADIUS

_MARGIN = 12.0
_REMOVED = "removed"
_STEP = NODE_HEIGHT + 3 * GRID
_ASIDE = NODE_WIDTH + 3 * GRID
_REACH = 6
"""How many steps to each side are tried for a free place."""
_STEPS = sorted(
    ((_ASIDE * x, _STEP * y) for x in range(-_REACH, _REACH + 1) for y in range(-_REACH, _REACH + 1)),
    key=lambda step: (hypot(*step), -step[0], -step[1]),
)


class GhostItem(QGraphicsRectItem):
    """The outline of a node that is not in this network; neither selected nor dragged."""

    def __init__(self, ghost: Ghost, place: QPointF, ink: Ink) -> None:
        super().__init__(QRectF(0, 0, NODE_WIDTH, NODE_HEIGHT))
        self.ghost = ghost
        self._ink = ink
        self.setPos(place)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setToolTip(f"{ghost.node.name} ({ghost.label}) is only in the other network")

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        ink, body = self._ink, self.rect()
        painter.setPen(ink.ghost)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(body, RADIUS, RADIUS)
        inner = body.adjusted(_MARGIN, 8, -_MARGIN, -8)
        texts = ((ink.name_font, self.ghost.node.name), (ink.text_font, self.ghost.label), (ink.small_font, _REMOVED))
        for line, (font, text) in enumerate(texts):
            painter.setFont(font)
            painter.setPen(ink.text if line == 0 else ink.muted if line == 1 else ink.error)
            elided = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideMiddle, inner.width())
            painter.drawText(inner.adjusted(0, 20 * line, 0, 0), Qt.AlignmentFlag.AlignLeft, elided)


class Ghosts:
    """The outlines in a scene, and dashed wires to the nodes that they were wired to."""

    def __init__(self) -> None:
        self.items: list[GhostItem] = []
        self._wires: list[QGraphicsPathItem] = []

    def show(self, scene: QGraphicsScene, ghosts: Iterable[Ghost], nodes: Mapping[NodeId, NodeItem], ink: Ink) -> None:
        """Shows these instead of what was shown; each where its network has it, or below what is there."""
        for item in (*self.items, *self._wires):
            scene.removeItem(item)
        self.items, self._wires = [], []
        taken = [item.body for item in nodes.values()]
        for ghost in ghosts:
            place = _free_place(ghost, taken)
            taken.append(QRectF(place, QRectF(0, 0, NODE_WIDTH, NODE_HEIGHT).size()))
            self.items.append(GhostItem(ghost, place, ink))
        for start, end in _ends(self.items, nodes):
            wire = QGraphicsPathItem(wire_path(start, end))
            wire.setPen(ink.ghost)
            self._wires.append(wire)
        for drawn in (*self._wires, *self.items):
            scene.addItem(drawn)

    def forget(self) -> None:
        """The scene was cleared: its items are gone."""
        self.items, self._wires = [], []


def _free_place(ghost: Ghost, taken: Iterable[QRectF]) -> QPointF:
    """Where its own network has the node, else the nearest place where nothing stands."""
    x, y = ghost.node.position
    for dx, dy in _STEPS:
        body = QRectF(x + dx, y + dy, NODE_WIDTH, NODE_HEIGHT).adjusted(-GRID, -GRID, GRID, GRID)
        if not any(body.intersects(other) for other in taken):
            return QPointF(x + dx, y + dy)
    return QPointF(x, y)


def _ends(items: Iterable[GhostItem], nodes: Mapping[NodeId, NodeItem]) -> Iterator[tuple[QPointF, QPointF]]:
    """Ends of dashed wires; one between two outlines comes from the one that it leaves."""
    ghosts = {item.ghost.node.id: item for item in items}
    places = {
        **{node: item.body for node, item in nodes.items()},
        **{g: i.sceneBoundingRect() for g, i in ghosts.items()},
    }
    for node, item in ghosts.items():
        entering = [source for source in item.ghost.sources if source in places]
        leaving = [target for target in item.ghost.targets if target in places and target not in ghosts]
        for source, target in (*((source, node) for source in entering), *((node, target) for target in leaving)):
            left, right = places[source], places[target]
            yield QPointF(left.right(), left.center().y()), QPointF(right.left(), right.center().y())
