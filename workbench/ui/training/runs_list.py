"""The newest runs in the Training panel: name, how each ended, and its best result."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import icons
from workbench.ui.empty_state import EmptyState
from workbench.ui.run_status import SYMBOLS
from workbench.ui.theme import Theme, figures
from workbench.ui.training.recent_runs import RecentRuns, RunRow

_COLUMNS = ("Run", "Status", "Best")
_FOLDER = Qt.ItemDataRole.UserRole


class RunsList(QWidget):
    """Follows `RecentRuns`; the selected run is the one that is drawn, exported and resumed."""

    def __init__(self, theme: Theme, runs: RecentRuns, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs = runs
        self.table = _table(self)
        self.table.currentItemChanged.connect(self._on_current)
        self._problem = QLabel(self, wordWrap=True)
        self._problem.setProperty("role", "error")
        self._layers = QStackedWidget(self)
        self._layers.addWidget(EmptyState(theme, "layers", "Every training is kept as a run and listed here.", self))
        self._layers.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._problem)
        column.addWidget(self._layers, 1)
        runs.changed.connect(self._show)
        theme.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._problem.setText(self._runs.problem)
        self._problem.setVisible(bool(self._runs.problem))
        self._layers.setCurrentIndex(1 if self._runs.rows else 0)
        self.table.blockSignals(True)
        self.table.clear()
        for row in self._runs.rows:
            item = self._item(row)
            self.table.addTopLevelItem(item)
            if row.folder == self._runs.selected:
                self.table.setCurrentItem(item)
        self.table.blockSignals(False)

    def _item(self, row: RunRow) -> QTreeWidgetItem:
        item = QTreeWidgetItem([row.name, row.status, row.result])
        symbol, token = SYMBOLS[row.status]
        item.setIcon(1, icons.tinted(symbol, self._theme.color(token)))
        item.setData(0, _FOLDER, row.folder)
        item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for column in range(len(_COLUMNS)):
            item.setToolTip(column, _details(row))
        return item

    def _on_current(self, item: QTreeWidgetItem | None) -> None:
        folder = item.data(0, _FOLDER) if item else None
        self._runs.select(folder if isinstance(folder, Path) else None)


def _details(row: RunRow) -> str:
    result = f"best epoch {row.best_epoch}: {row.result}" if row.result else ""
    epochs = f"{row.epochs} epochs" if row.epochs else ""
    return "\n".join(filter(None, (row.problem, epochs, result, str(row.folder))))


def _table(parent: QWidget) -> QTreeWidget:
    table = QTreeWidget(parent)
    table.setHeaderLabels(_COLUMNS)
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAlternatingRowColors(True)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setFont(figures(table.font()))
    table.setAccessibleName("Recent runs")
    header = table.header()
    header.setStretchLastSection(False)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table
