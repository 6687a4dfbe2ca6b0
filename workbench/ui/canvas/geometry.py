"""Where things are on a node and how a wire runs, in scene pixels. No painting and no document here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainterPath

from workbench.graph import NodeId

GRID = 8
NODE_WIDTH = 160
NODE_HEIGHT = 72
PORT_ROW = 16
"""Height of a row that names a port."""
PORT_RADIUS = 5.0
PORT_REACH = 14.0
"""How far from a port's middle a press still means the port."""
NODE_MARGIN = 12.0
"""What a node paints beyond its body: ports, outline, badge."""
SPREAD = 10.0
"""Distance between the ends of wires that share a port."""

Position = tuple[float, float]


@dataclass(frozen=True)
class PortRef:
    """One port of one node."""

    node: NodeId
    name: str
    is_output: bool


@dataclass(frozen=True)
class PortShape:
    """A port as drawn: round for one wire, a pill that grows with its wires for several."""

    name: str
    variadic: bool = False
    wires: int = 0


@dataclass(frozen=True)
class NodeShape:
    """A node's body with input ports down its left edge and output ports down its right."""

    inputs: tuple[PortShape, ...] = ()
    outputs: tuple[PortShape, ...] = ()

    @cached_property
    def rows(self) -> int:
        """Rows of named ports under the text; 0 where there is one port a side at most, which needs no name."""
        rows = max(len(self.inputs), len(self.outputs))
        return rows if rows > 1 else 0

    @cached_property
    def height(self) -> float:
        return float(NODE_HEIGHT + PORT_ROW * self.rows)

    @property
    def body(self) -> QRectF:
        return QRectF(0, 0, NODE_WIDTH, self.height)

    def ports(self, is_output: bool) -> tuple[PortShape, ...]:
        return self.outputs if is_output else self.inputs

    def port_middle(self, name: str, is_output: bool) -> QPointF:
        """Middle of a port; of the edge for a name that the node does not have (a wire of an unknown type)."""
        names = [port.name for port in self.ports(is_output)]
        x = float(NODE_WIDTH if is_output else 0)
        if name not in names:
            return QPointF(x, self.height / 2)
        if self.rows:
            return QPointF(x, NODE_HEIGHT - 4 + PORT_ROW * (names.index(name) + 0.5))
        return QPointF(x, self.height / 2)

    def wire_end(self, name: str, place: int = 0) -> QPointF:
        """Where the wire at `place` (from 0) among the wires into an input port ends."""
        middle = self.port_middle(name, is_output=False)
        port = next((port for port in self.inputs if port.name == name), None)
        if port is None or not port.variadic or port.wires < 2:
            return middle
        step = self._step(port)
        return QPointF(middle.x(), middle.y() + (place - (port.wires - 1) / 2) * step)

    def port_rect(self, name: str, is_output: bool) -> QRectF:
        """The outline of a port: a circle, or a pill as tall as its wires need."""
        return self.port_rects(is_output)[name]

    def port_rects(self, is_output: bool) -> Mapping[str, QRectF]:
        """The outlines of all ports on one side, by name."""
        return self._output_rects if is_output else self._input_rects

    @cached_property
    def _input_rects(self) -> Mapping[str, QRectF]:
        return {port.name: self._outline(port, False) for port in self.inputs}

    @cached_property
    def _output_rects(self) -> Mapping[str, QRectF]:
        return {port.name: self._outline(port, True) for port in self.outputs}

    def _outline(self, port: PortShape, is_output: bool) -> QRectF:
        middle = self.port_middle(port.name, is_output)
        half = PORT_RADIUS
        if port.variadic:
            half += max(SPREAD / 2, self._step(port) * (port.wires - 1) / 2)
        return QRectF(middle.x() - PORT_RADIUS, middle.y() - half, 2 * PORT_RADIUS, 2 * half)

    def _step(self, port: PortShape) -> float:
        room = (PORT_ROW if self.rows else self.height / 2) - 2 * PORT_RADIUS
        return min(SPREAD, 2 * room / max(port.wires - 1, 1))


def snap(value: float) -> float:
    """The nearest line of the 8-pixel grid."""
    return float(round(value / GRID) * GRID)


def snap_all(positions: Mapping[NodeId, Position]) -> dict[NodeId, Position]:
    """Positions on the grid."""
    return {node: (snap(x), snap(y)) for node, (x, y) in positions.items()}


