"""Class balance: a bar for each class with its images by part, and the weight that balances it. A click filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from workbench.ui.panels.dataset.parts import PART_SHORT, PART_TOKENS, PART_WORDS
from workbench.ui.theme import Theme, figures

if TYPE_CHECKING:
    from workbench.ui.panels.dataset.samples import Samples

_COLUMNS = ("Class", "Images", *PART_SHORT, "Weight")
_IMAGES, _WEIGHT = 1, 5
_SORT = Qt.ItemDataRole.UserRole
_SHARES = Qt.ItemDataRole.UserRole + 1
_BAR_WIDTH = 90
_NUMBER_WIDTH = 62
_STRENGTH = 0.55
_SWATCH = 10
Index = QModelIndex | QPersistentModelIndex


class ClassRows(QAbstractTableModel):
    """A row for each class."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self._counts: list[list[int]] = []
        self._weights: tuple[float | None, ...] = ()
        self._most = 1

    def use(self, samples: Samples | None) -> None:
        """Other samples, or the same in other parts."""
        self.beginResetModel()
        classes = samples is not None and not samples.source.masked
        self._names = samples.class_names if classes and samples else ()
        self._counts = samples.counts.tolist() if classes and samples else []
        self._weights = samples.weights() if classes and samples else ()
        self._most = max((sum(row) for row in self._counts), default=1) or 1
        self.endResetModel()

    def has_part(self, part: int) -> bool:
        """True when there are images in a part."""
        return any(row[part] for row in self._counts)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._names)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        if role == Qt.ItemDataRole.DecorationRole and _IMAGES < section < _WEIGHT:
            swatch = QPixmap(_SWATCH, _SWATCH)
            swatch.fill(self._theme.color(PART_TOKENS[section - _IMAGES - 1]))
            return swatch
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | (
                Qt.AlignmentFlag.AlignRight if section > _IMAGES else Qt.AlignmentFlag.AlignLeft
            )
        if role == Qt.ItemDataRole.ToolTipRole and section == _WEIGHT:
            return "Training images / (classes × training images of the class): used where class weights are balanced"
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        value = self._value(row, column)
        if role == _SORT:
            return -1.0 if value is None else value
        if role == Qt.ItemDataRole.DisplayRole:
            return _written(value)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and column:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == _SHARES and column == _IMAGES:
            return [count / self._most for count in self._counts[row]]
        return None

    def _value(self, row: int, column: int) -> str | int | float | None:
        if column == 0:
            return self._names[row]
        if column == _IMAGES:
            return sum(self._counts[row])
        return self._weights[row] if column == _WEIGHT else self._counts[row][column - _IMAGES - 1]

    def _tip(self, row: int) -> str:
        parts = (f"{word}: {count:,}" for word, count in zip(PART_WORDS, self._counts[row], strict=True))
        return "\n".join((self._names[row], *parts, "Click to see only this class"))


class ClassTable(QTableView):
    """The classes; the filtered one is selected."""

    toggled = Signal(object)
    """A class index, or None to see all classes again."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = ClassRows(theme, self)
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSourceModel(self._rows)
        self._sorted.setSortRole(_SORT)
        self._filtered: int | None = None
        self.setModel(self._sorted)
        self.setItemDelegateForColumn(_IMAGES, _StackedBar(theme, self))
        self.setFont(figures(self.font()))
        self.setAccessibleName("Class balance")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setMinimumSectionSize(48)
        self.setSortingEnabled(True)
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        for section, title in enumerate(_COLUMNS):
            header.resizeSection(section, max(_NUMBER_WIDTH, header.fontMetrics().horizontalAdvance(title) + 20))
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(_IMAGES, _BAR_WIDTH)
        self.clicked.connect(lambda index: self._toggle(index.row()))
        theme.changed.connect(
            lambda: self._rows.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(_COLUMNS) - 1)
        )

    def use(self, samples: Samples | None) -> None:
        """Other samples, or the same in other parts."""
        self._rows.use(samples)
        for part in range(len(PART_SHORT)):
            self.setColumnHidden(_IMAGES + 1 + part, not self._rows.has_part(part))
        self.show_filtered(self._filtered)

    def show_filtered(self, label: int | None) -> None:
        """Marks the class that alone is shown."""
        self._filtered = label
        self.clearSelection()
        if label is not None and label < self._rows.rowCount():
            self.selectRow(self._sorted.mapFromSource(self._rows.index(label, 0)).row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return filters as a click does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.currentIndex().isValid():
            self._toggle(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _toggle(self, row: int) -> None:
        label = self._sorted.mapToSource(self._sorted.index(row, 0)).row()
        self.toggled.emit(None if label == self._filtered else label)


class _StackedBar(QStyledItemDelegate):
    """Behind the number, a bar of the parts; its length compares the class with the largest."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        room = option.rect.adjusted(2, 3, -2, -3)
        left = float(room.left())
        for share, token in zip(index.data(_SHARES) or (), PART_TOKENS, strict=False):
            color = self._theme.color(token)
            color.setAlphaF(_STRENGTH)
            width = max(1.0, room.width() * share) if share else 0.0
            painter.fillRect(QRect(round(left), room.top(), round(left + width) - round(left), room.height()), color)
            left += width
        super().paint(painter, option, index)


def _written(value: str | float | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"
