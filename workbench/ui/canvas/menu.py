"""The canvas's context menu."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QMenu, QWidget

Row = tuple[str, Callable[[], object], bool]
"""Text, what it does, whether it can be done now. An empty text is a separator."""

SEPARATOR: Row = ("", lambda: None, False)


def context_menu(parent: QWidget, rows: Iterable[Row]) -> QMenu:
    """A menu that goes away with its last use."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    for text, act, enabled in rows:
        if not text:
            menu.addSeparator()
            continue
        action = menu.addAction(text)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False, act=act: act())
    return menu
