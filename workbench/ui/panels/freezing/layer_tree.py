"""The layers with weights in depth order, blocks with what is in them, each to be frozen by a click."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from workbench.analysis.depth import WeightedLayer
from workbench.ui import icons
from workbench.ui.theme import Theme, figures

STATE, NAME, KIND, PARAMS = range(4)
_PATHS = Qt.ItemDataRole.UserRole
_NODE = Qt.ItemDataRole.UserRole + 1
_WIDTHS = (120, 230, 170, 100)
_TIPS = ("Frozen layers keep their weights; click to freeze or thaw", "The layer, by its Keras name", "", "Weights")
Index = QModelIndex | QPersistentModelIndex


class _Marked(QStyledItemDelegate):
    """Paints an item's own ground, which a style sheet for items leaves out."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        _paint_ground(painter, option.rect, index)
        super().paint(painter, option, index)


def _paint_ground(painter: QPainter, rect: QRect, index: Index) -> None:
    ground = index.siblingAtColumn(NAME).data(Qt.ItemDataRole.BackgroundRole)
    if isinstance(ground, QBrush):
        painter.fillRect(rect, ground)


class LayerTree(QTreeWidget):
    """Shows layers; says what a person wants frozen. Rows are selected in ranges with Shift and singly with Ctrl."""

    toggled = Signal(object, bool)
    """Paths of layers, and whether they train from now on."""
    picked = Signal(object)
    """Ids of the drawn nodes whose rows are selected now, by the person."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: dict[str, QTreeWidgetItem] = {}
        self._blocks: dict[str, QTreeWidgetItem] = {}
        self._layers: tuple[WeightedLayer, ...] = ()
        self._matches: frozenset[str] = frozenset()
        self._silent = False
        self.setHeaderLabels(["Training", "Layer", "Type", "Parameters"])
        for column, tip in enumerate(_TIPS):
            self.headerItem().setToolTip(column, tip)
        self.headerItem().setTextAlignment(PARAMS, Qt.AlignmentFlag.AlignRight)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(figures(self.font()))
        self.setAccessibleName("Layers with weights, from the input on")
        self.setTreePosition(NAME)
        self.setItemDelegate(_Marked(self))
        for column, width in enumerate(_WIDTHS):
            self.header().resizeSection(column, width)
        self.header().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(False)
        self.itemSelectionChanged.connect(self._on_selection)
        theme.changed.connect(self._paint)

    @property
    def chosen_paths(self) -> frozenset[str]:
        """Of the layers in the selected rows."""
        return frozenset(path for item in self.selectedItems() for path in item.data(STATE, _PATHS))

    def row_of(self, path: str) -> QTreeWidgetItem:
        """The row of a layer. Raises KeyError."""
        return self._rows[path]

    def row_of_block(self, node: str) -> QTreeWidgetItem:
        """The row of a block by the id of its node. Raises KeyError."""
        return self._blocks[node]

    def show_layers(self, layers: Sequence[WeightedLayer], names: Mapping[str, tuple[str, str]]) -> None:
        """`names` gives name and type of each drawn node. Rows that are still there stay selected and open."""
        if [layer[:5] for layer in layers] != [layer[:5] for layer in self._layers]:
            self._make(layers, names)
        self._layers = tuple(layers)
        self._paint()

    def show_matches(self, names: Collection[str]) -> None:
        """Marks the layers that a pattern means."""
        self._matches = frozenset(names)
        self._paint()
        first = next((layer for layer in self._layers if layer.name in self._matches), None)
        if first is not None:
            self.scrollToItem(self._rows[first.path])

    def select_nodes(self, nodes: Iterable[str]) -> None:
        """Selects the rows of drawn nodes, as the canvas has them selected."""
        wanted = set(nodes)
        if wanted == {item.data(STATE, _NODE) for item in self.selectedItems()}:
            return
        self._silent = True
        self.clearSelection()
        rows = [self.topLevelItem(index) for index in range(self.topLevelItemCount())]
        found = [row for row in rows if row is not None and row.data(STATE, _NODE) in wanted]
        for row in found:
            row.setSelected(True)
        if found:
            self.scrollToItem(found[0])
        self._silent = False

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """The mark of a match goes all along the row."""
        _paint_ground(painter, rect, index)
        super().drawBranches(painter, rect, index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space freezes what is selected, or thaws it where all of it is frozen."""
        if event.key() == Qt.Key.Key_Space and self.chosen_paths:
            self._toggle(self.chosen_paths)
            event.accept()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the state changes it: of the whole selection where the row is part of it."""
        item = self.itemAt(event.position().toPoint())
        on_state = item is not None and self.columnAt(round(event.position().x())) == STATE
        plain = not event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        if item is None or not on_state or not plain or event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        paths = frozenset(item.data(STATE, _PATHS))
        self._toggle(self.chosen_paths if paths <= self.chosen_paths else paths)

    def _toggle(self, paths: frozenset[str]) -> None:
        frozen = all(not layer.trainable for layer in self._layers if layer.path in paths)
        self.toggled.emit(paths, frozen)

    def _make(self, layers: Sequence[WeightedLayer], names: Mapping[str, tuple[str, str]]) -> None:
        opened = {node for node, row in self._blocks.items() if row.isExpanded()}
        chosen = {item.data(STATE, _NODE) for item in self.selectedItems()}
        self._silent = True
        self.clear()
        self._rows, self._blocks = {}, {}
        for layer in layers:
            self._rows[layer.path] = self._row(layer, names)
        for node in opened & self._blocks.keys():
            self._blocks[node].setExpanded(True)
        self._silent = False
        self.select_nodes(chosen)

    def _row(self, layer: WeightedLayer, names: Mapping[str, tuple[str, str]]) -> QTreeWidgetItem:
        above: QTreeWidget | QTreeWidgetItem = self
        if "/" in layer.path:
            above = self._blocks.get(layer.node) or self._block(layer.node, *names.get(layer.node, ("", "")))
            above.setData(STATE, _PATHS, [*above.data(STATE, _PATHS), layer.path])
        row = QTreeWidgetItem(above)
        self._fill(row, layer.name, layer.type, layer.params)
        row.setData(STATE, _PATHS, [layer.path])
        row.setData(STATE, _NODE, layer.node)
        return row

    def _block(self, node: str, name: str, kind: str) -> QTreeWidgetItem:
        row = self._blocks[node] = QTreeWidgetItem(self)
        self._fill(row, name, kind, 0)
        row.setData(STATE, _PATHS, [])
        row.setData(STATE, _NODE, node)
        return row

    def _fill(self, row: QTreeWidgetItem, name: str, kind: str, params: int) -> None:
        row.setText(NAME, name)
        row.setToolTip(NAME, name)
        row.setText(KIND, kind)
        row.setText(PARAMS, f"{params:,}")
        row.setTextAlignment(PARAMS, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _on_selection(self) -> None:
        if not self._silent:
            self.picked.emit(list(dict.fromkeys(item.data(STATE, _NODE) for item in self.selectedItems())))

    def _paint(self) -> None:
        by_path = {layer.path: layer for layer in self._layers}
        for path, row in self._rows.items():
            layer = by_path[path]
            self._show_state(row, 0 if layer.trainable else 1, 1)
            self._mark(row, layer.name in self._matches)
        for row in self._blocks.values():
            inside = [by_path[path] for path in row.data(STATE, _PATHS)]
            self._show_state(row, sum(not layer.trainable for layer in inside), len(inside))
            self._mark(row, any(layer.name in self._matches for layer in inside))
            row.setText(PARAMS, f"{sum(layer.params for layer in inside):,}")

    def _mark(self, row: QTreeWidgetItem, matched: bool) -> None:
        font = self.font()
        font.setBold(matched)
        row.setBackground(NAME, QBrush(self._theme.color("accent_surface")) if matched else QBrush())
        row.setFont(NAME, font)

    def _show_state(self, row: QTreeWidgetItem, frozen: int, of: int) -> None:
        if frozen == of:
            text, token = "frozen", "frozen"
        elif frozen:
            text, token = f"{frozen} of {of} frozen", "text_muted"
        else:
            text, token = "trains", ""
        row.setText(STATE, text)
        row.setIcon(
            STATE,
            icons.icon("frozen", self._theme, token) if token else icons.icon("train", self._theme, "text_disabled"),
        )
        row.setForeground(STATE, self._theme.color("text" if frozen else "text_muted"))
