"""How a node and a wire look. Pure painting: what to say comes as a look, where from geometry, with what from ink."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF, QStaticText

from workbench.ui import icons
from workbench.ui.canvas.geometry import NODE_WIDTH, NodeShape
from workbench.ui.canvas.ink import Ink
from workbench.ui.canvas.look import NodeLook

OVERVIEW_BELOW = 0.42
"""Zoom under which nodes are blocks of colour that the scene draws all at once."""
_CROWD, _CROWD_BELOW = 150, 0.55
"""In a large graph more nodes are in view at a time, and the overview begins sooner."""
_DETAIL_FROM, _DETAIL_FULL = 0.38, 0.52
_FINE_FROM = 0.6
"""Zoom from which shadows and rounded corners can be seen."""
RADIUS = 6.0
_LEAST_OF_TYPE = 8
"""Letters from which a shortened type is worth its room."""
_SHEET = 3.0
"""How far each sheet of a stack shows under the one above."""
STRIPE = 6.0
_LEFT = 16.0
_NAME_LEFT = 37.0
_RIGHT = NODE_WIDTH - 10.0
_LINES = (9.0, 30.0, 49.0)
"""Tops of the three lines of text."""


def detail(zoom: float) -> float:
    """How strongly details show at a zoom: 0 gone, 1 full. They fade instead of becoming noise."""
    return min(1.0, max(0.0, (zoom - _DETAIL_FROM) / (_DETAIL_FULL - _DETAIL_FROM)))


def overview_below(nodes: int) -> float:
    """The zoom under which a graph of so many nodes is drawn all at once."""
    return _CROWD_BELOW if nodes > _CROWD else OVERVIEW_BELOW


def label_detail(zoom: float) -> float:
    """The same for the labels of wires, whose type is smaller."""
    return detail(zoom - 0.1)


class NodeTexts:
    """A node's lines, elided and laid out once for each look."""

    def __init__(self, look: NodeLook, ink: Ink) -> None:
        self.name = _line(look.name, ink.name_font, _RIGHT - _NAME_LEFT)
        self.summary = _line(_summary(look, ink.text_font), ink.text_font, _RIGHT - _LEFT)
        self.repeat = _line(f"× {look.repeat}" if look.repeat > 1 else "", ink.name_font, 48)
        taken = (20 if look.any_frozen else 0) + (self.repeat.size().width() + 8 if look.repeat > 1 else 0)
        cost = look.measure.text if look.measure else look.cost
        self.cost = _line(cost, ink.small_font, _RIGHT - _LEFT - taken)
        width = (_RIGHT - _LEFT) / 2
        sides = (look.shape.inputs, look.shape.outputs)
        self.ports = tuple([_line(port.name, ink.small_font, width) for port in side] for side in sides)


def _summary(look: NodeLook, font: QFont) -> str:
    """Of a block with a long type, the numbers stay whole: `Residual bott… 64`."""
    words, _, numbers = look.summary.rpartition(" ")
    if not look.is_block or not words or not numbers[:1].isdigit():
        return look.summary
    metrics = QFontMetricsF(font)
    room = _RIGHT - _LEFT - metrics.horizontalAdvance(f" {numbers}") - 1
    shortened = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
    return f"{shortened} {numbers}" if len(shortened) >= min(len(words), _LEAST_OF_TYPE) else numbers


def _line(text: str, font: QFont, width: float) -> QStaticText:
    line = QStaticText(QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideMiddle, width))
    line.setTextFormat(Qt.TextFormat.PlainText)
    line.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    line.prepare(font=font)
    return line