def free_place(wanted: Position, taken: Iterable[Position]) -> Position:
    """The wanted position on the grid, or the nearest below it where no other node is in the way."""
    x, y = snap(wanted[0]), snap(wanted[1])
    others = list(taken)
    while any(abs(x - ox) < NODE_WIDTH and abs(y - oy) < NODE_HEIGHT for ox, oy in others):
        y += NODE_HEIGHT + 4 * GRID
    return x, y


# -- wires
_REACH = 48.0
"""How far a wire bulges where it turns."""
_CLEARANCE = 20.0
"""Distance that a wire keeps from a node it passes: room for its label."""
_PASSING = 2 * NODE_WIDTH
"""A wire longer than this may have nodes in its way."""


def may_pass(chord: QLineF) -> bool:
    """True for a wire that is long enough, or goes back, so that nodes may stand in its way."""
    return not 0 < chord.dx() < _PASSING


def room_of(chord: QLineF) -> QRectF:
    """Where a node has a say in how a wire between these ends runs."""
    return QRectF(chord.p1(), chord.p2()).normalized().adjusted(0, -NODE_WIDTH, 0, NODE_WIDTH)


def wire_path(start: QPointF, end: QPointF, obstacles: Sequence[QRectF] = ()) -> QPainterPath:
    """From an output to an input: a gentle curve, around the nodes in its way, or back between two rows."""
    if end.x() < start.x() + GRID:
        return _way_back(start, end, obstacles)
    lane = _free_lane(start, end, obstacles)
    path = QPainterPath(start)
    if lane is None:
        _curve(path, start, end)
        return path
    turn = min(_REACH * 1.5, (end.x() - start.x()) / 2)
    first, last = QPointF(start.x() + turn, lane), QPointF(end.x() - turn, lane)
    _curve(path, start, first)
    path.lineTo(last)
    _curve(path, last, end)
    return path


def _curve(path: QPainterPath, start: QPointF, end: QPointF) -> None:
    if start.y() == end.y():
        path.lineTo(end)
        return
    bend = (end.x() - start.x()) / 2
    path.cubicTo(start.x() + bend, start.y(), end.x() - bend, end.y(), end.x(), end.y())


def _way_back(start: QPointF, end: QPointF, obstacles: Sequence[QRectF]) -> QPainterPath:
    """Out to the right, along a lane, in from the left: how a folded row goes on in the next."""
    apart = abs(end.y() - start.y()) >= NODE_HEIGHT + 2 * _CLEARANCE
    level = (start.y() + end.y()) / 2 if apart else max(start.y(), end.y()) + NODE_HEIGHT / 2 + _CLEARANCE
    lane = _nearest_free(level, [box for box in obstacles if box.right() > end.x() and box.left() < start.x()])
    path = QPainterPath(start)
    path.cubicTo(start.x() + _REACH, start.y(), start.x() + _REACH, lane, start.x(), lane)
    path.lineTo(end.x(), lane)
    path.cubicTo(end.x() - _REACH, lane, end.x() - _REACH, end.y(), end.x(), end.y())
    return path


def _free_lane(start: QPointF, end: QPointF, obstacles: Sequence[QRectF]) -> float | None:
    """Height at which a wire passes close by the nodes between its ends; None when the direct way is free."""
    between = [box for box in obstacles if box.left() > start.x() and box.right() < end.x()]
    if not any(_meets(start, end, box) for box in between):
        return None
    level = (start.y() + end.y()) / 2
    return min((edge for band in _bands(between) for edge in band), key=lambda edge: abs(edge - level))


def _nearest_free(level: float, boxes: Sequence[QRectF]) -> float:
    """The level, or the nearest height to it at which a horizontal line keeps clear of boxes."""
    band = next((band for band in _bands(boxes) if band[0] < level < band[1]), None)
    return level if band is None else min(band, key=lambda edge: abs(edge - level))


def _bands(boxes: Sequence[QRectF]) -> list[tuple[float, float]]:
    """Heights that boxes and the room around them take, as (top, bottom) from top to bottom without overlap."""
    bands: list[tuple[float, float]] = []
    for top, bottom in sorted((box.top() - _CLEARANCE, box.bottom() + _CLEARANCE) for box in boxes):
        if bands and top < bands[-1][1]:
            bands[-1] = (bands[-1][0], max(bands[-1][1], bottom))
        else:
            bands.append((top, bottom))
    return bands


def _meets(start: QPointF, end: QPointF, box: QRectF) -> bool:
    """True when the straight line comes too near a box."""
    slope = (end.y() - start.y()) / (end.x() - start.x())
    heights = [start.y() + slope * (x - start.x()) for x in (box.left(), box.right())]
    return min(heights) < box.bottom() + _CLEARANCE / 2 and max(heights) > box.top() - _CLEARANCE / 2
