"""Renaming a node where its name stands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

Rename = Callable[[str], str]
"""Takes the name, or returns why not."""


class NameEditor(QLineEdit):
    """A line over a node's name. Enter or leaving takes the name, Escape leaves the old one."""

    def __init__(self, parent: QWidget, refuse: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._rename: Rename = lambda _: ""
        self._refuse = refuse
        self.setAccessibleName("Layer name")
        self.hide()

    def open_over(self, place: QRect, name: str, rename: Rename) -> None:
        """Show over the name, all of it selected."""
        self._rename = rename
        self.setText(name)
        self.setGeometry(place)
        self.raise_()
        self.show()
        self.selectAll()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            problem = self._rename(self.text().strip())
            if problem:
                self._refuse(problem)
            else:
                self._close()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        leaves = event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
        if leaves and not self.isHidden():
            problem = self._rename(self.text().strip())
            self.hide()
            if problem:
                self._refuse(problem)

    def _close(self) -> None:
        """Hide first: what loses the keyboard must not rename again."""
        self.hide()
        self.parentWidget().setFocus(Qt.FocusReason.OtherFocusReason)
