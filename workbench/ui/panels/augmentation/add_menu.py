"""The menu of operations: by family, or by search."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from workbench.data.augmentation.catalogue import search
from workbench.data.augmentation.operation import Family, Operation

_SIZE = (300, 380)
_KEY = Qt.ItemDataRole.UserRole


class AddMenu(QFrame):
    """A window of its own that closes when something is picked or the mouse goes elsewhere."""

    picked = Signal(str)
    """The key of an operation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search operations")
        self.search.setAccessibleName("Search operations")
        self.search.installEventFilter(self)
        self.tree = QTreeWidget(self)
        self.tree.setHeaderHidden(True)
        self.tree.setRootIsDecorated(False)
        self.tree.setIndentation(12)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setAccessibleName("Operations")
        self.tree.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._pick_current)
        self.tree.itemClicked.connect(lambda item, _: self._pick(item))
        self.resize(*_SIZE)
        self._fill()

    def open_at(self, place: QPoint) -> None:
        """Shows the menu with its corner there, or as near as the screen allows."""
        room = self.screen().availableGeometry()
        x = max(room.left(), min(place.x(), room.right() - self.width()))
        y = place.y() if place.y() + self.height() <= room.bottom() else place.y() - self.height()
        self.move(x, max(room.top(), y))
        self.search.clear()
        self.show()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down go through the operations while one writes."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if step:
                self._step(step)
                return True
        return super().eventFilter(watched, event)

    def rows(self) -> list[QTreeWidgetItem]:
        """Every operation that is listed, in order."""
        found: list[QTreeWidgetItem | None] = []
        for index in range(self.tree.topLevelItemCount()):
            top = self.tree.topLevelItem(index)
            assert top is not None
            found += [top.child(child) for child in range(top.childCount())] if top.childCount() else [top]
        return [item for item in found if item is not None and item.data(0, _KEY)]

    def _fill(self) -> None:
        found = search(self.search.text())
        self.tree.clear()
        if self.search.text().strip():
            self.tree.addTopLevelItems([_entry(operation) for operation in found])
        else:
            for family in Family:
                self.tree.addTopLevelItem(_group(family, [entry for entry in found if entry.family is family]))
            self.tree.expandAll()
        rows = self.rows()
        if rows:
            self.tree.setCurrentItem(rows[0])
        else:
            self.tree.addTopLevelItem(_note("No operation is called that or anything like it."))

    def _step(self, step: int) -> None:
        rows = self.rows()
        if rows:
            current = self.tree.currentItem()
            row = rows.index(current) if current in rows else -step
            self.tree.setCurrentItem(rows[(row + step) % len(rows)])

    def _pick_current(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            self._pick(item)

    def _pick(self, item: QTreeWidgetItem) -> None:
        key = item.data(0, _KEY)
        if key:
            self.close()
            self.picked.emit(key)


def _group(family: Family, operations: list[Operation]) -> QTreeWidgetItem:
    item = _note(family.value)
    font = QFont(item.font(0))
    font.setBold(True)
    item.setFont(0, font)
    item.addChildren([_entry(operation) for operation in operations])
    return item


def _entry(operation: Operation) -> QTreeWidgetItem:
    item = QTreeWidgetItem([operation.label])
    item.setData(0, _KEY, operation.key)
    item.setToolTip(0, operation.doc)
    return item


def _note(text: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([text])
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    return item
