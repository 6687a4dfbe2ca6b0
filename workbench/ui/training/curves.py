"""Live curves of loss and accuracy, which import pyqtgraph behind the painted window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from workbench.protocol import BatchProgress, EpochEnd, Started
from workbench.ui.empty_state import EmptyState
from workbench.ui.theme import Theme
from workbench.ui.training.history import TrainingHistory

if TYPE_CHECKING:
    from workbench.ui.training.chart import Chart

_REDRAW_MS = 100
_CHARTS = (("loss", "Loss"), ("accuracy", "Accuracy"))
_PURPOSE = "Loss and accuracy appear here while the network trains, of the training images and of the held-out ones."


class Curves(QWidget):
    """The curves of the last training of this session; redrawn at most ten times a second."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.history = TrainingHistory()
        self.charts: Sequence[Chart] = ()
        self.empty = EmptyState(theme, "chart", _PURPOSE, self)
        self._plots = QWidget(self)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self.empty)
        self._layers.addWidget(self._plots)
        self._library = _Library(self)
        self._library.finished.connect(self._redraw_soon)
        self._redraw = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._redraw.timeout.connect(self._draw)
        theme.changed.connect(self._paint)

    def load(self) -> None:
        """Imports the drawing library in a thread: half a second, which the window would otherwise stand still."""
        if not self._library.isRunning() and not self._library.isFinished():
            self._library.start(QThread.Priority.LowPriority)

    def take(self, event: Started | BatchProgress | EpochEnd) -> None:
        """Adds what a training says; a start forgets the training before."""
        match event:
            case Started():
                self.history = TrainingHistory(event.epochs)
            case BatchProgress():
                self.history.add_batch(event)
            case EpochEnd():
                self.history.add_epoch(event)
        self.load()
        self._redraw_soon()

    def finish(self) -> None:
        """Waits for the library's thread and draws no more."""
        self._library.wait()
        self._redraw.stop()

    def _redraw_soon(self) -> None:
        if self.history.epochs and self._library.isFinished() and not self._redraw.isActive():
            self._redraw.start()

    def _draw(self) -> None:
        if not self.charts:
            self._make_charts()
        self._layers.setCurrentWidget(self._plots)
        for chart in self.charts:
            chart.show_history(self.history)

    def _make_charts(self) -> None:
        from workbench.ui.training.chart import Chart

        self.charts = [Chart(metric, title, self._theme, self._plots) for metric, title in _CHARTS]
        row = QHBoxLayout(self._plots)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for chart in self.charts:
            row.addWidget(chart)

    def _paint(self) -> None:
        for chart in self.charts:
            chart.paint_theme()


class _Library(QThread):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)

    def run(self) -> None:
        """Imports numpy and pyqtgraph; neither makes a Qt object while it is imported."""
        import pyqtgraph

        pyqtgraph.setConfigOptions(antialias=True, exitCleanup=False)
