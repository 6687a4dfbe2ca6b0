"""The steps of the augmentation in their order: to switch on and off, drag, delete and double."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListWidget, QListWidgetItem, QWidget

from workbench.analysis import Severity
from workbench.data.augmentation.catalogue import OPERATIONS
from workbench.project import AugmentationStep
from workbench.project.augmentation import StepProblem
from workbench.ui import icons
from workbench.ui.theme import Theme

_SHOWN = 2
_ROW = 26


class StepList(QListWidget):
    """Shows steps; it changes none itself but asks for it."""

    toggled = Signal(int, bool)
    moved = Signal(int, int)
    """From a row to the row that the step shall have."""
    delete_asked = Signal()
    double_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName("Augmentation steps")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.itemChanged.connect(self._on_changed)

    def show_steps(self, steps: Sequence[AugmentationStep], problems: Sequence[StepProblem], current: int) -> None:
        """Shows these, one of them current."""
        self.blockSignals(True)
        self.clear()
        for index, step in enumerate(steps):
            self.addItem(self._item(step, [problem for problem in problems if problem.step == index]))
        self.setCurrentRow(max(0, min(current, len(steps) - 1)) if steps else -1)
        self.blockSignals(False)

    def _item(self, step: AugmentationStep, problems: Sequence[StepProblem]) -> QListWidgetItem:
        item = QListWidgetItem(summary(step))
        item.setSizeHint(QSize(0, _ROW))
        item.setFlags(
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable
            | Qt.ItemFlag.ItemIsDragEnabled
        )
        item.setCheckState(Qt.CheckState.Checked if step.enabled else Qt.CheckState.Unchecked)
        if not step.enabled:
            item.setForeground(self._theme.color("text_disabled"))
        told = [f"{problem.message} {problem.hint}".strip() for problem in problems]
        if problems:
            level = "error" if any(problem.severity is Severity.ERROR for problem in problems) else "warning"
            item.setIcon(icons.tinted(level, self._theme.color(level)))
        operation = OPERATIONS.get(step.operation)
        item.setToolTip("\n\n".join([*told, operation.doc if operation else ""]).strip())
        item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, " ".join(told))
        return item

    def _on_changed(self, item: QListWidgetItem) -> None:
        self.toggled.emit(self.row(item), item.checkState() is Qt.CheckState.Checked)

    def dropEvent(self, event: QDropEvent) -> None:
        """A dragged step asks to be moved; the list follows once that is done."""
        source = self.currentRow()
        target = self.indexAt(event.position().toPoint()).row()
        below = self.dropIndicatorPosition() is QAbstractItemView.DropIndicatorPosition.BelowItem
        row = self.count() if target < 0 else target + int(below)
        row -= int(row > source)
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        if event.source() is self and source >= 0 and row != source:
            self.moved.emit(source, row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete, Ctrl+D, and Alt with an arrow, as a mouse does with buttons and dragging."""
        row = self.currentRow()
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_asked.emit()
        elif event.key() == Qt.Key.Key_D and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.double_asked.emit()
        elif step and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            if row >= 0 and 0 <= row + step < self.count():
                self.moved.emit(row, row + step)
        else:
            super().keyPressEvent(event)


def summary(step: AugmentationStep) -> str:
    """`Rotation   degrees 10   50 %`."""
    operation = OPERATIONS.get(step.operation)
    if operation is None:
        return f"{step.operation} (not known)"
    values = operation.values(step.params)
    shown = [_told(param.name, values) for param in operation.params if not param.advanced]
    chance = [] if step.probability == 1 else [f"{step.probability:.0%}"]
    return "   ".join([operation.label, ", ".join(list(filter(None, shown))[:_SHOWN]), *chance]).strip()


def _told(name: str, values: Mapping[str, Any]) -> str:
    """`degrees 10`, `scale 0.35 to 1`; nothing where the other end of a range tells it, and for what is no number."""
    value = values[name]
    if name.endswith("maximum") or not isinstance(value, int | float) or isinstance(value, bool):
        return ""
    words = name.removesuffix("minimum").replace("_", " ").strip()
    reach = f" to {values[name.replace('minimum', 'maximum')]:g}" if name.endswith("minimum") else ""
    return f"{words} {value:g}{reach}".strip()
