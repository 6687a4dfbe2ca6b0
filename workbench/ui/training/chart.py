"""One metric over the epochs, drawn by pyqtgraph in the theme's colours. Imported when there is something to draw."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, isfinite, log10

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from workbench.ui.theme import Theme, figures, scaled
from workbench.ui.training import wording
from workbench.ui.training.history import Curve, TrainingHistory

_FAINT = 110
_EPOCH_TICKS = 8
_GRID = 40
_MARK = 6
_ROOM = 1.06
"""Above the last tick, so that its label fits."""
_NARROWEST = 120
_MARGINS = (4, 8, 12, 4)
"""Around the axes: the last labels stand half outside."""
_MARKED_EPOCHS = 60
"""With more epochs than these the marks would hide the line."""
_IN_WORDS = {"accuracy": wording.share}


class Chart(QWidget):
    """Training as a solid line with discs, held out as a dashed one with squares; batches faint behind them.

    The title is the legend too: each curve's mark and colour with its latest value.
    """

    def __init__(self, metric: str, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._metric = metric
        self._title = title
        self._theme = theme
        self._history = TrainingHistory()
        self._range = (0, 0.0)
        self.legend = QLabel(self, textFormat=Qt.TextFormat.RichText)
        self.legend.setFont(scaled(figures(self.font()), 0.9))
        self.legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        # Not a PlotWidget: that one makes seven context menus, which nobody opens and which outlive it.
        self._view = pg.GraphicsLayoutWidget(parent=self)
        self._view.setAccessibleName(f"Curves of {title.lower()} over the epochs")
        self._view.ci.layout.setContentsMargins(*_MARGINS)
        self._box = self._view.addViewBox(row=0, col=1, enableMenu=False, enableMouse=False)
        self._axes = [_axis(self._box, side) for side in ("left", "bottom")]
        self._view.addItem(self._axes[0], row=0, col=0)
        self._view.addItem(self._axes[1], row=1, col=1)
        self.batch = pg.PlotDataItem(skipFiniteCheck=True)
        self.train = pg.PlotDataItem(symbol="o")
        self.held_out = pg.PlotDataItem(symbol="s")
        for item in (self.batch, self.train, self.held_out):
            self._box.addItem(item)
        self.setMinimumWidth(_NARROWEST)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.legend)
        column.addWidget(self._view, 1)
        self.paint_theme()

    def show_history(self, history: TrainingHistory) -> None:
        """Draws the curves as they are now."""
        self._history = history
        mark = _MARK if history.epochs <= _MARKED_EPOCHS else 0
        highest = 0.0
        for item, curves in self._curves():
            curve = curves.get(self._metric, Curve())
            item.setData(curve.x, curve.y)
            item.setSymbolSize(mark)
            highest = max([highest, *filter(isfinite, curve.y)])
        self._show_range(max(1, history.epochs), ceiling(highest))
        self._show_legend()

    def paint_theme(self) -> None:
        """Takes the colours of the theme in force."""
        color = self._theme.color
        self._view.setBackground(color("surface"))
        faint = QColor(color("plot_1"))
        faint.setAlpha(_FAINT)
        # Lines of one pixel: Qt draws wider ones many times slower.
        self.batch.setPen(pg.mkPen(faint, width=1))
        _mark(self.train, color("plot_1"), Qt.PenStyle.SolidLine)
        _mark(self.held_out, color("plot_2"), Qt.PenStyle.DashLine)
        for axis in self._axes:
            axis.setPen(pg.mkPen(color("border_strong")))
            axis.setTextPen(pg.mkPen(color("text_muted")))
            axis.setStyle(tickFont=figures(self.font()))
        self._show_legend()

    def _show_range(self, epochs: int, top: float) -> None:
        """Axes are painted anew only when this changes: that takes longer than the curves."""
        if (epochs, top) == self._range:
            return
        self._range = epochs, top
        self._box.setRange(xRange=(0, epochs), yRange=(0, _ROOM * top), padding=0.03)
        step = max(1, ceiling(epochs / _EPOCH_TICKS))
        self._axes[1].setTickSpacing(step, step)

    def _curves(self) -> tuple[tuple[pg.PlotDataItem, Mapping[str, Curve]], ...]:
        history = self._history
        return (self.batch, history.batch), (self.train, history.train), (self.held_out, history.held_out)

    def _show_legend(self) -> None:
        marks = (
            ("●", "train", "plot_1", self._history.train),
            ("■", "held out", "plot_2", self._history.held_out),
        )
        parts = [
            f'<span style="color: {self._theme.color(token).name()}">{mark}</span> {name} {self._latest(curves)}'
            for mark, name, token, curves in marks
        ]
        self.legend.setText(" ".join([f"<b>{self._title}</b>", *parts]))

    def _latest(self, curves: Mapping[str, Curve]) -> str:
        curve = curves.get(self._metric)
        return _IN_WORDS.get(self._metric, wording.loss)(curve.y[-1]) if curve else ""


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
