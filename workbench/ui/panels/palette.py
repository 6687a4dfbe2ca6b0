"""The palette: every layer type, by category or by search, to be dragged onto the canvas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QDrag, QFont, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.layers import PLUGGED_IN, Catalogue, Category, NodeType
from workbench.project.blocks import PREFIX
from workbench.ui import icons, mime
from workbench.ui.document import Document
from workbench.ui.empty_state import EmptyState
from workbench.ui.theme import Theme

KEY_ROLE = Qt.ItemDataRole.UserRole
_CATEGORY_ROLE = Qt.ItemDataRole.UserRole + 1
OWN_BLOCKS = "Your blocks"
_PLUGINS = "Plugins"
_FAMILIES = {"unet": "U-Net", "dcgan": "DCGAN", "transposed": "Up-sampling"}
_OPEN_AT_FIRST = frozenset({"Input/output", "Convolution", "Pooling", "Core", "Activation", "Blocks", OWN_BLOCKS})
_DRAGGED = 32


class PalettePanel(QWidget):
    """Layer types to add: drag one, double-click it, or search and press Enter."""

    add_requested = Signal(str)
    """The key of a layer type that should go to the middle of the canvas."""
    edit_requested = Signal(str)
    """The key of a block of one's own whose definition should be shown."""
    delete_requested = Signal(str)
    """The key of a block of one's own that should go from the project."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._open = set(_OPEN_AT_FIRST)
        self._catalogue = document.offered
        self.search = _SearchLine(self)
        self.search.setPlaceholderText("Search layers")
        self.search.setAccessibleName("Search layers")
        self.search.setClearButtonEnabled(True)
        self._glass = QAction(self)
        self.search.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        self.tree = _LayerTree(self._symbol, self)
        self._nothing = EmptyState(theme, "search", "")
        self._nothing.add_button("Clear search", self.search.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        column.addWidget(self._nothing, 1)
        self.search.textChanged.connect(self._fill)
        self.search.returnPressed.connect(self._add_current)
        self.search.arrow_pressed.connect(self._step)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._open_menu)
        self.tree.itemActivated.connect(lambda item, _: self._add(item))
        self.tree.itemExpanded.connect(lambda item: self._open.add(item.text(0)))
        self.tree.itemCollapsed.connect(lambda item: self._open.discard(item.text(0)))
        theme.changed.connect(self._paint)
        for signal in (document.changed, document.shown, document.replaced):
            signal.connect(self._follow)
        self._fill()

    def _follow(self) -> None:
        """Lists other types when the project's blocks change, or a graph is shown that takes others."""
        before, self._catalogue = self._catalogue, self._document.offered
        if _listed(before) != _listed(self._catalogue):
            self._fill()

    def _fill(self) -> None:
        text = self.search.text().strip()
        self.tree.clear()
        if text:
            found = self._catalogue.search(text)
            self.tree.addTopLevelItems([_entry(layer) for layer in found])
            self.tree.setRootIsDecorated(False)
        else:
            found = list(self._catalogue)
            self.tree.addTopLevelItems(list(_groups(self._catalogue)))
            for item in self.tree.every_item():
                item.setExpanded(item.text(0) in self._open)
            self.tree.setRootIsDecorated(True)
        self.tree.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self._nothing.set_text(f"No layer is called “{text}” or anything like it.")
        if text and found:
            self.tree.setCurrentItem(self.tree.top(0))
        self._paint()

    def _paint(self) -> None:
        self._glass.setIcon(icons.icon("search", self._theme, "text_muted"))
        for item in self.tree.every_item():
            category = Category(item.data(0, _CATEGORY_ROLE))
            item.setIcon(0, icons.tinted(icons.category_icon(category), self._theme.category(category)))

    def _symbol(self, item: QTreeWidgetItem) -> QPixmap:
        """What hangs on the pointer while a layer is dragged."""
        category = Category(item.data(0, _CATEGORY_ROLE))
        color, ratio = self._theme.category(category), self.devicePixelRatioF()
        return icons.pixmap(icons.category_icon(category), color, _DRAGGED, ratio)

    def _add_current(self) -> None:
        item = self.tree.currentItem()
        if item is not None:
            self._add(item)

    def _add(self, item: QTreeWidgetItem) -> None:
        key = item.data(0, KEY_ROLE)
        if key:
            self.add_requested.emit(key)

    def _open_menu(self, at: QPoint) -> None:
        """What can be done with a block of one's own."""
        item = self.tree.itemAt(at)
        key = item.data(0, KEY_ROLE) if item else None
        if key and key.startswith(PREFIX):
            menu = QMenu(self)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.addAction("Edit block", lambda: self.edit_requested.emit(key))
            menu.addAction("Delete block", lambda: self.delete_requested.emit(key))
            menu.popup(self.tree.viewport().mapToGlobal(at))

    def _step(self, step: int) -> None:
        """The search line keeps the keyboard while arrows walk through what was found."""
        item = self.tree.currentItem()
        if item is None:
            return
        index = self.tree.indexOfTopLevelItem(item) + step
        if 0 <= index < self.tree.topLevelItemCount() and self.search.text():
            self.tree.setCurrentItem(self.tree.top(index))


