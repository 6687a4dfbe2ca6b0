"""One metric of several runs over the epochs, drawn by pyqtgraph. Imported when there is something to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.ui.theme import Theme, figures

_GRID = 40
_MARK = 6
_MARKED_EPOCHS = 40
_MARGINS = (4, 8, 12, 4)
_PAD = 0.06
_EPOCH_TICKS = 8


@dataclass(frozen=True)
class RunCurve:
    """A line: points in epochs, and how it is drawn."""

    x: Sequence[float]
    y: Sequence[float]
    color: QColor
    style: Qt.PenStyle


class RunsChart(QWidget):
    """Says over which epoch the pointer is; None where it is elsewhere."""

    hovered = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.items: list[pg.PlotDataItem] = []
        self._view = pg.GraphicsLayoutWidget(parent=self)
        self._view.setAccessibleName("Curves of the selected runs over the epochs")
        self._view.ci.layout.setContentsMargins(*_MARGINS)
        self._box = self._view.addViewBox(row=0, col=1, enableMenu=False, enableMouse=False)
        self._axes = [_axis(self._box, side) for side in ("left", "bottom")]
        self._view.addItem(self._axes[0], row=0, col=0)
        self._view.addItem(self._axes[1], row=1, col=1)
        self._line = pg.InfiniteLine(angle=90)
        self._line.hide()
        self._box.addItem(self._line, ignoreBounds=True)
        self._last = 0.0
        self._view.scene().sigMouseMoved.connect(self._on_move)
        self._view.viewport().installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._view)
        self.paint_theme()

    def show_curves(self, curves: Sequence[RunCurve]) -> None:
        """Draws these and no others; the axes fit what is finite."""
        for item in self.items:
            self._box.removeItem(item)
        self.items = []
        for curve in curves:
            pen = pg.mkPen(curve.color, width=1, style=curve.style)
            marked = len(curve.x) <= _MARKED_EPOCHS
            item = pg.PlotDataItem(
                list(curve.x),
                list(curve.y),
                pen=pen,
                connect="finite",
                symbol="o" if marked else None,
                symbolSize=_MARK,
                symbolPen=pg.mkPen(curve.color),
                symbolBrush=pg.mkBrush(curve.color),
            )
            self._box.addItem(item)
            self.items.append(item)
        self._fit(curves)

    def paint_theme(self) -> None:
        """Takes the colours of the theme in force."""
        color = self._theme.color
        self._view.setBackground(color("surface"))
        self._line.setPen(pg.mkPen(color("text_muted"), width=1, style=Qt.PenStyle.DotLine))
        for axis in self._axes:
            axis.setPen(pg.mkPen(color("border_strong")))
            axis.setTextPen(pg.mkPen(color("text_muted")))
            axis.setStyle(tickFont=figures(self.font()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The pointer left."""
        if event.type() == QEvent.Type.Leave:
            self._point_at(None)
        return super().eventFilter(watched, event)

    def _on_move(self, at: QPointF) -> None:
        inside = self._box.sceneBoundingRect().contains(at)
        epoch = round(self._box.mapSceneToView(at).x()) if inside else None
        self._point_at(epoch if epoch is not None and 1 <= epoch <= self._last else None)

    def _point_at(self, epoch: int | None) -> None:
        self._line.setVisible(epoch is not None)
        if epoch is not None:
            self._line.setPos(epoch)
        self.hovered.emit(epoch)

    def _fit(self, curves: Sequence[RunCurve]) -> None:
        heights = [value for curve in curves for value in curve.y if isfinite(value)] or [0.0, 1.0]
        self._last = max((curve.x[-1] for curve in curves if curve.x), default=1.0)
        low, high = min(heights), max(heights)
        room = _PAD * ((high - low) or abs(high) or 1.0)
        self._box.setRange(
            xRange=(min(1.0, self._last - 1), max(self._last, 2.0)), yRange=(low - room, high + room), padding=0.02
        )
        step = max(1, round(self._last / _EPOCH_TICKS))
        self._axes[1].setTickSpacing(step, step)


def _axis(box: pg.ViewBox, side: str) -> pg.AxisItem:
    axis = pg.AxisItem(side)
    axis.setStyle(hideOverlappingLabels=False)
    axis.linkToView(box)
    axis.setGrid(_GRID)
    axis.enableAutoSIPrefix(False)
    return axis
