"""Live curves of loss and accuracy, which import pyqtgraph behind the painted window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from workbench.protocol import BatchProgress, EpochEnd, Started
from workbench.ui.empty_state import EmptyState
from workbench.ui.theme import Theme
from workbench.ui.training.history import TrainingHistory

if TYPE_CHECKING:
    from workbench.ui.training.chart import Chart

_REDRAW_MS = 50
_CHARTS = (("loss", "Loss"), ("accuracy", "Accuracy"))
_PURPOSE = "Loss and accuracy appear here while the network trains, of the training images and of the held-out ones."


class Curves(QWidget):
    """The curves of the last training of this session; each chart redrawn at most ten times a second."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.history = TrainingHistory()
        self.charts: list[Chart] = []
        self.empty = EmptyState(theme, "chart", _PURPOSE, self)
        self._plots = QWidget(self)
        self._row = QHBoxLayout(self._plots)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self.empty)
        self._layers.addWidget(self._plots)
        self._library = _Library(self)
        self._library.finished.connect(self._make_charts)
        self._stale = self._turn = 0
        self._finished = False
        self._redraw = QTimer(self, interval=_REDRAW_MS)
        self._redraw.timeout.connect(self._draw_next)
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
        self._finished = True
        self._library.wait()
        self._redraw.stop()

    def _make_charts(self) -> None:
        """Makes one chart after the other, with time for the window in between."""
        if self._finished:
            return
        from workbench.ui.training.chart import Chart

        metric, title = _CHARTS[len(self.charts)]
        chart = Chart(metric, title, self._theme, self._plots)
        self.charts.append(chart)
        self._row.addWidget(chart)
        chart.grab()  # the first painting takes several times as long as the others: not when batches come in
        if len(self.charts) < len(_CHARTS):
            QTimer.singleShot(0, self, self._make_charts)
        else:
            self._redraw_soon()

    def _redraw_soon(self) -> None:
        self._stale = len(_CHARTS)
        if self.history.epochs and len(self.charts) == len(_CHARTS) and not self._redraw.isActive():
            self._redraw.start()

    def _draw_next(self) -> None:
        """Draws one chart, the other one next time: painting both at once would be twice the pause."""
        self._layers.setCurrentWidget(self._plots)
        self.charts[self._turn].show_history(self.history)
        self._turn = (self._turn + 1) % len(_CHARTS)
        self._stale -= 1
        if self._stale == 0:
            self._redraw.stop()

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
