"""One quantity over the epochs, drawn by pyqtgraph in the theme's colours. Imported when there is something to draw."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, isfinite, log10

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from workbench.project.results import metric_name, metric_value
from workbench.ui.theme import Theme, figures, scaled
from workbench.ui.training.history import RATE, SPEED, Curve, TrainingHistory

_FAINT = 110
_EPOCH_TICKS = 8
_GRID = 40
_MARK = 6
_ROOM = 1.06
"""Above the last tick, so that its label fits."""
_NARROWEST, _LOWEST = 120, 128
_MARGINS = (4, 8, 12, 4)
"""Around the axes: the last labels stand half outside."""
_MARKED_EPOCHS = 60
"""With more epochs than these the marks would hide the line."""
_TIP = "Ctrl and the wheel zoom, dragging moves, a double click shows all again"
_TITLES = {RATE: "Learning rate", SPEED: "Images a second"}


class ChartView(pg.GraphicsLayoutWidget):
    """Where a chart is painted: the wheel alone scrolls the panel, and the mouse reads values out."""

    pointed = Signal(object)
    """A `QPointF` of the scene under the mouse, or None when it left."""
    reset = Signal()
    """A double click."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zooms with Ctrl only."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Says where the mouse is."""
        super().mouseMoveEvent(event)
        self.pointed.emit(self.mapToScene(event.position().toPoint()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Asks for the whole again."""
        super().mouseDoubleClickEvent(event)
        self.reset.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """Reads nothing out any more."""
        super().leaveEvent(event)
        self.pointed.emit(None)


