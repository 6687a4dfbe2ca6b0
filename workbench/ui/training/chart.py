"""One metric over the epochs, drawn by pyqtgraph in the theme's colours. Imported when there is something to draw."""

from __future__ import annotations

from collections.abc import Mapping

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from workbench.ui.theme import Theme, figures
from workbench.ui.training import wording
from workbench.ui.training.history import Curve, TrainingHistory

_FAINT = 110
_MARK = 7
_NARROWEST = 200
_MARKED_EPOCHS = 60
"""With more epochs than these the marks would hide the line."""

_IN_WORDS = {"accuracy": wording.share}


class Chart(pg.PlotWidget):
    """Training as a solid line with discs, held out as a dashed one with squares; batches faint behind them."""

    def __init__(self, metric: str, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, enableMenu=False)
        self._metric = metric
        self._theme = theme
        self._batch = self.plot(skipFiniteCheck=True)
        self._train = self.plot(symbol="o", symbolSize=_MARK)
        self._held_out = self.plot(symbol="s", symbolSize=_MARK)
        self._title = title
        self._latest = ("", "")
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setMinimumWidth(_NARROWEST)
        self.getPlotItem().getViewBox().setDefaultPadding(0.02)
        self.setAccessibleName(f"Curves of {title.lower()} over the epochs")
        self.paint_theme()

    def show_history(self, history: TrainingHistory) -> None:
        """Draws the curves as they are now."""
        for item, curves in (
            (self._batch, history.batch),
            (self._train, history.train),
            (self._held_out, history.held_out),
        ):
            curve = curves.get(self._metric, Curve())
            item.setData(curve.x, curve.y)
        for item in (self._train, self._held_out):
            item.setSymbolSize(_MARK if history.epochs <= _MARKED_EPOCHS else 0)
        self.setXRange(0, max(1, history.epochs))
        self._latest = (self._last(history.train), self._last(history.held_out))
        self._show_title()

    def paint_theme(self) -> None:
        """Takes the colours of the theme in force."""
        color = self._theme.color
        self.setBackground(color("surface"))
        faint = QColor(color("plot_1"))
        faint.setAlpha(_FAINT)
        # Lines of one pixel: Qt draws wider ones many times slower.
        self._batch.setPen(pg.mkPen(faint, width=1))
        self._mark(self._train, color("plot_1"), Qt.PenStyle.SolidLine)
        self._mark(self._held_out, color("plot_2"), Qt.PenStyle.DashLine)
        for name in ("left", "bottom"):
            axis = self.getAxis(name)
            axis.setPen(pg.mkPen(color("border_strong")))
            axis.setTextPen(pg.mkPen(color("text_muted")))
            axis.setStyle(tickFont=figures(self.font()))
        self.showGrid(x=True, y=True, alpha=0.15)
        self._show_title()

    def _last(self, curves: Mapping[str, Curve]) -> str:
        curve = curves.get(self._metric)
        return _IN_WORDS.get(self._metric, wording.loss)(curve.y[-1]) if curve else ""

    def _show_title(self) -> None:
        """The title is the legend too: each curve's mark and colour with its latest value."""
        color = self._theme.color
        marks = (("●", "training", "plot_1"), ("■", "held out", "plot_2"))
        parts = [
            f'<span style="color: {color(token).name()}">{mark}</span> {name} {value}'
            for (mark, name, token), value in zip(marks, self._latest, strict=True)
        ]
        text = f"<b>{self._title}</b>&nbsp;&nbsp; {'&nbsp;&nbsp; '.join(parts)}"
        self.setTitle(text, color=color("text").name(), size="9pt")

    def _mark(self, item: pg.PlotDataItem, color: QColor, style: Qt.PenStyle) -> None:
        item.setPen(pg.mkPen(color, width=1, style=style))
        item.setSymbolPen(pg.mkPen(color))
        item.setSymbolBrush(pg.mkBrush(color))
