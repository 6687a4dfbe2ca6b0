"""Layers while they learn: norms of weights and gradients, the size of a step, and how gradients went by epoch."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import isfinite, log10
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from workbench.protocol import EpochEnd, LayerAlarm, LayerNorms, Started
from workbench.ui import icons
from workbench.ui.empty_state import EmptyState
from workbench.ui.theme import Theme, figures

Index = QModelIndex | QPersistentModelIndex

_KEPT = 200
"""Epochs of the strip; the oldest go first."""
_COLUMNS = ("Layer", "Weights", "Gradients", "Step / weights", "Dead", "Gradients by epoch")
_TIPS = (
    "The layer's name in Keras; a double click shows it on the canvas",
    "Euclidean norm of all its weights",
    "Euclidean norm of their gradients over one batch",
    "Learning rate times gradients, beside the weights: about 0.001 is usual, far less hardly learns, far more jumps",
    "Share of its units that are 0 for a whole batch",
    "Darker is larger, by powers of ten; red is no number any more",
)
_STRIP = len(_COLUMNS) - 1
_STRIP_WIDTH, _CELL = 160, 6
_DECADES = 4
_HEALTHY = (1e-5, 1e-1)
"""Outside of these a step is too small to learn from, or too large to trust."""


@dataclass
class LayerHistory:
    """What is known of one layer."""

    name: str
    path: str
    norms: LayerNorms | None = None
    rate: float = 0.0
    gradients: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    alarm: str = ""

    @property
    def update(self) -> float | None:
        """A step beside the weights."""
        if self.norms is None or not self.norms.weights:
            return None
        return self.rate * self.norms.gradients / self.norms.weights


class LayersModel(QAbstractTableModel):
    """A row a layer with weights, in the order of the network."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font = figures(parent.font())
        self._paths: dict[str, str] = {}
        self.layers: list[LayerHistory] = []

    def start(self, event: Started) -> None:
        """Forgets the training before."""
        self.clear()
        self._paths = event.layers

    def clear(self) -> None:
        """Forgets every layer."""
        self.beginResetModel()
        self._paths, self.layers = {}, []
        self.endResetModel()

    def take(self, event: EpochEnd) -> None:
        """The norms at the end of an epoch."""
        known = {layer.name: layer for layer in self.layers}
        if any(name not in known for name in event.norms):
            order = {name: place for place, name in enumerate(self._paths)}
            names = sorted(known.keys() | event.norms.keys(), key=lambda name: order.get(name, len(order)))
            self.beginResetModel()
            self.layers = [known.get(name) or LayerHistory(name, self._paths.get(name, "")) for name in names]
            self.endResetModel()
        for layer in self.layers:
            if (norms := event.norms.get(layer.name)) is not None:
                layer.norms, layer.rate = norms, event.learning_rate
                layer.gradients.append(norms.gradients)
        self._tell()

    def alarm(self, event: LayerAlarm) -> None:
        """Marks a layer; one that has no norms yet gets its row now."""
        layer = next((layer for layer in self.layers if layer.name == event.layer), None)
        if layer is None:
            self.beginInsertRows(QModelIndex(), len(self.layers), len(self.layers))
            layer = LayerHistory(event.layer, event.path)
            self.layers.append(layer)
            self.endInsertRows()
        layer.alarm = event.message
        self._tell()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self.layers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        return _TIPS[section] if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        layer, column = self.layers[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(layer, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and 0 < column < _STRIP:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DecorationRole and column == 0 and layer.alarm:
            return icons.tinted("error", self._theme.color("error"))
        if role == Qt.ItemDataRole.ToolTipRole:
            return layer.alarm or _TIPS[column]
        if role == Qt.ItemDataRole.ForegroundRole and _odd(layer, column):
            return self._theme.color("error" if layer.alarm else "warning")
        return self._font if role == Qt.ItemDataRole.FontRole else None

    def _tell(self) -> None:
        if self.layers:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.layers) - 1, _STRIP))


def _text(layer: LayerHistory, column: int) -> str:
    norms = layer.norms
    values = (
        layer.name,
        _number(norms.weights if norms else None),
        _number(norms.gradients if norms else None),
        _number(layer.update),
        f"{norms.dead:.0%}" if norms and norms.dead is not None else "",
        "",
    )
    return values[column]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _odd(layer: LayerHistory, column: int) -> bool:
    """Whether a value is worth a colour; the value itself says why."""
    norms = layer.norms
    if column == 0:
        return bool(layer.alarm)
    if norms is None:
        return False
    if column == 3:
        return layer.update is not None and not _HEALTHY[0] <= layer.update <= _HEALTHY[1]
    if column == 4:
        return norms.dead is not None and norms.dead >= 0.5
    return column in (1, 2) and not isfinite((0.0, norms.weights, norms.gradients)[column])


class _Strip(QStyledItemDelegate):
    """Gradients by epoch as a strip of cells."""

    def __init__(self, model: LayersModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws the newest epochs that fit, the newest at the right end of what there is."""
        room = option.rect.adjusted(4, 4, -4, -4)  # type: ignore[attr-defined]  # missing in Qt's stubs
        gradients = list(self._model.layers[index.row()].gradients)[-max(1, room.width() // _CELL) :]
        largest = max(
            (value for layer in self._model.layers for value in layer.gradients if isfinite(value)), default=0
        )
        for place, value in enumerate(gradients):
            cell = QRectF(room.left() + place * _CELL, room.top(), _CELL - 1, room.height())
            painter.fillRect(cell, self._color(value, largest))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for some epochs."""
        return QSize(_STRIP_WIDTH, 20)

    def _color(self, value: float, largest: float) -> Any:
        if not isfinite(value):
            return self._theme.color("error")
        color = self._theme.color("plot_1")
        strength = 0.0 if value <= 0 else 1 + log10(value / largest) / _DECADES
        color.setAlphaF(min(1.0, max(0.06, strength)))
        return color


class LayersView(QWidget):
    """The table, or what it is for while there is nothing in it."""

    layer_asked = Signal(str)
    """The path of a layer's primitive: show it on the canvas."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        purpose = "Norms of weights and gradients appear here, layer by layer, at the end of each epoch of a training."
        self.model = LayersModel(theme, self)
        self.table = QTreeView(self)
        self.table.setModel(self.model)
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAlternatingRowColors(True)
        self.table.setItemDelegateForColumn(_STRIP, _Strip(self.model, theme, self.table))
        self.table.setAccessibleName("Layers while they learn")
        header = self.table.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_STRIP, QHeaderView.ResizeMode.Stretch)
        self.table.activated.connect(self._ask)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(EmptyState(theme, "layers", purpose, self))
        self._layers.addWidget(self.table)

    def take(self, event: Started | EpochEnd | LayerAlarm) -> None:
        """Follows a training."""
        match event:
            case Started():
                self.model.start(event)
            case EpochEnd():
                self.model.take(event)
            case LayerAlarm():
                self.model.alarm(event)
        self._layers.setCurrentIndex(1 if self.model.layers else 0)

    def clear(self) -> None:
        """Shows no training."""
        self.model.clear()
        self._layers.setCurrentIndex(0)

    def _ask(self, index: QModelIndex) -> None:
        if path := self.model.layers[index.row()].path:
            self.layer_asked.emit(path)
