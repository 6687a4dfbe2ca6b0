"""Every class with what became of it, sortable, to be copied and exported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from workbench.project import write_atomic
from workbench.text import csv_text
from workbench.ui.panels.evaluation.headline import number
from workbench.ui.theme import Theme, figures

if TYPE_CHECKING:
    from workbench.ui.panels.evaluation.mask_results import MaskResults
    from workbench.ui.panels.evaluation.results import Results

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = Qt.ItemDataRole.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ROOM, _WIDEST = 8, 320
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
Rows = Iterable[Sequence[str]]


@dataclass(frozen=True)
class Column:
    """A heading, what it means, and the values of all classes."""

    title: str
    tip: str
    values: Callable[[Any], Sequence[Any]]
    text: Callable[[Any], str] = str


COLUMNS = (
    Column("Class", "The class's name", lambda r: r.names),
    Column("Images", "Images of the class", lambda r: r.report.by_class.support.tolist(), lambda v: f"{v:,}"),
    Column("Precision", "Right among the images taken for it", lambda r: r.report.by_class.precision.tolist(), number),
    Column("Recall", "Recognised among its images", lambda r: r.report.by_class.recall.tolist(), number),
    Column("F1", "Harmonic mean of precision and recall", lambda r: r.report.by_class.f1.tolist(), number),
    Column(
        "ROC AUC",
        "How often an image of the class gets a higher probability for it than another image",
        lambda r: r.report.roc_areas.tolist(),
        number,
    ),
    Column(
        "Avg. precision",
        "Mean precision over all thresholds",
        lambda r: r.report.average_precisions.tolist(),
        number,
    ),
    Column("Most often taken for", "The class's most frequent mistake", lambda r: _mistakes(r)),
)


MASK_COLUMNS = (
    Column("Class", "The class's name", lambda r: r.names),
    Column("Pixels", "Pixels of the class, as it truly is", lambda r: r.report.pixels.tolist(), lambda v: f"{v:,}"),
    Column(
        "IoU",
        "Intersection over union: pixels that are rightly of the class among those that are of it or taken for it",
        lambda r: r.report.iou.tolist(),
        number,
    ),
    Column("Dice", "Harmonic mean of precision and recall (F1)", lambda r: r.report.dice.tolist(), number),
    Column("Precision", "Right among the pixels taken for it", lambda r: r.report.precision.tolist(), number),
    Column("Recall", "Found among its pixels: its pixel accuracy", lambda r: r.report.accuracy.tolist(), number),
    Column("Most often taken for", "The class's most frequent mistake", lambda r: _mistakes(r)),
)


def _mistakes(results: Results | MaskResults) -> list[str]:
    found = []
    for index, row in enumerate(results.report.confusion.tolist()):
        row[index] = 0
        most = max(row, default=0)
        found.append(f"{results.names[row.index(most)]} ({most:,})" if most else "")
    return found


class ClassesModel(QAbstractTableModel):
    """A row a class."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kinds: tuple[Column, ...] = COLUMNS
        self._columns: list[Sequence[Any]] = []

    def show_results(self, results: Results | MaskResults) -> None:
        """Shows others."""
        self.beginResetModel()
        self._kinds = MASK_COLUMNS if results.masks else COLUMNS
        self._columns = [column.values(results) for column in self._kinds]
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() or not self._columns else len(self._columns[0])

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._kinds)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self._kinds[section]
        answers = {
            Qt.ItemDataRole.DisplayRole: column.title,
            Qt.ItemDataRole.ToolTipRole: column.tip,
            Qt.ItemDataRole.TextAlignmentRole: _LEFT if column.text is str else _RIGHT,
        }
        return answers.get(Qt.ItemDataRole(role))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        column, value = self._kinds[index.column()], self._columns[index.column()][index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column.text(value)
        if role == SORT_ROLE:
            return -1.0 if isinstance(value, float) and isnan(value) else value
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if column.text is str else _RIGHT
        return None


class ClassesPage(QWidget):
    """The table, and what can be taken out of it."""

    picked = Signal(int)
    """The class that was picked."""
    failed = Signal(str)
    """Why something could not be written."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._results: Results | MaskResults | None = None
        self._model = ClassesModel(self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._model)
        self._sorted.setSortRole(SORT_ROLE)
        self.table = _table(self, self._sorted)
        self.table.activated.connect(self._pick)
        self.export = QPushButton("Export", self)
        menu = QMenu(self)
        menu.addAction("Classes as CSV…", lambda: self._ask("classes", self._class_rows))
        menu.addAction("Confusion matrix as CSV…", lambda: self._ask("confusion", self._confusion_rows))
        menu.addAction("Predictions as CSV…", lambda: self._ask("predictions", self._prediction_rows))
        menu.addSeparator()
        menu.addAction("Copy the classes", lambda: self._copy(self._class_rows))
        menu.addAction("Copy the confusion matrix", lambda: self._copy(self._confusion_rows))
        self.export.setMenu(menu)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        bottom.addWidget(self.export)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table, 1)
        column.addLayout(bottom)

    def show_results(self, results: Results | MaskResults) -> None:
        """Lists other classes."""
        self._results = results
        self._model.show_results(results)
        widen(self.table)

    def write(self, path: Path, rows: Callable[[], Rows]) -> None:
        """Writes rows as CSV; a failure is told."""
        try:
            write_atomic(path, to_csv(rows()).encode())
        except OSError as error:
            self.failed.emit(f"{path}: Cannot be written: {error.strerror or error}")

    def _pick(self, index: QModelIndex) -> None:
        self.picked.emit(self._sorted.mapToSource(index).row())

    def _ask(self, name: str, rows: Callable[[], Rows]) -> None:
        path, _ = QFileDialog.getSaveFileName(self, f"Export the {name}", f"{name}.csv", "CSV (*.csv)")
        if path:
            self.write(Path(path), rows)

    def _copy(self, rows: Callable[[], Rows]) -> None:
        QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in rows()))

    def _class_rows(self) -> Rows:
        return self._results.class_rows() if self._results else ()

    def _confusion_rows(self) -> Rows:
        from workbench.evaluation.export import confusion_rows

        return confusion_rows(self._results.names, self._results.report) if self._results else ()

    def _prediction_rows(self) -> Rows:
        return self._results.prediction_rows() if self._results else ()


def to_csv(rows: Rows) -> str:
    """Rows as a spreadsheet reads them."""
    return csv_text(rows)


def widen(table: QTableView) -> None:
    """Columns as wide as what they hold, with room between a number and the word after it."""
    table.resizeColumnsToContents()
    header = table.horizontalHeader()
    for section in range(header.count()):
        header.resizeSection(section, min(header.sectionSize(section) + _ROOM, _WIDEST))


def _table(parent: QWidget, model: QSortFilterProxyModel) -> QTableView:
    table = QTableView(parent)
    table.setModel(model)
    table.setFont(figures(table.font()))
    table.setAccessibleName("Classes")
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setProperty("role", "padded")
    table.setAlternatingRowColors(True)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 8)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSortIndicatorClearable(True)
    table.setSortingEnabled(True)
    table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    return table
