"""Which colour is which class: a list that shows and hides them, with a number or more of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from workbench.ui.images.masks import Colour, colour
from workbench.ui.theme import Theme, figures

_SWATCH = 12
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_MOST_ROWS = 8


class ClassLegend(QTreeWidget):
    """A check mark a class; space or a click changes it."""

    changed = Signal()
    """Other classes are shown."""

    def __init__(self, theme: Theme, headings: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.colours: tuple[Colour, ...] = ()
        self.least_rows = 2
        """Classes for which room is asked, if there are so many."""
        self.setHeaderLabels(list(headings))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(_SWATCH, _SWATCH))
        self.setFont(figures(self.font()))
        self.setAccessibleName("Legend")
        header = self.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(24)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(headings)):
            self.headerItem().setTextAlignment(column, _RIGHT)
        self.itemChanged.connect(lambda *_: self.changed.emit())
        theme.changed.connect(self._paint)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the classes that are listed."""
        return tuple(item.text(0) for item in self._items())

    @property
    def shown(self) -> tuple[bool, ...]:
        """Which classes are to be coloured."""
        return tuple(item.checkState(0) is Qt.CheckState.Checked for item in self._items())

    def show_classes(self, names: Sequence[str], colours: Sequence[Colour], shown: Sequence[bool]) -> None:
        """Lists other classes; the same ones keep their check marks."""
        if tuple(names) == self.names and tuple(colours) == self.colours:
            return
        self.colours = tuple(colours)
        self.blockSignals(True)
        self.clear()
        for name, is_shown in zip(names, shown, strict=True):
            item = QTreeWidgetItem([name])
            item.setCheckState(0, Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked)
            item.setToolTip(0, name)
            for column in range(1, self.columnCount()):
                item.setTextAlignment(column, _RIGHT)
            self.addTopLevelItem(item)
        self._paint()
        self.blockSignals(False)
        self.updateGeometry()
        self.changed.emit()

    def show_numbers(self, column: int, texts: Sequence[str]) -> None:
        """What stands beside each class."""
        self.blockSignals(True)
        for item, text in zip(self._items(), texts, strict=True):
            item.setText(column, text)
        self.blockSignals(False)

    def set_tip(self, row: int, text: str) -> None:
        """What a class means."""
        self.blockSignals(True)
        self._items()[row].setToolTip(0, text)
        self.blockSignals(False)

    def numbers(self, column: int) -> tuple[str, ...]:
        """What stands there."""
        return tuple(item.text(column) for item in self._items())

    def row_rect(self, row: int) -> QRect:
        """Where a class stands in the viewport."""
        return self.visualItemRect(self._items()[row])

    def sizeHint(self) -> QSize:
        return QSize(180, self._tall(min(_MOST_ROWS, max(1, self.topLevelItemCount()))))

    def minimumSizeHint(self) -> QSize:
        return QSize(96, self._tall(min(self.least_rows, max(1, self.topLevelItemCount()))))

    def _tall(self, rows: int) -> int:
        row = self.sizeHintForRow(0) if self.topLevelItemCount() else self.fontMetrics().height() + 6
        return self.header().sizeHint().height() + rows * row + 2

    def _items(self) -> list[QTreeWidgetItem]:
        items = (self.topLevelItem(row) for row in range(self.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _paint(self) -> None:
        blocked = self.blockSignals(True)
        for item, of in zip(self._items(), self.colours, strict=True):
            item.setIcon(0, self._swatch(of))
        self.blockSignals(blocked)

    def _swatch(self, of: Colour) -> QIcon:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(_SWATCH * ratio), round(_SWATCH * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(colour(of))
        painter = QPainter(pixmap)
        painter.setPen(self._theme.color("border_strong"))
        painter.drawRect(0, 0, _SWATCH - 1, _SWATCH - 1)
        painter.end()
        return QIcon(pixmap)
