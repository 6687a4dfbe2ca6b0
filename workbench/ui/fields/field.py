"""What every editor of a value has in common."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QWheelEvent
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget

SEVERAL = "several values"
"""Shown where the selected nodes differ."""


def finish_writing() -> None:
    """Takes in what is being written: a key or the tool bar acts while the keyboard is still in a field."""
    if (writing := QApplication.focusWidget()) is not None:
        writing.clearFocus()
        writing.setFocus()


class Field(QWidget):
    """Shows a value and lets a person give another. It does not judge: what was written goes out as it is."""

    committed = Signal(object)
    """The person is done writing: the value, or the text where it means no value."""
    reverted = Signal()
    """The person took back what was written."""

    def show_value(self, value: Any) -> None:
        """Shows a value, whatever was being written."""
        raise NotImplementedError

    def show_several(self) -> None:
        """Shows that there is no one value."""
        raise NotImplementedError

    def set_invalid(self, invalid: bool) -> None:
        """Marks what was written as refused."""
        for part in self.parts():
            part.setProperty("invalid", invalid)
            part.style().unpolish(part)
            part.style().polish(part)

    def parts(self) -> tuple[QWidget, ...]:
        """The widgets that take the keyboard."""
        raise NotImplementedError

    def set_accessible(self, name: str, description: str) -> None:
        """What a screen reader says of it."""
        for part in self.parts():
            part.setAccessibleName(name)
            part.setToolTip(description)


class Line(QLineEdit):
    """A line that knows what it showed: Escape brings that back, and only another text counts as written."""

    written = Signal()
    reverted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = ""
        self.editingFinished.connect(self._finish)

    def show_text(self, text: str, placeholder: str = "") -> None:
        """Shows a text that is not the person's."""
        self._shown = text
        self.setText(text)
        self.setPlaceholderText(placeholder)
        self.setCursorPosition(0)

    @property
    def touched(self) -> bool:
        """True when there is another text now than was shown."""
        return self.text() != self._shown

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Coming by keyboard selects the text, as everywhere."""
        super().focusInEvent(event)
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def event(self, event: QEvent) -> bool:
        """Once the value is committed, undo and redo are the project's again: the line has nothing of its own."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and not self.touched:
            keys = QKeySequence.StandardKey
            if event.matches(keys.Undo) or event.matches(keys.Redo):
                event.ignore()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes back what was written."""
        if event.key() == Qt.Key.Key_Escape and self.touched:
            self.setText(self._shown)
            self.reverted.emit()
            return
        super().keyPressEvent(event)

    def _finish(self) -> None:
        if self.touched:
            self.written.emit()


class Combo(QComboBox):
    """A choice that a wheel turns only after a click: scrolling a form must not change it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Without the keyboard's focus the wheel belongs to the form."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
