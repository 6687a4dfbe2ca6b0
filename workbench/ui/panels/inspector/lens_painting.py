"""How the window lens looks: overlap as a tint, what is looked at with an outline, padding hatched."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from workbench.analysis.windows import AxisWindows, Sliding
from workbench.ui.panels.inspector.lens_frame import Spot, drawn_axes
from workbench.ui.panels.inspector.lens_places import GAP, Places, Side
from workbench.ui.theme import Theme

_FAINTEST, _STRONGEST = 24, 150
_LINES_FROM = 4.0
_FIGURES_FROM = 14.0
_ARROW = 5.0


def tint(theme: Theme, count: int, most: int) -> QColor:
    """The ground of a position under so many windows."""
    color = theme.color("accent")
    color.setAlpha(0 if count == 0 else round(_FAINTEST + (_STRONGEST - _FAINTEST) * count / max(1, most)))
    return color


def paint(widget: QWidget, theme: Theme, places: Places, spot: Spot, sliding: Sliding) -> None:
    """Draws both sides and what meets `spot`."""
    axes = drawn_axes(sliding)
    painter = QPainter(widget)
    dense = places.output if sliding.transposed else places.input
    for side, name in ((places.input, "input"), (places.output, "output")):
        _ground(painter, theme, side)
        if side is dense and not sliding.overlap.even:
            _overlaps(painter, theme, side, axes, sliding.levels[-1])
        _lines(painter, theme, side)
        _heading(painter, theme, side, f"{name} {side.height}x{side.width}", places.heading)
    of_output = spot.of_output
    _lights(painter, theme, places.input if of_output else places.output, _met(axes, spot))
    side = places.output if of_output else places.input
    here = side.rect(spot.row, spot.column)
    painter.setPen(QPen(theme.color("accent"), 2.5 if widget.hasFocus() else 1.5))
    painter.setBrush(
        theme.color("accent_surface") if sliding.overlap.even or side is not dense else Qt.BrushStyle.NoBrush
    )
    if side.area.intersects(here):
        painter.drawRect(here)
    _arrow(painter, theme, places, of_output)


def _met(axes: tuple[AxisWindows, AxisWindows], spot: Spot) -> Iterable[tuple[int, int]]:
    """Positions of the other side, padding and what is cut off included."""
    rows, columns = axes
    if spot.of_output == rows.transposed:
        return product(rows.over(spot.row), columns.over(spot.column))
    return product(rows.taps(spot.row), columns.taps(spot.column))


def _ground(painter: QPainter, theme: Theme, side: Side) -> None:
    painter.fillRect(side.area, QBrush(theme.color("border"), Qt.BrushStyle.BDiagPattern))
    painter.fillRect(_existing(side), theme.color("surface"))


def _existing(side: Side) -> QRectF:
    rows, columns = side.existing
    return side.rect(rows.start, columns.start, len(rows), len(columns))


def _overlaps(painter: QPainter, theme: Theme, side: Side, axes: tuple[AxisWindows, AxisWindows], most: int) -> None:
    rows, columns = side.existing
    over = {row: len(axes[0].over(row)) for row in rows}, {column: len(axes[1].over(column)) for column in columns}
    figures = side.cell >= _FIGURES_FROM
    painter.setPen(theme.color("text_muted"))
    for row, column in product(rows, columns):
        count, cell = over[0][row] * over[1][column], side.rect(row, column)
        painter.fillRect(cell, tint(theme, count, most) if count else theme.color("window"))
        if figures:
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(count))


def _lines(painter: QPainter, theme: Theme, side: Side) -> None:
    area, existing = side.area, _existing(side)
    if side.cell >= _LINES_FROM:
        painter.setPen(QPen(theme.color("border"), 1))
        across = [side.rect(row, side.columns.start).top() for row in (*side.rows, side.rows.stop)]
        down = [side.rect(side.rows.start, column).left() for column in (*side.columns, side.columns.stop)]
        painter.drawLines([QLineF(area.left(), y, area.right(), y) for y in across])
        painter.drawLines([QLineF(x, area.top(), x, area.bottom()) for x in down])
    painter.setPen(QPen(theme.color("border_strong"), 1))
    rows, columns = side.existing  # where it goes on out of sight, there is no edge
    edges = (
        (rows.start == 0, existing.topLeft(), existing.topRight()),
        (rows.stop == side.height, existing.bottomLeft(), existing.bottomRight()),
        (columns.start == 0, existing.topLeft(), existing.bottomLeft()),
        (columns.stop == side.width, existing.topRight(), existing.bottomRight()),
    )
    painter.drawLines([QLineF(start, end) for ends, start, end in edges if ends])


def _lights(painter: QPainter, theme: Theme, side: Side, met: Iterable[tuple[int, int]]) -> None:
    color = theme.color("plot_2")
    fill = QColor(color)
    fill.setAlpha(110)
    painter.setPen(QPen(color, 1.5 if side.cell >= _LINES_FROM else 0))
    rows, columns = side.existing
    for row, column in met:
        if row not in side.rows or column not in side.columns:
            continue
        real = row in rows and column in columns
        painter.setBrush(QBrush(fill) if real else QBrush(color, Qt.BrushStyle.BDiagPattern))
        painter.drawRect(side.rect(row, column))


def _heading(painter: QPainter, theme: Theme, side: Side, text: str, height: float) -> None:
    painter.setPen(theme.color("text_muted"))
    middle = side.area.center().x()
    painter.drawText(QRectF(middle - 100, 0, 200, height), Qt.AlignmentFlag.AlignHCenter, text)


def _arrow(painter: QPainter, theme: Theme, places: Places, of_output: bool) -> None:
    """From what is pointed at to what lights up."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.color("text_muted"), 1.5))
    y = places.input.area.center().y()
    middle = (places.input.area.right() + places.output.area.left()) / 2
    half = GAP / 2 - 6
    painter.drawLine(QPointF(middle - half, y), QPointF(middle + half, y))
    tip, back = (middle - half, _ARROW) if of_output else (middle + half, -_ARROW)
    for rise in (-_ARROW, _ARROW):
        painter.drawLine(QPointF(tip, y), QPointF(tip + back, y + rise))
