"""Actions as data: a table of what a person can do, and the Qt actions, menus and tool bar made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QToolButton, QWidget

from workbench.ui import icons
from workbench.ui.theme import Theme

Context = TypeVar("Context")
SEPARATOR = "-"


def _always(_: object) -> bool:
    return True


@dataclass(frozen=True)
class Action(Generic[Context]):
    """One thing a person can do. `shortcut` is written as Qt writes it: `Ctrl+S`, or several with `; ` between.

    `label` gives a text that depends on the state. `in_canvas`: its keys count only while the canvas has the keyboard.
    """

    id: str
    text: str
    run: Callable[[Context], object]
    icon: str = ""
    shortcut: str = ""
    enabled: Callable[[Context], bool] = _always
    label: Callable[[Context], str] | None = None
    tip: str = ""
    in_canvas: bool = False


class ActionSet(QObject, Generic[Context]):
    """The Qt actions of a table, by id."""

    def __init__(self, table: Iterable[Action[Context]], context: Context, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._theme = theme
        self._rows = {row.id: row for row in table}
        self._made = {row.id: self._make(row, parent) for row in self._rows.values()}
        theme.changed.connect(self._paint)
        self._paint()
        self.refresh()

    def __getitem__(self, action: str) -> QAction:
        return self._made[action]

    def adopt(self, action: QAction, parent: QWidget) -> None:
        """Takes in an action that another part of the window makes and keeps current, under its object name."""
        self._made[action.objectName()] = action
        parent.addAction(action)

    def all(self) -> Iterable[QAction]:
        """Every action, in the table's order, then those taken in."""
        return self._made.values()

    def give_canvas_keys(self, canvas: QWidget) -> None:
        """Single keys belong to the canvas, so that they can still be typed elsewhere."""
        for name, row in self._rows.items():
            if row.in_canvas:
                canvas.addAction(self._made[name])

    def refresh(self) -> None:
        """Asks every row again whether it can be done now and what it is called."""
        for name, row in self._rows.items():
            action = self._made[name]
            action.setEnabled(row.enabled(self._context))
            if row.label is not None:
                action.setText(row.label(self._context))

    def _make(self, row: Action[Context], parent: QWidget) -> QAction:
        action = QAction(row.text, parent)
        action.setObjectName(row.id)
        keys = [QKeySequence(key) for key in row.shortcut.split("; ") if key]
        action.setShortcuts(keys)
        written = f" ({keys[0].toString(QKeySequence.SequenceFormat.NativeText)})" if keys else ""
        action.setToolTip((row.tip or row.text.replace("&", "").rstrip("…")) + written)
        action.setStatusTip(row.tip)
        action.triggered.connect(lambda: row.run(self._context))
        if row.in_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        else:
            parent.addAction(action)
        return action

    def _paint(self) -> None:
        for name, row in self._rows.items():
            if row.icon:
                self._made[name].setIcon(icons.icon(row.icon, self._theme))


@dataclass(frozen=True)
class Button:
    """An action in the tool bar: with a short text beside its symbol, or as the symbol alone."""

    action: str
    text: str = ""
    primary: bool = False


Entry = str | Callable[[QMenu], object]
"""In a menu: an action's id, SEPARATOR, or a function that fills in what is not in the table."""


def fill_menu_bar(bar: QMenuBar, menus: Mapping[str, Iterable[Entry]], actions: ActionSet) -> None:
    """Makes the menus, in order."""
    for title, entries in menus.items():
        menu = bar.addMenu(title)
        for entry in entries:
            if callable(entry):
                entry(menu)
            elif entry == SEPARATOR:
                menu.addSeparator()
            else:
                menu.addAction(actions[entry])


def fill_tool_bar(bar: QToolBar, entries: Iterable[Button | str], actions: ActionSet) -> None:
    """Puts buttons into the tool bar, in order."""
    for entry in entries:
        if isinstance(entry, str):
            bar.addSeparator()
            continue
        bar.addAction(actions[entry.action])
        button = bar.widgetForAction(actions[entry.action])
        assert isinstance(button, QToolButton)
        button.setAccessibleName(entry.text or actions[entry.action].toolTip())
        if entry.text:
            _fix_text(button, entry.text)
        if entry.primary:
            button.setProperty("primary", True)


def _fix_text(button: QToolButton, text: str) -> None:
    """A short text of its own, whatever the action's text becomes."""
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    action = button.defaultAction()
    action.setIconText(text)

    def keep() -> None:
        if action.iconText() != text:
            action.setIconText(text)

    action.changed.connect(keep)