def _listed(catalogue: Catalogue) -> list[tuple[str, str, str]]:
    """What the palette shows of each type."""
    return [(kind.key, kind.label, kind.doc) for kind in catalogue]


def _with_children(item: QTreeWidgetItem) -> Iterable[QTreeWidgetItem]:
    yield item
    for row in range(item.childCount()):
        child = item.child(row)
        assert child is not None
        yield from _with_children(child)


def _groups(catalogue: Catalogue) -> Iterable[QTreeWidgetItem]:
    """A group for each category; blocks are grouped again, by family, with the project's own first."""
    for category, kinds in catalogue.by_category().items():
        if category is not Category.BLOCK:
            yield _group(category.value.capitalize(), category, [_entry(kind) for kind in kinds])
            continue
        families: dict[str, list[QTreeWidgetItem]] = {}
        for kind in sorted(kinds, key=lambda kind: not kind.key.startswith(PREFIX)):
            families.setdefault(_family(kind.key), []).append(_entry(kind))
        subgroups = [_group(title, category, entries) for title, entries in families.items()]
        yield _group("Blocks", category, subgroups)


def _family(key: str) -> str:
    if key.startswith(PREFIX):
        return OWN_BLOCKS
    if key.startswith(PLUGGED_IN):
        return _PLUGINS
    family, dot, _ = key.removeprefix("block:").partition(".")
    return _FAMILIES.get(family, family.capitalize()) if dot else "General"


def _group(title: str, category: Category, children: list[QTreeWidgetItem]) -> QTreeWidgetItem:
    group = QTreeWidgetItem([title])
    group.setData(0, _CATEGORY_ROLE, category.value)
    font = QFont()
    font.setBold(True)
    group.setFont(0, font)
    group.setFlags(Qt.ItemFlag.ItemIsEnabled)
    group.addChildren(children)
    return group


def _entry(layer: NodeType) -> QTreeWidgetItem:
    item = QTreeWidgetItem([layer.label])
    item.setData(0, KEY_ROLE, layer.key)
    item.setData(0, _CATEGORY_ROLE, layer.category.value)
    item.setToolTip(0, f"{layer.doc}\nDrag onto the canvas, or double-click to add it in the middle.")
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled)
    return item


class _SearchLine(QLineEdit):
    arrow_pressed = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down go to the list; Escape empties the line."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step:
            self.arrow_pressed.emit(step)
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class _LayerTree(QTreeWidget):
    def __init__(self, symbol: Callable[[QTreeWidgetItem], QPixmap], parent: QWidget) -> None:
        super().__init__(parent)
        self._symbol = symbol
        self.setHeaderHidden(True)
        self.setIndentation(12)
        self.setUniformRowHeights(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setAccessibleName("Layers")
        self.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.setExpandsOnDoubleClick(False)
        self.itemClicked.connect(self._toggle_group)

    def top(self, row: int) -> QTreeWidgetItem:
        """The item in a row of the top level."""
        item = self.topLevelItem(row)
        assert item is not None
        return item

    def every_item(self) -> Iterable[QTreeWidgetItem]:
        """Groups and layers."""
        for row in range(self.topLevelItemCount()):
            yield from _with_children(self.top(row))

    def mimeTypes(self) -> list[str]:
        """One type, which the canvas takes."""
        return [mime.LAYER]

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        """The key of the layer that is dragged."""
        data = QMimeData()
        for item in items:
            data.setData(mime.LAYER, str(item.data(0, KEY_ROLE)).encode())
        return data

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drags the layer's symbol instead of a picture of the row."""
        item = self.currentItem()
        if item is None or not item.data(0, KEY_ROLE):
            return
        drag = QDrag(self)
        drag.setMimeData(self.mimeData([item]))
        drag.setPixmap(self._symbol(item))
        drag.setHotSpot(QPoint(_DRAGGED // 2, _DRAGGED // 2))
        drag.exec(Qt.DropAction.CopyAction)

    def _toggle_group(self, item: QTreeWidgetItem) -> None:
        if item.childCount():
            item.setExpanded(not item.isExpanded())
