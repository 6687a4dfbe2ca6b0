"""Curves of the selected runs, one over the other, with a legend that tells their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from workbench.project.results import metric_value, metric_words
from workbench.ui.empty_state import EmptyState
from workbench.ui.run_store import RunStoreModel
from workbench.ui.theme import Theme, figures

if TYPE_CHECKING:
    from workbench.runs import RunEntry
    from workbench.ui.panels.runs.chart import RunsChart

Rows = list[dict[str, float]]
MOST = 12
"""Runs drawn at once: with more, no line could be told from another."""
_EMPTY = "Select runs: their curves are drawn here, one over the other."
_COLORS = ("plot_1", "plot_2", "plot_3", "plot_4")
_STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
_MARKS = ("━━", "╍╍", "┈┈")
_FIRST = ("val_accuracy", "val_loss")
_NOT_DRAWN = ("epoch",)
_LEGEND = 240
_LEGEND_SHARE = 0.3
_VALUE_ROOM = 100
_SOON_MS = 60


class RunCurves(QWidget):
    """Shows one metric of up to twelve runs; which one is asked for above."""

    def __init__(self, store: RunStoreModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._theme = theme
        self._entries: Sequence[RunEntry] = ()
        self._rows: Mapping[Path, Rows] = {}
        self._epoch: int | None = None
        self.chart: RunsChart | None = None
        self.choice = QComboBox(self)
        self.choice.setAccessibleName("Metric")
        self.choice.activated.connect(lambda _: self._draw())
        self.legend = QLabel(self, textFormat=Qt.TextFormat.RichText, wordWrap=False)
        self.legend.setFont(figures(self.legend.font()))
        self.legend.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._wanted = ""
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._read)
        theme.changed.connect(self._paint)

    def show_runs(self, entries: Sequence[RunEntry]) -> None:
        """Draws these runs as soon as their metrics are read."""
        self._entries = [entry for entry in entries if entry.status != "damaged"]
        self._soon.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Draws what was not while nobody looked."""
        super().showEvent(event)
        self._soon.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Long names are worth a share of the room."""
        super().resizeEvent(event)
        self._side.setFixedWidth(max(_LEGEND, int(self.width() * _LEGEND_SHARE)))
        if self.chart is not None:
            self._show_legend()

    def _read(self) -> None:
        folders = [entry.folder for entry in self._entries[:MOST]]
        if not folders or not self.isVisible():
            self._take({})
            return
        self._store.ask(lambda: _metrics(folders), self._take)

    def _take(self, rows: Mapping[Path, Rows]) -> None:
        self._rows = rows
        names = dict.fromkeys(name for run in rows.values() for row in run for name in row if name not in _NOT_DRAWN)
        self._offer([*(name for name in _FIRST if name in names), *(name for name in names if name not in _FIRST)])
        self._layers.setCurrentIndex(1 if names else 0)
        self._empty.set_text(_nothing(len(self._entries)))
        if names:
            self._draw()

    def _offer(self, names: Sequence[str]) -> None:
        known = [self.choice.itemData(number) for number in range(self.choice.count())]
        if names and list(names) != known:
            self._wanted = self._wanted or str(self.choice.currentData() or "")
            self.choice.clear()
            for name in names:
                self.choice.addItem(metric_words(name), name)
            self.choice.setCurrentIndex(max(0, self.choice.findData(self._wanted)))

    def _draw(self) -> None:
        from workbench.ui.panels.runs.chart import RunCurve, RunsChart

        if self.chart is None:
            self.chart = RunsChart(self._theme, self)
            self.chart.hovered.connect(self._hover)
            self._plot.insertWidget(0, self.chart, 1)
        self._wanted = name = str(self.choice.currentData())
        curves = []
        for number, entry in enumerate(self._entries[:MOST]):
            points = self._points(entry.folder, name)
            x, y = [point[0] for point in points], [point[1] for point in points]
            curves.append(RunCurve(x, y, self._theme.color(_COLORS[number % len(_COLORS)]), _style(number)))
        self.chart.show_curves(curves)
        self._show_legend()

    def _points(self, folder: Path, name: str) -> list[tuple[float, float]]:
        return [(row["epoch"], row[name]) for row in self._rows.get(folder, ()) if name in row and "epoch" in row]

    def _hover(self, epoch: int | None) -> None:
        if epoch != self._epoch:
            self._epoch = epoch
            self._show_legend()

    def _show_legend(self) -> None:
        name = str(self.choice.currentData())
        metrics = self.legend.fontMetrics()
        lines = [f"<b>{f'epoch {self._epoch}' if self._epoch else 'last epoch'}</b>"]
        for number, entry in enumerate(self._entries[:MOST]):
            points = dict(self._points(entry.folder, name))
            value = points.get(self._epoch) if self._epoch else next(reversed(points.values()), None)
            color = self._theme.color(_COLORS[number % len(_COLORS)]).name()
            mark = _MARKS[number // len(_COLORS) % len(_MARKS)]
            title = metrics.elidedText(entry.shown_name, Qt.TextElideMode.ElideMiddle, self._side.width() - _VALUE_ROOM)
            told = "—" if value is None else metric_value(name, value)
            lines.append(f'<span style="color: {color}">{mark}</span> {escape(title)} <b>{told}</b>')
        if len(self._entries) > MOST:
            lines.append(f"the first {MOST} of {len(self._entries):,} selected runs")
        self.legend.setText("<br>".join(lines))

    def _paint(self) -> None:
        if self.chart is not None:
            self.chart.paint_theme()
            self._draw()

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(8)
        side.addWidget(self.choice)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(self.legend)
        side.addWidget(area, 1)
        self._side = QWidget(self)
        self._side.setLayout(side)
        self._side.setFixedWidth(_LEGEND)
        side.setContentsMargins(0, 8, 8, 0)
        drawn = QWidget(self)
        self._plot = QHBoxLayout(drawn)
        self._plot.setContentsMargins(0, 0, 0, 0)
        self._plot.addWidget(self._side)
        self._empty = EmptyState(self._theme, "chart", _EMPTY, self)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(self._empty)
        self._layers.addWidget(drawn)


def _style(number: int) -> Qt.PenStyle:
    return _STYLES[number // len(_COLORS) % len(_STYLES)]


def _nothing(selected: int) -> str:
    return "No completed epoch is on record here yet: there is nothing to draw." if selected else _EMPTY


def _metrics(folders: Sequence[Path]) -> dict[Path, Rows]:
    """In the store's thread. A run that cannot be read has no curve; the list says what is wrong with it."""
    from workbench.runs import Run, RunStoreError

    found: dict[Path, Rows] = {}
    for folder in folders:
        try:
            found[folder] = Run.open(folder).metrics()
        except RunStoreError:
            found[folder] = []
    return found
