"""Live curves of loss, metrics, learning rate and speed, which import pyqtgraph behind the painted window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QStackedLayout, QWidget

from workbench.project import write_atomic
from workbench.protocol import BatchProgress, EpochEnd, Started
from workbench.text import csv_text
from workbench.ui.empty_state import EmptyState
from workbench.ui.slices import Slices
from workbench.ui.theme import Theme
from workbench.ui.training.drawing_library import imported
from workbench.ui.training.history import RATE, SPEED, TrainingHistory

if TYPE_CHECKING:
    from workbench.ui.training.chart import Chart

_REDRAW_MS = 50
_FIRST = ("loss", "accuracy", RATE, SPEED)
"""Charts that are made ahead: painting one for the first time takes long."""
_CHART_WIDTH, _CHART_HEIGHT = 200, 120
_GAP = 8
_PURPOSE = "Loss, metrics and learning rate appear here while the network trains: training and held-out images apart."


class Curves(QWidget):
    """The curves of one training, live or from its run; one chart is redrawn at a time, and only those in sight."""

    ready = Signal()
    """There are charts to draw on."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.history = self._live = TrainingHistory()
        self.smoothing = 0.0
        self.by_name: dict[str, Chart] = {}
        self.empty = EmptyState(theme, "chart", _PURPOSE, self)
        self._plots = QWidget(self)
        self._grid = QGridLayout(self._plots)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self._area = QScrollArea(self, widgetResizable=True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self._plots)
        self._area.verticalScrollBar().valueChanged.connect(self._redraw_soon)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self.empty)
        self._layers.addWidget(self._area)
        self._loading = Slices(self)
        self._shown: tuple[tuple[str, ...], int] = ((), 0)
        self._stale: list[str] = []
        self._loaded = self._finished = False
        self._redraw = QTimer(self, interval=_REDRAW_MS)
        self._redraw.timeout.connect(self._draw_next)
        theme.changed.connect(self._paint)

    @property
    def charts(self) -> list[Chart]:
        """The charts that are shown, in their order."""
        return [self.by_name[name] for name in self._shown[0]]

    def load(self) -> None:
        """Imports the drawing library in slices: half a second, which the window would otherwise stand still."""
        if not self._loaded and not self._loading.busy:
            self._loading.begin(imported(), self._on_library)

    def take(self, event: Started | BatchProgress | EpochEnd) -> None:
        """Adds what a training says; a start forgets the training before."""
        match event:
            case Started():
                self.history = self._live = TrainingHistory(event.epochs)
            case BatchProgress():
                self._live.add_batch(event)
            case EpochEnd():
                self._live.add_epoch(event)
        self.load()
        self._redraw_soon()

    def begin_with(self, rows: Sequence[Mapping[str, float]]) -> None:
        """Puts the epochs of a resumed run before those that come in."""
        self._live.begin_with(rows)
        self._redraw_soon()

    def show_live(self) -> None:
        """Shows what a training says, or said last."""
        self._show(self._live)

    def show_rows(self, rows: Sequence[Mapping[str, float]], epochs: int) -> None:
        """Shows a run's epochs as they are on disk, over so many epochs in all."""
        history = TrainingHistory(epochs if rows else 0)
        history.begin_with(rows)
        self._show(history)

    def clear(self) -> None:
        """Shows no training."""
        self._show(TrainingHistory())

    def _show(self, history: TrainingHistory) -> None:
        self.history = history
        if not history.epochs:
            self._redraw.stop()
            self._layers.setCurrentWidget(self.empty)
            return
        self.load()
        self._redraw_soon()

    def smooth(self, share: float) -> None:
        """Draws the batches as a running mean from now on."""
        self.smoothing = share
        self._redraw_soon()

    def write_table(self, path: Path) -> None:
        """Writes every point as a line of a CSV file. Raises OSError."""
        rows = ((name, part, f"{x:.6g}", repr(y)) for name, part, x, y in self.history.rows())
        write_atomic(path, csv_text([("metric", "of", "epoch", "value"), *rows]).encode())

    def write_picture(self, path: Path) -> None:
        """Writes all charts as they are shown. Raises OSError."""
        if not self._plots.grab().save(str(path)):
            raise OSError(f"no picture can be written to {path}")

    def finish(self) -> None:
        """Draws no more."""
        self._finished = True
        self._loading.drop()
        self._redraw.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many charts in a row as there is room for."""
        super().resizeEvent(event)
        self._arrange()
        self._redraw_soon()

    def _on_library(self) -> None:
        self._loaded = True
        self._make_chart()

    def _make_chart(self) -> None:
        """Makes one chart after the other, with time for the window in between."""
        wanted = dict.fromkeys((*_FIRST, *self.history.names))
        missing = [name for name in wanted if name not in self.by_name]
        if self._finished or not missing or not self._loaded:
            return
        from workbench.ui.training.chart import Chart

        chart = Chart(missing[0], self._theme, self._plots)
        chart.hide()
        chart.resize(_CHART_WIDTH, _CHART_HEIGHT)
        chart.grab()  # the first painting takes several times as long as the others: not when batches come in
        self.by_name[missing[0]] = chart
        QTimer.singleShot(0, self, self._make_chart)
        if len(missing) == 1:
            self._redraw_soon()
            self.ready.emit()

    def _redraw_soon(self) -> None:
        names = self.history.names
        if not self.history.epochs or not self.by_name:
            return
        if any(name not in self.by_name for name in names):
            QTimer.singleShot(0, self, self._make_chart)
        self._stale += [name for name in names if name not in self._stale]
        if not self._redraw.isActive():
            self._redraw.start()

    def _draw_next(self) -> None:
        """Draws one chart, the others later: painting several at once would be one long pause."""
        self._layers.setCurrentWidget(self._area)
        if self._arrange():
            return  # what is in sight is known when Qt has laid it out
        while self._stale:
            name = self._stale.pop(0)
            if name in self._shown[0] and not self.by_name[name].visibleRegion().isEmpty():
                self.by_name[name].show_history(self.history, self.smoothing)
                return
        self._redraw.stop()

    def showEvent(self, event: object) -> None:
        """What came in the meantime is drawn."""
        self._redraw_soon()

    def _arrange(self) -> bool:
        """Puts the charts in rows; False where they stand already."""
        names = tuple(name for name in self.history.names if name in self.by_name)
        columns = max(1, min(len(names), (self.width() + _GAP) // (_CHART_WIDTH + _GAP)))
        if (names, columns) == self._shown or not self.history.epochs:
            return False
        self._shown = (names, columns)
        for chart in self.by_name.values():
            self._grid.removeWidget(chart)
            chart.hide()
        for place, name in enumerate(names):
            self._grid.addWidget(self.by_name[name], *divmod(place, columns))
            self.by_name[name].show()
        return True

    def _paint(self) -> None:
        for chart in self.by_name.values():
            chart.paint_theme()
