"""A grid of thumbnails over any number of images: only those that are seen are read, off the window's thread.

grid = ThumbnailGrid(theme, parent)
grid.show_images([Thumbnail(index, "cat", "train/cat/000012"), ...], source.read)
grid.picked.connect(...)      # an index: clicked, or Return
grid.close_reading()          # before the window goes: waits for what is being read
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from workbench.ui import icons
from workbench.ui.images.loader import Read, ThumbnailLoader
from workbench.ui.theme import Theme, figures, scaled

Index = QModelIndex | QPersistentModelIndex
THUMBNAIL_ROLE = Qt.ItemDataRole.UserRole
"""The `Thumbnail` of a row."""
_SIDE = 64
_GAP = 8
_SMALL = 0.85


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """An image by its index in its source, a few words below it, a longer tip, and a theme token for its frame."""

    index: int
    caption: str = ""
    tip: str = ""
    token: str = ""


class ThumbnailModel(QAbstractListModel):
    """The listed thumbnails; pictures come when they have been read."""

    def __init__(self, side: int = _SIDE, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: Sequence[Thumbnail] = ()
        self._rows: dict[int, int] = {}
        self._read: Read | None = None
        self.loader = ThumbnailLoader(side, parent=self)
        self.loader.loaded.connect(self._on_loaded)

    def show_images(self, items: Sequence[Thumbnail], read: Read | None) -> None:
        """Lists other images; what was read stays known while `read` is the same function."""
        self.beginResetModel()
        if read != self._read:
            self._read = read
            self.loader.use(read)
        self.items = items
        self._rows = {item.index: row for row, item in enumerate(items)}
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.items[index.row()]
        if role == THUMBNAIL_ROLE:
            return item
        if role == Qt.ItemDataRole.DisplayRole:
            return item.caption
        if role == Qt.ItemDataRole.DecorationRole:
            return self.loader.image(item.index)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return "\n".join(filter(None, (item.tip or item.caption, self.loader.problem(item.index))))
        return None

    def _on_loaded(self, indices: frozenset[int]) -> None:
        rows = [self._rows[index] for index in indices if index in self._rows]
        if rows:
            self.dataChanged.emit(self.index(min(rows)), self.index(max(rows)), [Qt.ItemDataRole.DecorationRole])


class ThumbnailGrid(QListView):
    """As many columns as fit; arrows move, Return or a click picks."""

    picked = Signal(int)
    """The index of the image that was picked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, side: int = _SIDE) -> None:
        super().__init__(parent)
        self.images = ThumbnailModel(side, self)
        self.setModel(self.images)
        self.setItemDelegate(_ThumbnailDelegate(theme, side, self))
        # Icons are laid out one by one; a list that wraps knows that all its items are of one size.
        self.setViewMode(QListView.ViewMode.ListMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setFont(scaled(figures(self.font()), _SMALL))
        self.setAccessibleName("Images")
        self.clicked.connect(self._pick)
        self.activated.connect(self._pick)
        theme.changed.connect(self.viewport().update)

    def show_images(self, items: Sequence[Thumbnail], read: Read | None) -> None:
        """Lists these images, from the first."""
        self.images.show_images(items, read)
        self.scrollToTop()

    def close_reading(self) -> None:
        """Reads nothing more; returns when no thread reads."""
        self.images.loader.close()

    def _pick(self, index: QModelIndex) -> None:
        self.picked.emit(self.images.items[index.row()].index)


class _ThumbnailDelegate(QStyledItemDelegate):
    """A picture in a square, its caption below; a mark where it cannot be read."""

    def __init__(self, theme: Theme, side: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._side = side

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(self._side + 2 * _GAP, self._side + 2 * _GAP + option.fontMetrics.height())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        item: Thumbnail = index.data(THUMBNAIL_ROLE)
        rect = option.rect.adjusted(2, 2, -2, -2)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self._theme.color("accent_surface" if selected else "surface_hover"))
        square = QRect(rect.left() + (rect.width() - self._side) // 2, rect.top() + 4, self._side, self._side)
        self._paint_picture(painter, square, index, item)
        if selected:
            painter.setPen(QPen(self._theme.color("focus"), 1))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        words = QRect(rect.left() + 2, square.bottom() + 3, rect.width() - 4, option.fontMetrics.height())
        painter.setPen(self._theme.color("text"))
        painter.setFont(option.font)
        elided = option.fontMetrics.elidedText(item.caption, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, elided)

    def _paint_picture(
        self, painter: QPainter, square: QRect, index: QModelIndex | QPersistentModelIndex, item: Thumbnail
    ) -> None:
        image = index.data(Qt.ItemDataRole.DecorationRole)
        if image is None:
            painter.fillRect(square, self._theme.color("surface_raised"))
            model: ThumbnailModel = index.model()  # type: ignore[assignment]
            if model.loader.problem(item.index):
                mark = icons.pixmap("error", self._theme.color("error"), 20, painter.device().devicePixelRatioF())
                painter.drawPixmap(square.center().x() - 10, square.center().y() - 10, mark)
            return
        room = QRect(0, 0, image.width(), image.height())
        room.moveCenter(square.center())
        painter.drawImage(room, image)
        frame = QColor(self._theme.color(item.token or "border"))
        painter.setPen(QPen(frame, 2 if item.token else 1))
        painter.drawRect(room.adjusted(-1, -1, 0, 0))
