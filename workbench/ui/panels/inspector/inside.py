"""In the inspector of a block: the layers inside that have weights, each to be frozen in this instance alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QToolButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from workbench.ui import icons
from workbench.ui.theme import Theme

_PATH = Qt.ItemDataRole.UserRole
_ROWS = 8
_ROW = 24


class InnerLayer(NamedTuple):
    """A layer inside, by its path: `<repetition>/<inner id>`, and so on in blocks in blocks."""

    path: str
    name: str
    params: int
    trainable: bool


class InsideList(QWidget):
    """A fold with a box to tick for each layer."""

    frozen = Signal(str, bool)
    """A path, and whether the layer is trainable from now on."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[InnerLayer, ...] = ()
        self.fold = QToolButton(self)
        self.fold.setCheckable(True)
        self.fold.setProperty("role", "fold")
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.tree = QTreeWidget(self)
        self.tree.setHeaderLabels(["Trainable", "Parameters"])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setAccessibleName("Layers inside")
        self.tree.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.fold)
        column.addWidget(self.tree)
        self.fold.toggled.connect(self.tree.setVisible)
        self.fold.toggled.connect(self._paint)
        self.tree.itemChanged.connect(self._tick)
        theme.changed.connect(self._paint)
        self._paint()

    def show_layers(self, layers: Sequence[InnerLayer]) -> None:
        """Shows the layers of one instance; takes no room for none."""
        self.setVisible(bool(layers))
        if tuple(layers) == self._shown:
            return
        self._shown = tuple(layers)
        frozen = sum(not layer.trainable for layer in layers)
        self.fold.setText(f"Inside: {len(layers)} layers with weights" + (f", {frozen} frozen" if frozen else ""))
        scrolled = self.tree.verticalScrollBar().value()
        self.tree.blockSignals(True)
        self.tree.clear()
        for layer in layers:
            item = QTreeWidgetItem(self.tree, [layer.name, f"{layer.params:,}"])
            item.setData(0, _PATH, layer.path)
            item.setToolTip(0, layer.name)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(0, Qt.CheckState.Checked if layer.trainable else Qt.CheckState.Unchecked)
        self.tree.blockSignals(False)
        self.tree.resizeColumnToContents(0)
        self.tree.setFixedHeight(_ROW * (2 + min(_ROWS, len(layers))))
        self.tree.verticalScrollBar().setValue(scrolled)

    def _tick(self, item: QTreeWidgetItem) -> None:
        self.frozen.emit(item.data(0, _PATH), item.checkState(0) is Qt.CheckState.Checked)

    def _paint(self) -> None:
        self.fold.setIcon(icons.icon("chevron-down" if self.fold.isChecked() else "chevron-right", self._theme))
