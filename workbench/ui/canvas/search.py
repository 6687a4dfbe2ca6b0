"""The search that opens on the canvas: type, Enter, and the layer is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from workbench.layers import NodeType
from workbench.ui import icons
from workbench.ui.theme import Theme

_WIDTH = 320
_ROW = 40
_ROWS = 6
"""Shown at once; the list scrolls."""
_STAYS_OPEN = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
_KEY = Qt.ItemDataRole.UserRole
_ABOUT = Qt.ItemDataRole.UserRole + 1

Find = Callable[[str], Sequence[NodeType]]


class SearchPopup(QFrame):
    """A line to type in over a list of layer types. Emits what was chosen, or that it was closed without."""

    chosen = Signal(str)
    dismissed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._find: Find = lambda _: ()
        self.setObjectName("search")
        self.setAutoFillBackground(True)
        self.setFixedWidth(_WIDTH)
        self.title = QLabel(self)
        self.title.setProperty("role", "muted")
        self.line = QLineEdit(self)
        self.line.setAccessibleName("Search layers to add")
        self.line.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Layers")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_LayerDelegate(theme, self.list))
        self.nothing = QLabel("Nothing fits. Try another word.", self, alignment=Qt.AlignmentFlag.AlignCenter)
        self.nothing.setProperty("role", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for part in (self.title, self.line, self.list, self.nothing):
            column.addWidget(part)
        self.line.textChanged.connect(self._fill)
        self.list.itemClicked.connect(lambda item: self._choose(item))
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def open_at(self, at: QPoint, title: str, find: Find) -> None:
        """Show at a point of the parent, as far as it has room, ready to type."""
        self._find = find
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.line.setPlaceholderText("Search layers")
        self.line.clear()
        self._fill()
        room = self.parentWidget().rect().adjusted(4, 4, -4, -4)
        self.adjustSize()
        x = max(room.left(), min(at.x(), room.right() - self.width()))
        y = max(room.top(), min(at.y(), room.bottom() - self.height()))
        self.move(x, y)
        self.raise_()
        self.show()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Close without a choice."""
        if not self.isHidden():
            self.hide()
            self.dismissed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The line keeps the keyboard; arrows, Enter and Escape go to the list."""
        if watched is not self.line:
            return False
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(Qt.Key(event.key()))
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _STAYS_OPEN:
            self.dismiss()
        return False

    def _key(self, key: Qt.Key) -> bool:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -6, Qt.Key.Key_PageDown: 6}.get(key)
        if step:
            row = max(0, min(self.list.currentRow() + step, self.list.count() - 1))
            self.list.setCurrentRow(row)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.list.currentItem())
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Tab):
            self.dismiss()
        else:
            return False
        return True

    def _fill(self) -> None:
        self.list.clear()
        for layer in self._find(self.line.text()):
            item = QListWidgetItem(layer.label)
            color = self._theme.category(layer.category)
            item.setIcon(icons.tinted(icons.category_icon(layer.category), color))
            item.setData(_KEY, layer.key)
            item.setData(_ABOUT, layer.doc)
            item.setToolTip(layer.doc)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setVisible(self.list.count() > 0)
        self.list.setFixedHeight(_ROW * min(_ROWS, self.list.count()))
        self.nothing.setVisible(self.list.count() == 0)
        self.adjustSize()

    def _dress(self) -> None:
        ground, rim = self._theme.color("surface").name(), self._theme.color("border_strong").name()
        self.setStyleSheet(f"#search {{ background: {ground}; border: 1px solid {rim}; border-radius: 6px; }}")
        self.list.setFrameShape(QFrame.Shape.NoFrame)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.hide()
            self.chosen.emit(item.data(_KEY))


class _LayerDelegate(QStyledItemDelegate):
    """A row: the category's symbol, the name, and below it what the layer does."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        picked = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if picked or over:
            painter.fillRect(option.rect, self._theme.color("accent_surface" if picked else "surface_hover"))
        rect = option.rect.adjusted(8, 3, -8, -3)
        index.data(Qt.ItemDataRole.DecorationRole).paint(painter, QRect(rect.left(), rect.top() + 7, 20, 20))
        text = rect.adjusted(30, 0, 0, 0)
        painter.setPen(self._theme.color("text"))
        painter.drawText(text, Qt.AlignmentFlag.AlignTop, index.data(Qt.ItemDataRole.DisplayRole))
        painter.setPen(self._theme.color("text_muted"))
        about = option.fontMetrics.elidedText(index.data(_ABOUT), Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignBottom, about)
