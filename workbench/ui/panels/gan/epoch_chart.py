"""Curves over a few epochs, with the epoch that is looked at; painted here, so that nothing has to be imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.theme import Theme, figures, scaled

_LEFT, _RIGHT, _BOTTOM = 46, 12, 18
_TICKS = 4
_DOT = 3.0
_MARKED_POINTS = 60
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


@dataclass(frozen=True)
class Series:
    """A curve: the key of its values, what it is called, and its colour. Curves differ in dashes, too."""

    key: str
    label: str
    token: str


class EpochChart(QWidget):
    """The title is the legend: each curve's name with its value at the epoch that is looked at."""

    picked = Signal(int)
    """The epoch nearest to where somebody clicked or dragged."""

    def __init__(
        self, theme: Theme, title: str, series: Sequence[Series], parent: QWidget | None = None, *, share: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = title
        self._series = tuple(series)
        self._share = share
        self._rows: dict[int, Mapping[str, float]] = {}
        self.epoch = -1
        self.setFont(scaled(figures(self.font()), 0.9))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(160, 84)
        self.setAccessibleName(title)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, 120)

    def show_rows(self, rows: Sequence[Mapping[str, float]]) -> None:
        """Rows with `epoch` and the series' values, as far as they are known."""
        self._rows = {int(row["epoch"]): row for row in rows if "epoch" in row}
        self._describe()
        self.update()

    def mark(self, epoch: int) -> None:
        """Looks at another epoch."""
        self.epoch = epoch
        self._describe()
        self.update()

    @property
    def legend(self) -> tuple[tuple[str, str], ...]:
        """Names and values, as they are shown."""
        row = self._rows.get(self.epoch) or (self._rows[max(self._rows)] if self._rows else {})
        return tuple((series.label, self._value(row.get(series.key))) for series in self._series)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pick(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._pick(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_legend(painter)
        plot = self._plot()
        low, high = self._range()
        self._paint_axes(painter, plot, low, high)
        if not self._rows:
            return
        if self.epoch in range(min(self._rows), max(self._rows) + 1):
            x = self._x(plot, self.epoch)
            painter.setPen(QPen(self._theme.color("border_strong"), 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        for number, series in enumerate(self._series):
            self._paint_curve(painter, plot, series, _DASHES[number % len(_DASHES)], low, high)

    def _paint_legend(self, painter: QPainter) -> None:
        metrics = painter.fontMetrics()
        x, base = 4, metrics.ascent() + 1
        bold = scaled(self.font(), 1, bold=True)
        painter.setFont(bold)
        painter.setPen(self._theme.color("text"))
        painter.drawText(x, base, self._title)
        x += painter.fontMetrics().horizontalAdvance(self._title) + 10
        painter.setFont(self.font())
        for number, (series, (label, value)) in enumerate(zip(self._series, self.legend, strict=True)):
            painter.setPen(QPen(self._theme.color(series.token), 2, _DASHES[number % len(_DASHES)]))
            painter.drawLine(x, base - 4, x + 16, base - 4)
            x += 20
            painter.setPen(self._theme.color("text_muted"))
            text = f"{label} {value}".rstrip()
            painter.drawText(x, base, text)
            x += metrics.horizontalAdvance(text) + 10

    def _paint_axes(self, painter: QPainter, plot: QRectF, low: float, high: float) -> None:
        height = painter.fontMetrics().height()
        for tick in range(_TICKS + 1):
            value = low + (high - low) * tick / _TICKS
            y = self._y(plot, value, low, high)
            painter.setPen(QPen(self._theme.color("plot_grid"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            if tick % 2 == 0:
                painter.setPen(self._theme.color("text_muted"))
                room = QRect(0, round(y) - height // 2, _LEFT - 6, height)
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._tick(value))
        painter.setPen(self._theme.color("text_muted"))
        for epoch in self._epoch_ticks():
            below = QRectF(self._x(plot, epoch) - 30, plot.bottom() + 1, 60, _BOTTOM - 2)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, f"{epoch:,}")

    def _paint_curve(
        self, painter: QPainter, plot: QRectF, series: Series, dash: Qt.PenStyle, low: float, high: float
    ) -> None:
        color = self._theme.color(series.token)
        painter.setPen(QPen(color, 1.5, dash))
        line = QPolygonF()
        points = []
        for epoch, row in sorted(self._rows.items()):
            value = row.get(series.key)
            if value is None or not isfinite(value):
                painter.drawPolyline(line)
                line = QPolygonF()
                continue
            points.append(QPointF(self._x(plot, epoch), self._y(plot, value, low, high)))
            line.append(points[-1])
        painter.drawPolyline(line)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        if len(points) <= _MARKED_POINTS:
            for point in points:
                painter.drawEllipse(point, _DOT, _DOT)

    def _plot(self) -> QRectF:
        top = self.fontMetrics().height() + 8
        return QRectF(_LEFT, top, max(1, self.width() - _LEFT - _RIGHT), max(1, self.height() - top - _BOTTOM))

    def _x(self, plot: QRectF, epoch: float) -> float:
        first, last = min(self._rows), max(self._rows)
        return plot.left() + plot.width() * ((epoch - first) / (last - first) if last > first else 0.5)

    def _y(self, plot: QRectF, value: float, low: float, high: float) -> float:
        return plot.bottom() - plot.height() * (value - low) / (high - low)

    def _range(self) -> tuple[float, float]:
        """From 0, or below where something is negative, to a round number."""
        values = [
            value
            for row in self._rows.values()
            for series in self._series
            if (value := row.get(series.key)) is not None and isfinite(value)
        ]
        if self._share and all(0 <= value <= 1 for value in values):
            return 0.0, 1.0
        low, high = min([0.0, *values]), max([0.0, *values])
        return -_round_up(-low) if low < 0 else 0.0, _round_up(high) if high > 0 else (0.0 if low < 0 else 1.0)

    def _epoch_ticks(self) -> list[int]:
        if not self._rows:
            return []
        first, last = min(self._rows), max(self._rows)
        step = max(1, ceil(_round_up((last - first) / 8))) if last > first else 1
        return [epoch for epoch in range(first, last + 1) if epoch % step == 0]

    def _pick(self, event: QMouseEvent) -> None:
        if not self._rows or event.position().y() < self._plot().top() - 4:
            return
        plot = self._plot()
        first, last = min(self._rows), max(self._rows)
        share = (event.position().x() - plot.left()) / plot.width()
        wanted = first + share * (last - first)
        self.picked.emit(min(self._rows, key=lambda epoch: abs(epoch - wanted)))

    def _describe(self) -> None:
        self.setAccessibleDescription(", ".join(f"{label} {value}" for label, value in self.legend))

    def _tick(self, value: float) -> str:
        return f"{value:.0%}" if self._share else f"{value:.3g}"

    def _value(self, value: float | None) -> str:
        if value is None:
            return ""
        if self._share and 0 <= value <= 1:
            return f"{value * 100:.1f} %"
        return f"{value:.3f}" if abs(value) < 100 else f"{value:,.1f}"


def _round_up(value: float) -> float:
    """The next of 1, 2 and 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9))
