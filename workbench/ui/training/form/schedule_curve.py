"""The learning rate over the whole training as a small curve, before it begins and while it runs."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.project.schedules import Course
from workbench.ui.theme import Theme, figures, scaled
from workbench.ui.training import wording

_HEIGHT = 64
_NOTHING = 1e-4
"""A share of the highest rate that is as good as none."""
_EDGE = 4
_FILL = 36
_POINTS = 300
_DOT = 3.5


class Standing(NamedTuple):
    """Where a training is: epochs done, and the rate that it takes now."""

    epochs: float
    rate: float


class ScheduleCurve(QWidget):
    """A line over a faint ground; the mouse reads it out, a dot says where the training stands."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._epochs: list[float] = []
        self._rates: list[float] = []
        self._course: Course | None = None
        self._standing: Standing | None = None
        self._hovered: float | None = None
        self.setMouseTracking(True)
        self.setFont(scaled(figures(self.font()), 0.9))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def points(self) -> list[tuple[float, float]]:
        """(epochs, rate) of every point that is drawn."""
        return list(zip(self._epochs, self._rates, strict=True))

    @property
    def standing(self) -> Standing | None:
        """Where the training stands, while one runs."""
        return self._standing

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(240, _HEIGHT)

    def show_course(self, course: Course) -> None:
        """Draws another course."""
        if course == self._course:
            return
        self._course = course
        self._epochs, self._rates = course.curve(_POINTS)
        peak, last = max(self._rates), self._rates[-1]
        self.setAccessibleName(
            f"Learning rate over {wording.epochs(course.epochs)}: from {self._rates[0]:.3g}, "
            f"at most {peak:.3g}, to {last:.3g}"
        )
        self.update()

    def show_standing(self, standing: Standing | None) -> None:
        """Marks where a training stands; None where none runs."""
        if standing != self._standing:
            self._standing = standing
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Reads out the rate under the mouse."""
        self._hovered = event.position().x()
        self.update()

    def leaveEvent(self, event: object) -> None:
        """Back to the summary."""
        self._hovered = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(self._theme.color("border"))
        painter.setBrush(self._theme.color("surface"))
        painter.drawRoundedRect(ground, 4, 4)
        if self._course is None:
            return
        text = self.fontMetrics().height()
        plot = ground.adjusted(_EDGE, text + _EDGE, -_EDGE, -_EDGE)
        line = QPolygonF([self._at(plot, epochs, rate) for epochs, rate in self.points])
        color = self._theme.color("plot_3")
        _fill(painter, line, plot, color)
        painter.setPen(QPen(color, 1.5))
        painter.drawPolyline(line)
        self._paint_marks(painter, plot, color)
        painter.setPen(self._theme.color("text_muted"))
        words = ground.adjusted(2 * _EDGE, 2, -2 * _EDGE, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, self.caption())

    def caption(self) -> str:
        """What the curve says in words: under the mouse, else where the training is, else all of it."""
        if self._course is None:
            return ""
        if self._hovered is not None:
            epochs, rate = self._under(self._hovered)
            return f"epoch {epochs:.1f}: {rate:.3g}"
        if self._standing is not None:
            return f"now {self._standing.rate:.3g} (epoch {self._standing.epochs:.1f})"
        first, peak, last = self._rates[0], max(self._rates), self._rates[-1]
        if first == last == peak:
            falls = ", less when the held-out loss stalls" if self._course.schedule.key == "plateau" else ""
            return f"{first:.3g} throughout{falls}"
        rise = f"{first:.2g} → {peak:.3g}" if first < peak else f"{peak:.3g}"
        end = f"{last:.2g}" if last > _NOTHING * peak else "0"
        return f"{rise} → {end} over {wording.epochs(self._course.epochs)}"

    def _under(self, x: float) -> tuple[float, float]:
        share = min(1.0, max(0.0, (x - _EDGE) / max(1.0, self.width() - 2 * _EDGE)))
        wanted = share * self._last
        index = min(bisect_left(self._epochs, wanted), len(self._epochs) - 1)
        return self._epochs[index], self._rates[index]

    @property
    def _last(self) -> float:
        return self._epochs[-1] or 1.0

    def _at(self, plot: QRectF, epochs: float, rate: float) -> QPointF:
        top = max(*self._rates, self._standing.rate if self._standing else 0.0) or 1.0
        x = plot.left() + plot.width() * min(1.0, epochs / self._last)
        return QPointF(x, plot.bottom() - plot.height() * rate / top)

    def _paint_marks(self, painter: QPainter, plot: QRectF, color: QColor) -> None:
        if self._hovered is not None:
            epochs, rate = self._under(self._hovered)
            self._paint_mark(painter, plot, self._at(plot, epochs, rate), color)
        if self._standing is not None:
            at = self._at(plot, self._standing.epochs, self._standing.rate)
            self._paint_mark(painter, plot, at, self._theme.color("accent"))

    def _paint_mark(self, painter: QPainter, plot: QRectF, at: QPointF, color: QColor) -> None:
        painter.setPen(QPen(color, 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(at.x(), plot.top()), QPointF(at.x(), plot.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawEllipse(at, _DOT, _DOT)


def _fill(painter: QPainter, line: QPolygonF, plot: QRectF, color: QColor) -> None:
    under = QPolygonF(line)
    under.append(QPointF(line.last().x(), plot.bottom()))
    under.append(QPointF(line.first().x(), plot.bottom()))
    faint = QColor(color)
    faint.setAlpha(_FILL)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(faint)
    painter.drawPolygon(under)