class Chart(QWidget):
    """Training as a solid line with discs, held out as a dashed one with squares; batches faint behind them.

    The title is the legend too: each curve's mark and colour with its latest value, or the one under the mouse.
    """

    def __init__(self, quantity: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.quantity = quantity
        self._theme = theme
        self._history = TrainingHistory()
        self._smoothing = 0.0
        self._range = (0, 0.0, 0.0)
        self._moved = False
        self._pointed: float | None = None
        self.legend = QLabel(self, textFormat=Qt.TextFormat.RichText)
        self.legend.setFont(scaled(figures(self.font()), 0.9))
        self.legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        # Not a PlotWidget: that one makes seven context menus, which nobody opens and which outlive it.
        self.view = ChartView(parent=self)
        self.view.setAccessibleName(f"Curves of {self.title.lower()} over the epochs")
        self.view.setToolTip(_TIP)
        self._make_plot()
        self.setMinimumSize(_NARROWEST, _LOWEST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.legend)
        column.addWidget(self.view, 1)
        self.view.pointed.connect(self._on_pointed)
        self.view.reset.connect(self.show_all)
        self.paint_theme()

    @property
    def title(self) -> str:
        """What is drawn, in words."""
        return _TITLES.get(self.quantity) or metric_name(self.quantity)

    def show_history(self, history: TrainingHistory, smoothing: float = 0.0) -> None:
        """Draws the curves as they are now; of the batches a running mean."""
        if history is not self._history:
            self._moved = False
        self._history, self._smoothing = history, smoothing
        mark = _MARK if history.epochs <= _MARKED_EPOCHS else 0
        lowest = highest = 0.0
        for item, curves in self._curves():
            curve = curves.get(self.quantity, Curve())
            values = curve.smoothed(smoothing) if item is self.batch else curve.y
            item.setData(curve.x, values)
            item.setSymbolSize(0 if item is self.batch else mark)
            finite = list(filter(isfinite, values))
            lowest, highest = min([lowest, *finite]), max([highest, *finite])
        self._show_range(max(1, history.epochs), -ceiling(-lowest) if lowest < 0 else 0.0, ceiling(highest))
        self._show_legend()

    def show_all(self) -> None:
        """Takes zoom and place back."""
        self._moved = False
        self._range = (0, 0.0, 0.0)
        self.show_history(self._history, self._smoothing)

    def paint_theme(self) -> None:
        """Takes the colours of the theme in force."""
        color = self._theme.color
        self.view.setBackground(color("surface"))
        alone = self.quantity in _TITLES
        faint = QColor(color("plot_3" if alone else "plot_1"))
        faint.setAlpha(255 if alone else _FAINT)
        # Lines of one pixel: Qt draws wider ones many times slower.
        self.batch.setPen(pg.mkPen(faint, width=1))
        _mark(self.train, color("plot_1"), Qt.PenStyle.SolidLine)
        _mark(self.held_out, color("plot_2"), Qt.PenStyle.DashLine)
        self._pointer.setPen(pg.mkPen(color("border_strong")))
        for axis in self._axes:
            axis.setPen(pg.mkPen(color("border_strong")))
            axis.setTextPen(pg.mkPen(color("text_muted")))
            axis.setStyle(tickFont=figures(self.font()))
        self._show_legend()

    def _make_plot(self) -> None:
        self.view.ci.layout.setContentsMargins(*_MARGINS)
        self._box = self.view.addViewBox(row=0, col=1, enableMenu=False, enableMouse=True)
        self._box.sigRangeChangedManually.connect(self._on_moved)
        self._axes = [_axis(self._box, side) for side in ("left", "bottom")]
        self.view.addItem(self._axes[0], row=0, col=0)
        self.view.addItem(self._axes[1], row=1, col=1)
        self.batch = pg.PlotDataItem(skipFiniteCheck=True)
        self.train = pg.PlotDataItem(symbol="o")
        self.held_out = pg.PlotDataItem(symbol="s")
        self._pointer = pg.InfiniteLine(angle=90)
        self._pointer.hide()
        for item in (self.batch, self.train, self.held_out, self._pointer):
            self._box.addItem(item, ignoreBounds=True)

    def _show_range(self, epochs: int, bottom: float, top: float) -> None:
        """Axes are painted anew only when this changes: that takes longer than the curves."""
        if self._moved or (epochs, bottom, top) == self._range:
            return
        self._range = epochs, bottom, top
        self._box.setRange(xRange=(0, epochs), yRange=(_ROOM * bottom, _ROOM * top), padding=0.03)
        step = max(1, ceiling(epochs / _EPOCH_TICKS))
        self._axes[1].setTickSpacing(step, step)

    def _on_moved(self) -> None:
        """From now on the reader's part is shown, with ticks that fit it."""
        self._moved = True
        self._axes[1].setTickSpacing()

    def _on_pointed(self, place: QPointF | None) -> None:
        inside = place is not None and self._box.sceneBoundingRect().contains(place)
        self._pointed = self._box.mapSceneToView(place).x() if inside else None
        self._pointer.setVisible(inside)
        if self._pointed is not None:
            self._pointer.setValue(self._pointed)
        self._show_legend()

    def _curves(self) -> tuple[tuple[pg.PlotDataItem, Mapping[str, Curve]], ...]:
        history = self._history
        return (self.batch, history.batch), (self.train, history.train), (self.held_out, history.held_out)

    def _show_legend(self) -> None:
        marks = [("●", "train", "plot_1", self._history.train)]
        if self._history.held_out or not self._history.train:  # where nothing is held out, no such curve will come
            marks.append(("■", "held out", "plot_2", self._history.held_out))
        if self.quantity in _TITLES:
            marks = [("", "", "plot_3", self._history.batch)]
        parts = [
            f'<span style="color: {self._theme.color(token).name()}">{mark}</span> {name} {self._read_out(curves)}'
            for mark, name, token, curves in marks
        ]
        where = f" at epoch {max(0.0, self._pointed):.1f}" if self._pointed is not None else ""
        self.legend.setText(f"<b>{self.title}</b>{where}<br>{' '.join(parts)}")

    def _read_out(self, curves: Mapping[str, Curve]) -> str:
        """The value under the mouse, else the latest."""
        curve = curves.get(self.quantity)
        if not curve:
            return ""
        value = curve.y[-1] if self._pointed is None else curve.at(self._pointed)
        return "" if value is None else _value(self.quantity, value)


def _value(metric: str, value: float) -> str:
    if metric == RATE:
        return f"{value:.3g}"
    return f"{value:,.0f}" if metric == SPEED else metric_value(metric, value)


def ceiling(highest: float) -> float:
    """The end of an axis that begins at 0: the next of 1, 2 and 5 times a power of ten."""
    if highest <= 0:
        return 1.0
    power = 10.0 ** floor(log10(highest))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= highest)


def _axis(box: pg.ViewBox, side: str) -> pg.AxisItem:
    axis = pg.AxisItem(side)
    axis.setStyle(hideOverlappingLabels=False)
    axis.setCacheMode(pg.AxisItem.CacheMode.DeviceCoordinateCache)
    axis.linkToView(box)
    axis.setGrid(_GRID)
    return axis


def _mark(item: pg.PlotDataItem, color: QColor, style: Qt.PenStyle) -> None:
    item.setPen(pg.mkPen(color, width=1, style=style))
    item.setSymbolPen(pg.mkPen(color))
    item.setSymbolBrush(pg.mkBrush(color))
