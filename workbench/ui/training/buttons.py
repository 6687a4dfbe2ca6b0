"""Buttons that do and show what an action does, wherever they stand."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton


def follow(button: QAbstractButton, action: QAction, text: str = "") -> None:
    """Ties a button to an action; `text` stays where it is given."""

    def show() -> None:
        button.setEnabled(action.isEnabled())
        button.setText(text or action.text())
        button.setToolTip(action.toolTip())
        button.setIcon(action.icon())

    action.changed.connect(show)
    button.clicked.connect(action.trigger)
    show()
