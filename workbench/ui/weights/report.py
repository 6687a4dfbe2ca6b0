"""What becomes of each layer's weights, as a list that can be searched by eye and shown on the canvas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import icons
from workbench.ui.theme import Theme
from workbench.ui.weights.adoption import fit_words

if TYPE_CHECKING:
    from workbench.project.weight_matching import Fit

_SIZE = (480, 420)
_ICON = {"kept": "ok", "part": "info", "new": "warning", "unused": "info"}


class WeightsReport(QDialog):
    """Layers in groups: kept, copied in part, begun anew, and what is left over in the store."""

    layer_picked = Signal(str)
    """The name of a layer."""

    def __init__(self, fit: Fit, source: str, copies: bool, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Initial weights, layer by layer")
        self.resize(*_SIZE)
        summary = QLabel(f"{source[:1].upper()}{source[1:]}: {fit_words(fit)}.", self, wordWrap=True)
        self.list = QTreeWidget(self)
        self.list.setHeaderLabels(["Layer", "Its weights"])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setAccessibleName("Layers")
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        for name, words, kind in _rows(fit, copies):
            item = QTreeWidgetItem([name, words])
            item.setIcon(1, icons.tinted(_ICON[kind], theme.color(_ICON[kind])))
            item.setToolTip(0, name)
            self.list.addTopLevelItem(item)
        self.list.itemClicked.connect(lambda item: self.layer_picked.emit(item.text(0)))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        for part in (summary, self.list, buttons):
            column.addWidget(part)


def _rows(fit: Fit, copies: bool) -> Iterator[tuple[str, str, str]]:
    """What needs a look first."""
    for name in fit.new:
        yield name, "begin anew", "new"
    for name in fit.changed:
        yield (name, "copied in part", "part") if copies else (name, "those of another shape begin anew", "new")
    for name in fit.kept:
        yield name, "kept", "kept"
    for path in fit.unused:
        yield path, "not in this network", "unused"
