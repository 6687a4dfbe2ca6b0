"""A few lines over one axis, painted directly: for results that come once, not live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, floor, isfinite, log10

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.theme import Theme, figures, scaled

_LEFT, _BOTTOM, _TOP, _RIGHT = 44, 20, 20, 12
_TICKS = 4
_FAINT = 90


@dataclass(frozen=True)
class Line:
    """One line: a name for the caption, a theme's token for its colour. `faint`: behind the others."""

    name: str
    ys: tuple[float, ...]
    token: str
    faint: bool = False


@dataclass(frozen=True)
class Plot:
    """Lines over the same xs. `log`: the axis goes by powers of ten; `top` cuts what lies above."""

    xs: tuple[float, ...]
    lines: tuple[Line, ...]
    x_name: str
    log: bool = False
    top: float | None = None
    marked: float | None = None
    """An x with a vertical line, as a suggestion."""


@dataclass
class _Scale:
    """From values to pixels."""

    plot: Plot
    area: QRectF
    low: float = field(init=False)
    high: float = field(init=False)
    first: float = field(init=False)
    last: float = field(init=False)

    def __post_init__(self) -> None:
        values = [y for line in self.plot.lines for y in line.ys if isfinite(y)]
        top = max(values, default=1.0)
        self.low = min([0.0, *values]) if min(values, default=0.0) < 0 else 0.0
        self.high = max(min(top, self.plot.top if self.plot.top is not None else top), self.low + 1e-12)
        self.first, self.last = self.along(self.plot.xs[0]), self.along(self.plot.xs[-1])

    def along(self, x: float) -> float:
        return log10(x) if self.plot.log else x

    def x(self, value: float) -> float:
        return self.area.left() + self.area.width() * (self.along(value) - self.first) / ((self.last - self.first) or 1)

    def y(self, value: float) -> float:
        share = (min(value, self.high) - self.low) / (self.high - self.low)
        return self.area.bottom() - self.area.height() * share

    def value(self, x: float) -> float:
        """The x value at a pixel."""
        share = min(1.0, max(0.0, (x - self.area.left()) / max(1.0, self.area.width())))
        along = self.first + share * (self.last - self.first)
        return float(10**along) if self.plot.log else along


class LineChart(QWidget):
    """Shows one plot; the mouse reads it out, and a click picks an x."""

    picked = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plot: Plot | None = None
        self._hovered: float | None = None
        self.setMouseTracking(True)
        self.setFont(scaled(figures(self.font()), 0.9))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(96)
        theme.changed.connect(self.update)

    @property
    def plot(self) -> Plot | None:
        """What is shown."""
        return self._plot

    def sizeHint(self) -> QSize:
        """As large as there is room."""
        return QSize(320, 160)

    def show_plot(self, plot: Plot) -> None:
        """Shows other lines."""
        self._plot = plot
        self.update()

    def place_of(self, x: float) -> QPointF:
        """Where on the widget an x is, in the middle of its height."""
        assert self._plot is not None
        scale = _Scale(self._plot, self._area())
        return QPointF(scale.x(x), scale.area.center().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Reads out what is under the mouse."""
        self._hovered = event.position().x()
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Back to the names alone."""
        self._hovered = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Picks the x under the mouse."""
        if self._plot is not None and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(_Scale(self._plot, self._area()).value(event.position().x()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        if self._plot is None or not self._plot.xs:
            return
        scale = _Scale(self._plot, self._area())
        self._paint_axes(painter, scale)
        for line in sorted(self._plot.lines, key=lambda line: not line.faint):
            self._paint_line(painter, scale, line)
        self._paint_marks(painter, scale)
        self._paint_caption(painter, scale)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _paint_axes(self, painter: QPainter, scale: _Scale) -> None:
        grid, text = self._theme.color("plot_grid"), self._theme.color("text_muted")
        area = scale.area
        for value in _ticks(scale.low, scale.high):
            y = scale.y(value)
            painter.setPen(grid)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(text)
            place = QRectF(0, y - 8, _LEFT - 6, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:.3g}")
        for value in self._x_ticks(scale):
            x = scale.x(value)
            painter.setPen(grid)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(text)
            painter.drawText(QRectF(x - 30, area.bottom() + 3, 60, 16), Qt.AlignmentFlag.AlignHCenter, f"{value:.3g}")

    def _x_ticks(self, scale: _Scale) -> list[float]:
        if scale.plot.log:
            return [10.0**power for power in range(ceil(scale.first), floor(scale.last) + 1)]
        return _ticks(scale.first, scale.last)

    def _paint_line(self, painter: QPainter, scale: _Scale, line: Line) -> None:
        color = self._theme.color(line.token)
        color.setAlpha(_FAINT if line.faint else 255)
        painter.setPen(QPen(color, 1.0 if line.faint else 1.75))
        points = [QPointF(scale.x(x), scale.y(y)) for x, y in zip(scale.plot.xs, line.ys, strict=False) if isfinite(y)]
        painter.save()
        painter.setClipRect(scale.area.adjusted(-1, -1, 1, 1))
        painter.drawPolyline(QPolygonF(points))
        painter.restore()

    def _paint_marks(self, painter: QPainter, scale: _Scale) -> None:
        for x, token, style in (
            (self._plot.marked if self._plot else None, "accent", Qt.PenStyle.SolidLine),
            (scale.value(self._hovered) if self._hovered is not None else None, "border_strong", Qt.PenStyle.DotLine),
        ):
            if x is not None:
                painter.setPen(QPen(self._theme.color(token), 1.5, style))
                at = scale.x(x)
                painter.drawLine(QPointF(at, scale.area.top()), QPointF(at, scale.area.bottom()))

    def _paint_caption(self, painter: QPainter, scale: _Scale) -> None:
        painter.setPen(self._theme.color("text"))
        place = QRectF(_LEFT, 2, self.width() - _LEFT - _RIGHT, 16)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft, self.caption(scale))
        painter.setPen(self._theme.color("text_muted"))
        painter.drawText(place, Qt.AlignmentFlag.AlignRight, scale.plot.x_name)

    def caption(self, scale: _Scale | None = None) -> str:
        """The lines' names, with their values under the mouse."""
        if self._plot is None:
            return ""
        scale = scale or _Scale(self._plot, self._area())
        if self._hovered is None:
            names = ", ".join(line.name for line in self._plot.lines if not line.faint)
            marked = f"   chosen: {self._plot.marked:.2g}" if self._plot.marked is not None else ""
            return names + marked
        x = scale.value(self._hovered)
        index = min(
            range(len(self._plot.xs)), key=lambda place: abs(scale.along(self._plot.xs[place]) - scale.along(x))
        )
        values = (f"{line.name} {line.ys[index]:.3g}" for line in self._plot.lines if index < len(line.ys))
        return f"{x:.3g}: {', '.join(values)}"


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from low to high, about four apart."""
    rough = (high - low) / _TICKS
    if rough <= 0 or not isfinite(rough):
        return [low]
    power = 10.0 ** floor(log10(rough))
    step = next(step * power for step in (1, 2, 5, 10) if step * power >= rough)
    return [index * step for index in range(ceil(low / step - 1e-9), floor(high / step + 1e-9) + 1)]


def cut(losses: Sequence[float], room: float = 1.5, first: int = 10) -> float | None:
    """Where to cut a loss that explodes: a half above the highest of its first values."""
    known = [loss for loss in losses[:first] if isfinite(loss)]
    return room * max(known) if known else None
