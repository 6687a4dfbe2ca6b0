"""The report's rows as a Qt model: what each cell says, how it sorts, and its bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from workbench.analysis.tables import LayerRow, Sums, sums
from workbench.ui import quantities

BAR_ROLE = Qt.ItemDataRole.UserRole
"""Length of the bar from 0 to 1, the column's largest; None where there is no bar."""
Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Column:
    """A heading, what it means, the cell's text and what it sorts by. `whole`: what the cell is a share of."""

    title: str
    tip: str
    text: Callable[[LayerRow], str]
    key: Callable[[LayerRow], Any]
    whole: Callable[[Sums], int] | None = None
    number: bool = True


def _field_size(row: LayerRow) -> float:
    if row.field is None:
        return -1
    return float("inf") if row.field.whole else float(max((axis.size for axis in row.field.axes), default=0))


def _stride(row: LayerRow) -> float:
    return -1 if row.field is None else max((float(axis.stride) for axis in row.field.axes), default=0.0)


def _values(row: LayerRow) -> int:
    """Values of the first output, to sort shapes by."""
    count = 1
    for size in row.outputs[0][1].shape if row.outputs else (0,):
        count *= size or 0
    return count


COLUMNS = (
    Column("Name", "The layer; what is in a block is named after it", lambda r: r.name, lambda r: r.name, number=False),
    Column("Type", "The Keras layer", lambda r: r.type, lambda r: r.type, number=False),
    Column("Output", "Shape of what comes out, without the batch", lambda r: r.output, _values, number=False),
    Column(
        "Parameters",
        "Values of all weights; bars compare the layers",
        lambda r: quantities.exact(r.params),
        lambda r: r.params,
        lambda s: s.params,
    ),
    Column(
        "Trainable",
        "Values that training changes",
        lambda r: quantities.exact(r.trainable_params),
        lambda r: r.trainable_params,
    ),
    Column(
        "MACs",
        "Multiplications for one sample; bars compare the layers",
        lambda r: quantities.exact(r.macs),
        lambda r: -1 if r.macs is None else r.macs,
        lambda s: s.macs,
    ),
    Column(
        "FLOPs",
        "Two for each multiplication, for one sample",
        lambda r: quantities.short(r.flops),
        lambda r: -1 if r.flops is None else r.flops,
    ),
    Column(
        "Activations",
        "Memory of what comes out, for one sample; bars compare the layers",
        lambda r: quantities.size(r.activation_bytes),
        lambda r: -1 if r.activation_bytes is None else r.activation_bytes,
        lambda s: s.activation_bytes,
    ),
    Column(
        "Receptive field", "Input positions that one output position sees", lambda r: r.receptive_field, _field_size
    ),
    Column("Stride", "Input positions from one output position to the next", lambda r: r.stride, _stride),
)


class RowsModel(QAbstractTableModel):
    """Holds the rows that were last given, and lists them by a column. Sorted here: Qt would ask for every cell, often.

    `rows` are in the order of the graph, `listed` as they are seen.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[LayerRow] = ()
        self.listed: Sequence[LayerRow] = ()
        self._by: tuple[int, Qt.SortOrder] = (-1, Qt.SortOrder.AscendingOrder)
        self.totals = sums(())
        self._largest: dict[str, int] = {}

    def show_rows(self, rows: Sequence[LayerRow]) -> None:
        """Shows other rows; while there are as many of the same layers, what is selected stays so."""
        same = [row.path for row in rows] == [row.path for row in self.rows]
        if not same:
            self.beginResetModel()
        self.rows, self.totals = rows, sums(rows)
        self._largest = {c.title: max((c.key(row) for row in rows), default=0) for c in COLUMNS if c.whole}
        if not same:
            self.listed = self._sorted()
            self.endResetModel()
        elif rows:
            self._list()
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Lists the rows by a column; by a negative one, in the order of the graph."""
        self._by = column, order
        self._list()

    def _sorted(self) -> list[LayerRow]:
        column, order = self._by
        if column < 0:
            return list(self.rows)
        return sorted(self.rows, key=COLUMNS[column].key, reverse=order is Qt.SortOrder.DescendingOrder)

    def _list(self) -> None:
        """What is selected stays so, wherever it goes."""
        listed = self._sorted()
        self.layoutAboutToBeChanged.emit()
        place = {row.path: number for number, row in enumerate(listed)}
        held = self.persistentIndexList()
        now = [self.index(place[self.listed[index.row()].path], index.column()) for index in held]
        self.listed = listed
        self.changePersistentIndexList(held, now)
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self.listed)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        answers = {
            Qt.ItemDataRole.DisplayRole: column.title,
            Qt.ItemDataRole.ToolTipRole: column.tip,
            Qt.ItemDataRole.TextAlignmentRole: _RIGHT if column.number else _LEFT,
        }
        return answers.get(Qt.ItemDataRole(role))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.listed[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == BAR_ROLE:
            largest = self._largest.get(column.title, 0)
            return max(0, column.key(row)) / largest if largest > 0 else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.number else _LEFT
        if role == Qt.ItemDataRole.ToolTipRole:
            share = self._share(row, column)
            return column.text(row) if share is None else f"{share:.1%} of {column.title.lower()}"
        return None

    def _share(self, row: LayerRow, column: Column) -> float | None:
        """Part of the whole network's, or None in a column without bars."""
        whole = column.whole(self.totals) if column.whole else 0
        return max(0, column.key(row)) / whole if whole else None