@lru_cache(maxsize=64)
def node_outline(height: float) -> QPainterPath:
    """The rounded body of a node."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(0, 0, NODE_WIDTH, height), RADIUS, RADIUS)
    return path


@lru_cache(maxsize=64)
def _stripe(height: float) -> QPainterPath:
    strip = QPainterPath()
    strip.addRect(QRectF(0, 0, STRIPE, height))
    return node_outline(height).intersected(strip)


def paint_node(
    painter: QPainter, look: NodeLook, texts: NodeTexts, ink: Ink, zoom: float, *, selected: bool, offered: bool | None
) -> None:
    """A node. `offered` says which ports a wire in the making could take: True outputs, False inputs, None no wire."""
    height = look.shape.height
    body = node_outline(height)
    shown = detail(zoom)
    fine = zoom >= _FINE_FROM
    if look.is_block:
        _paint_stack(painter, look, ink)
    elif fine:
        painter.fillPath(body.translated(0, 2), ink.shadow)
    painter.setBrush(_ground(look, ink))
    painter.setPen(_border(look, ink))
    if fine:
        painter.drawPath(body)
        painter.fillPath(_stripe(height), ink.category[look.category])
    else:
        painter.drawRect(look.shape.body)
        painter.fillRect(QRectF(0, 0, STRIPE, height), ink.category[look.category])
    if selected:
        painter.setPen(ink.border_selected)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(look.shape.body.adjusted(-3, -3, 3, 3), RADIUS + 3, RADIUS + 3)
    _paint_name(painter, look, texts, ink, zoom)
    if shown:
        painter.setOpacity(shown)
        _paint_details(painter, look, texts, ink, zoom)
        painter.setOpacity(1.0)
    _paint_ports(painter, look.shape, ink, offered)
    if look.errors or look.warnings:
        _paint_badge(painter, look, ink)
    if look.alarm:
        _paint_alarm(painter, look, ink)


def _paint_stack(painter: QPainter, look: NodeLook, ink: Ink) -> None:
    """Two more sheets under a block: there is something inside."""
    painter.setPen(ink.border)
    painter.setBrush(ink.node)
    for step in (2, 1):
        offset = _SHEET * step
        painter.drawRoundedRect(look.shape.body.translated(offset, offset), RADIUS, RADIUS)


def _ground(look: NodeLook, ink: Ink) -> QBrush:
    if look.measure:
        return ink.tones.get(look.measure.tone) or ink.heat[look.measure.level]
    return ink.node_frozen if look.frozen else ink.node


def _border(look: NodeLook, ink: Ink) -> QPen:
    if look.errors or look.alarm:
        return ink.border_error
    return ink.border_warning if look.warnings else ink.border


def _paint_name(painter: QPainter, look: NodeLook, texts: NodeTexts, ink: Ink, zoom: float) -> None:
    symbol = icons.category_icon(look.category)
    _paint_icon(painter, QRectF(_LEFT - 2, _LINES[0] - 1, 18, 18), symbol, ink.category[look.category], zoom)
    painter.setPen(ink.text)
    painter.setFont(ink.name_font)
    painter.drawStaticText(QPointF(_NAME_LEFT, _LINES[0]), texts.name)


def _paint_details(painter: QPainter, look: NodeLook, texts: NodeTexts, ink: Ink, zoom: float) -> None:
    painter.setPen(ink.text)
    painter.setFont(ink.text_font)
    painter.drawStaticText(QPointF(_LEFT, _LINES[1]), texts.summary)
    if look.cost or look.measure:
        painter.setPen(ink.text if look.measure else ink.muted)
        painter.setFont(ink.small_font)
        painter.drawStaticText(QPointF(_LEFT, _LINES[2]), texts.cost)
    if look.repeat > 1:
        painter.setPen(ink.text)
        painter.setFont(ink.name_font)
        painter.drawStaticText(QPointF(_repeat_left(look, texts), _LINES[2] - 1), texts.repeat)
    _paint_port_names(painter, look.shape, texts, ink)
    if look.any_frozen:
        color = ink.frozen if look.frozen else ink.muted
        _paint_icon(painter, QRectF(_RIGHT - 12, _LINES[2] - 1, 16, 16), "frozen", color, zoom)


def _repeat_left(look: NodeLook, texts: NodeTexts) -> float:
    return _RIGHT - texts.repeat.size().width() - (20 if look.any_frozen else 0)


def _paint_port_names(painter: QPainter, shape: NodeShape, texts: NodeTexts, ink: Ink) -> None:
    """Which port is which, where a side has several."""
    if not shape.rows:
        return
    painter.setPen(ink.muted)
    painter.setFont(ink.small_font)
    for is_output, lines in enumerate(texts.ports):
        for port, line in zip(shape.ports(bool(is_output)), lines, strict=True):
            y = shape.port_middle(port.name, bool(is_output)).y() - line.size().height() / 2
            x = _RIGHT - line.size().width() if is_output else _LEFT
            painter.drawStaticText(QPointF(x, y), line)


def _paint_icon(painter: QPainter, place: QRectF, name: str, color: QColor, zoom: float) -> None:
    """An icon from the cache, in a size near the one on the screen."""
    ratio = float(min(4, max(1, round(zoom * painter.device().devicePixelRatioF() + 0.3))))
    picture = icons.pixmap(name, color, round(place.width()), ratio)
    painter.drawPixmap(place, picture, QRectF(picture.rect()))


def _paint_ports(painter: QPainter, shape: NodeShape, ink: Ink, offered: bool | None) -> None:
    for is_output in (False, True):
        painter.setPen(ink.port_offered if offered is is_output else ink.port_outline)
        painter.setBrush(ink.accent if offered is is_output else ink.port)
        for rect in shape.port_rects(is_output).values():
            painter.drawRoundedRect(rect, rect.width() / 2, rect.width() / 2)


def _paint_badge(painter: QPainter, look: NodeLook, ink: Ink) -> None:
    """The number of problems: in a disc for errors, in a triangle for warnings alone."""
    count = look.errors or look.warnings
    middle = QPointF(NODE_WIDTH - 3, 1)
    painter.setPen(QPen(ink.canvas, 1.5))
    painter.setBrush(ink.error if look.errors else ink.warning)
    if look.errors:
        painter.drawEllipse(middle, 9.0, 9.0)
    else:
        corners = [(0.0, -11.5), (11.5, 8.5), (-11.5, 8.5)]
        painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in corners]))
    painter.setPen(ink.on_accent if look.errors else ink.canvas)
    painter.setFont(ink.badge_font)
    place = QRectF(middle.x() - 9, middle.y() - 9 + (0 if look.errors else 2), 18, 18)
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(count) if count < 100 else "99+")


def _paint_alarm(painter: QPainter, look: NodeLook, ink: Ink) -> None:
    """A line that has gone flat, in a square: what is wrong is not the drawing but what was learned."""
    place = QRectF(NODE_WIDTH - 14, look.shape.height - 12, 22, 18)
    painter.setPen(QPen(ink.canvas, 1.5))
    painter.setBrush(ink.error)
    painter.drawRoundedRect(place, 4, 4)
    painter.setPen(QPen(ink.on_accent, 1.75))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = place.center()
    line = ((-8, 0), (-4, 0), (-2, -5), (1, 5), (3, 0), (8, 0))
    painter.drawPolyline(QPolygonF([middle + QPointF(x, y) for x, y in line]))


def paint_wire_label(
    painter: QPainter, label: QStaticText, middle: QPointF, width: float, ink: Ink, zoom: float
) -> None:
    """The shape, just above the wire's middle, on a ground that keeps it readable where wires cross."""
    size = label.size()
    place = QPointF(middle.x() - size.width() / 2, middle.y() - width / 2 - size.height() - 2)
    painter.setOpacity(label_detail(zoom))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.label_ground)
    painter.drawRoundedRect(QRectF(place, size).adjusted(-3, 0, 3, 0), 3, 3)
    painter.setPen(ink.text)
    painter.setFont(ink.small_font)
    painter.drawStaticText(place, label)
    painter.setOpacity(1.0)


def paint_misfit(painter: QPainter, middle: QPointF, ink: Ink) -> None:
    """A cross on a wire whose shapes do not fit: red alone would not be seen by everyone."""
    painter.setPen(QPen(ink.canvas, 1.5))
    painter.setBrush(ink.error)
    painter.drawEllipse(middle, 7.0, 7.0)
    painter.setPen(QPen(ink.on_accent, 1.75))
    for dx in (-3.0, 3.0):
        painter.drawLine(QPointF(middle.x() - dx, middle.y() - 3), QPointF(middle.x() + dx, middle.y() + 3))
