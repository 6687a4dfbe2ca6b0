"""The model report's panel: a sortable table of every layer, totals, memory, and export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from workbench.analysis.tables import LayerRow, bounded, each_layer_row, to_csv, to_markdown
from workbench.project import Change, write_atomic
from workbench.ui import quantities
from workbench.ui.document import Document, only_moves
from workbench.ui.empty_state import EmptyState
from workbench.ui.panels.report.bars import BarDelegate
from workbench.ui.panels.report.memory import MemoryLine
from workbench.ui.panels.report.rows import COLUMNS, RowsModel
from workbench.ui.slices import Slices
from workbench.ui.theme import Theme, figures

_EMPTY = "Every layer with its shape, parameters and cost will be listed here."
_WAIT_MS = 150
"""Changes that come faster than this are reported together: listing a deep network takes a while."""
_WIDTHS = (200, 140, 110, 110, 100, 130, 80, 100, 110, 70)
Format = Callable[[list[LayerRow]], str]


class ReportPanel(QWidget):
    """Lists the graph that is shown. While the panel is hidden nothing is worked out."""

    node_picked = Signal(str)
    """The id of the drawn node that the picked layer belongs to."""
    failed = Signal(str)
    """Why the report could not be written."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._rows = RowsModel(self)
        self._gathering = Slices(self)
        self.table = QTableView(self)
        self.totals = QLabel(self)
        self.memory = MemoryLine(document, self)
        self.export = QPushButton("Export", self)
        self._stale = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self.refresh)
        self._set_up_table(theme)
        self._lay_out(theme)
        document.changed.connect(self._on_changed)
        document.shown.connect(self._expire)
        document.replaced.connect(self._expire)
        self._expire()

    @property
    def rows(self) -> list[LayerRow]:
        """The layers in the order in which they are listed."""
        return list(self._rows.listed)

    def refresh(self) -> None:
        """Lists the layers as they are now; of a large network, as soon as they are gathered."""
        self._stale = False
        rows: list[LayerRow] = []
        gathered = map(rows.append, each_layer_row(self._document.graph_analysis))
        self._gathering.begin(gathered, lambda: self._show(rows))

    def _show(self, rows: list[LayerRow]) -> None:
        self._rows.show_rows(rows)
        total = self._rows.totals
        self.totals.setText(
            f"{quantities.counted(total.layers, 'layer')}   "
            f"{bounded(f'{total.params:,}', total.params_whole)} parameters, "
            f"{bounded(f'{total.trainable_params:,}', total.params_whole)} trainable   "
            f"{bounded(f'{total.macs:,}', total.macs_whole)} MACs   "
            f"{bounded(quantities.short(total.flops), total.macs_whole)} FLOPs   "
            f"{bounded(quantities.size(total.activation_bytes), total.activations_whole)} activations a sample"
        )
        self.memory.refresh()
        self._stack.setCurrentIndex(int(bool(rows)))

    def write(self, path: Path, form: Format) -> None:
        """Writes the report, in the order of the graph."""
        try:
            write_atomic(path, form(list(self._rows.rows)).encode())
        except OSError as error:
            self.failed.emit(f"{path}: Cannot be written: {error.strerror or error}")

    def showEvent(self, event: QShowEvent) -> None:
        """Works out what was put off while nobody looked."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _on_changed(self, change: Change) -> None:
        if not only_moves(change):
            self._expire()

    def _expire(self) -> None:
        self._stale = True
        self._gathering.drop()
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _pick(self, index: QModelIndex) -> None:
        row = self._rows.listed[index.row()]
        self.node_picked.emit(row.path.partition("/")[0])

    def _ask(self, name: str, suffix: str, form: Format) -> None:
        suggested = f"{self._document.title}.{suffix}"
        path, _ = QFileDialog.getSaveFileName(self, f"Export the report as {name}", suggested, f"{name} (*.{suffix})")
        if path:
            self.write(Path(path), form)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(to_markdown(self._rows.rows))

    def _set_up_table(self, theme: Theme) -> None:
        table = self.table
        table.setModel(self._rows)
        table.setItemDelegate(BarDelegate(theme, table))
        table.setFont(figures(table.font()))
        table.setAccessibleName("Layers")
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
        header = table.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setHighlightSections(False)
        table.setSortingEnabled(True)
        table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)  # the order of the graph
        for section, width in enumerate(_WIDTHS):
            title = header.fontMetrics().horizontalAdvance(COLUMNS[section].title) + 36
            header.resizeSection(section, max(width, title))
        table.clicked.connect(self._pick)
        table.activated.connect(self._pick)

    def _lay_out(self, theme: Theme) -> None:
        menu = QMenu(self)
        menu.addAction("CSV…", lambda: self._ask("CSV", "csv", to_csv))
        menu.addAction("Markdown…", lambda: self._ask("Markdown", "md", to_markdown))
        menu.addAction("Copy as Markdown", self._copy)
        self.export.setMenu(menu)
        self.totals.setFont(figures(self.font()))
        self.totals.setWordWrap(True)
        self.memory.setFont(figures(self.font()))
        bottom = QHBoxLayout()
        bottom.setContentsMargins(8, 4, 8, 0)
        bottom.addWidget(self.totals, 1)
        bottom.addWidget(self.export)
        self.memory.setContentsMargins(8, 0, 8, 8)
        listed = QWidget(self)
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.table, 1)
        column.addLayout(bottom)
        column.addWidget(self.memory)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(EmptyState(theme, "chart", _EMPTY, self))
        self._stack.addWidget(listed)
