"""The plots themselves. Imports pyqtgraph and numpy, so it is imported when a plot is looked at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from workbench.evaluation import precision_recall_curve, roc_curve
from workbench.ui.panels.evaluation.headline import number, percent
from workbench.ui.panels.evaluation.results import Results
from workbench.ui.theme import Theme, figures, scaled

_GRID = 40
_ROOM = (-0.08, 1.1)
"""Of the upward axis: its labels at 0 and 1 need half a line each."""
_FAINT = 90
_MOST_POINTS = 2000
"""Points drawn of a curve: more than there are pixels."""
_MOST_CURVES = 30
"""Curves of single classes drawn faintly; of more classes the first are."""


class Plot(QWidget):
    """A square from 0 to 1 with a title that says the result."""

    heading, across, up = "", "", ""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = QLabel(self, textFormat=Qt.TextFormat.RichText)
        self.title.setFont(scaled(figures(self.font()), 0.9))
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        # Not a PlotWidget: that one makes context menus that nobody opens and that outlive it.
        self._view = pg.GraphicsLayoutWidget(parent=self)
        self._view.setAccessibleName(self.heading)
        self._view.ci.layout.setContentsMargins(2, 4, 10, 2)
        self._box = self._view.addViewBox(row=0, col=1, enableMenu=False, enableMouse=False)
        self._axes = [_axis(self._box, "left", self.up), _axis(self._box, "bottom", self.across)]
        self._view.addItem(self._axes[0], row=0, col=0)
        self._view.addItem(self._axes[1], row=1, col=1)
        self._box.setRange(xRange=(-0.04, 1.04), yRange=_ROOM, padding=0)
        self.setMinimumWidth(150)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self._view, 1)

    def show_results(self, results: Results, chosen: int | None) -> None:
        """Draws the class `chosen`, or all together."""
        self._box.clear()
        self._view.setBackground(self._theme.color("surface"))
        for axis in self._axes:
            axis.setPen(pg.mkPen(self._theme.color("border_strong")))
            axis.setTextPen(pg.mkPen(self._theme.color("text_muted")))
            axis.setStyle(tickFont=figures(self.font()))
        self.draw(results, chosen)

    def draw(self, results: Results, chosen: int | None) -> None:
        """What the plot is for."""
        raise NotImplementedError

    def say(self, what: str) -> None:
        """The result beside the heading."""
        self.title.setText(f"<b>{self.heading}</b>&nbsp; {what}")

    def line(self, x: Any, y: Any, token: str, *, faint: bool = False, dashed: bool = False):  # type: ignore[no-untyped-def]
        """A curve in a theme colour."""
        color = QColor(self._theme.color(token))
        if faint:
            color.setAlpha(_FAINT)
        style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        item = pg.PlotDataItem(_thinned(x), _thinned(y), pen=pg.mkPen(color, width=1, style=style))
        self._box.addItem(item)
        return item


class RocPlot(Plot):
    """True against false positives."""

    heading, across, up = "ROC", "false positive rate", "true positive rate"

    def draw(self, results: Results, chosen: int | None) -> None:
        self.line([0, 1], [0, 1], "border_strong", dashed=True)
        predictions, areas = results.predictions, results.report.roc_areas
        for index in _shown(results, chosen):
            curve = roc_curve(predictions.labels == index, predictions.probabilities[:, index])
            if curve is not None:
                self.line(curve.false_positive, curve.true_positive, "plot_1", faint=chosen is None)
        area = results.report.macro_roc_area if chosen is None else float(areas[chosen])
        if np.isnan(area):
            self.say("none: it takes images of the class and others")
        else:
            self.say(f"{'mean ' if chosen is None else ''}area {number(area)}")


class PrecisionRecallPlot(Plot):
    """Precision against recall."""

    heading, across, up = "Precision and recall", "recall", "precision"

    def draw(self, results: Results, chosen: int | None) -> None:
        predictions = results.predictions
        for index in _shown(results, chosen):
            curve = precision_recall_curve(predictions.labels == index, predictions.probabilities[:, index])
            if curve is not None:
                self.line(curve.recall, curve.precision, "plot_1", faint=chosen is None)
        values = results.report.average_precisions
        known = values[~np.isnan(values)]
        value = (float(known.mean()) if len(known) else float("nan")) if chosen is None else float(values[chosen])
        if np.isnan(value):
            self.say("none: there are no images of the class")
        else:
            self.say(f"{'mean ' if chosen is None else ''}average precision {number(value)}")


class ReliabilityPlot(Plot):
    """How often the network is right, against how sure it is."""

    heading, across, up = "Reliability", "confidence", "accuracy"

    def draw(self, results: Results, chosen: int | None) -> None:
        found = results.report.reliability
        full = np.flatnonzero(found.counts)
        width = 1 / len(found.counts)
        fill = QColor(self._theme.color("plot_1"))
        fill.setAlpha(_FAINT)
        bars = pg.BarGraphItem(
            x=(full + 0.5) * width,
            height=found.accuracy[full],
            width=0.94 * width,
            brush=pg.mkBrush(fill),
            pen=pg.mkPen(self._theme.color("plot_1")),
        )
        self._box.addItem(bars)
        self.line([0, 1], [0, 1], "border_strong", dashed=True)
        self.line(found.confidence[full], found.accuracy[full], "plot_2")
        error = percent(results.report.calibration_error)
        largest = percent(found.largest_error)
        self.say(f"ECE {error}, largest gap {largest}")


KINDS: tuple[type[Plot], ...] = (RocPlot, PrecisionRecallPlot, ReliabilityPlot)


def _shown(results: Results, chosen: int | None) -> range:
    return range(min(len(results.names), _MOST_CURVES)) if chosen is None else range(chosen, chosen + 1)


def _thinned(values: Any):  # type: ignore[no-untyped-def]
    array = np.asarray(values, np.float64)
    if len(array) <= _MOST_POINTS:
        return array
    return array[np.linspace(0, len(array) - 1, _MOST_POINTS).astype(np.int64)]


def _axis(box: pg.ViewBox, side: str, label: str) -> pg.AxisItem:
    axis = pg.AxisItem(side)
    axis.setLabel(label)
    axis.setTicks([[(0, "0"), (0.5, "0.5"), (1, "1")], [(0.25, ""), (0.75, "")]])
    axis.setStyle(hideOverlappingLabels=False)
    axis.linkToView(box)
    axis.setGrid(_GRID)
    return axis
