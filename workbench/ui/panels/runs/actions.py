"""What can be done with the selected runs: a table of data that the context menu and the keys are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from workbench.ui import icons
from workbench.ui.run_status import BUSY
from workbench.ui.theme import Theme

if TYPE_CHECKING:
    from workbench.runs import RunEntry

Entries = Sequence["RunEntry"]


@dataclass(frozen=True)
class RunAction:
    """A line of the menu. `fits` says for which runs it is offered; one that does not fit is not shown at all."""

    name: str
    text: str
    fits: Callable[[Entries], bool]
    icon: str = ""
    keys: str = ""


def _readable(entries: Entries) -> bool:
    return bool(entries) and all(entry.status != "damaged" for entry in entries)


def _one(entries: Entries) -> bool:
    return len(entries) == 1 and _readable(entries)


def _two(entries: Entries) -> bool:
    return len(entries) == 2 and _readable(entries)


def _any(entries: Entries) -> bool:
    return bool(entries)


def _trained(entries: Entries) -> bool:
    return _readable(entries) and all(entry.has_weights for entry in entries)


def _one_trained(entries: Entries) -> bool:
    return len(entries) == 1 and _trained(entries)


def _unfinished(entries: Entries) -> bool:
    return _at_rest(entries) and entries[0].status in ("stopped", "interrupted", "failed")


def _at_rest(entries: Entries) -> bool:
    return _one(entries) and entries[0].status not in BUSY and bool(entries[0].kept_epochs)


def _none_running(entries: Entries) -> bool:
    return bool(entries) and all(entry.status not in BUSY for entry in entries)


ACTIONS: tuple[tuple[RunAction, ...], ...] = (
    (
        RunAction("open", "Open the project of this run", _one, "open", "Return"),
        RunAction("compare", "Compare", _two, "compare", "Ctrl+Return"),
        RunAction("compare-open", "Compare with the open project", _one, "compare", "Ctrl+Return"),
    ),
    (
        RunAction("resume", "Resume training", _unfinished, "train"),
        RunAction("add-epochs", "Train more epochs…", _at_rest, "train"),
        RunAction("branch", "Branch from an epoch…", _at_rest, "train"),
        RunAction("continue", "Continue from this run's weights", _one_trained, "layers"),
        RunAction("evaluate", "Evaluate", _trained, "chart"),
        RunAction("export", "Export as SavedModel…", _one_trained, "export"),
    ),
    (
        RunAction("rename", "Rename", _one, "rename", "F2"),
        RunAction("star", "Star", _readable, "star", "S"),
        RunAction("tags", "Tags…", _readable, "", "T"),
        RunAction("note", "Write a note", _one, "note", "N"),
    ),
    (
        RunAction("copy-name", "Copy name", _any, "copy", "Ctrl+C"),
        RunAction("copy-path", "Copy path", _any, "", "Ctrl+Shift+C"),
        RunAction("open-folder", "Open folder", _any, "", ""),
    ),
    (RunAction("delete", "Delete", _none_running, "delete", "Del"),),
)
"""By group; a line stands between groups."""


def run_menu(
    entries: Entries, act: Callable[[str], None], offered: Callable[[str], bool], theme: Theme, parent: QWidget
) -> QMenu:
    """The menu for these runs; `act` gets an action's name. It deletes itself when it closes."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for group in ACTIONS:
        fitting = [action for action in group if action.fits(entries) and offered(action.name)]
        if fitting and not menu.isEmpty():
            menu.addSeparator()
        for action in fitting:
            item = menu.addAction(action.text)
            item.setObjectName(action.name)
            item.triggered.connect(lambda _=False, name=action.name: act(name))
            if action.icon:
                item.setIcon(icons.icon(action.icon, theme))
            if action.keys:
                # Shown here only: the table itself takes the key, because the window has others for it.
                item.setShortcut(QKeySequence(action.keys))
                item.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
                item.setShortcutVisibleInContextMenu(True)
    return menu


def run_keys(act: Callable[[str], None]) -> dict[QKeySequence, Callable[[], object]]:
    """What keys do in the table. Where several actions have a key, the panel does the one that fits."""
    keys: dict[str, Callable[[], object]] = {}
    for group in ACTIONS:
        for action in group:
            if action.keys:
                keys.setdefault(action.keys, partial(act, action.keys))
    keys["Enter"] = keys["Return"]
    return {QKeySequence(pressed): call for pressed, call in keys.items()}


def action_for(pressed: str, entries: Entries) -> str:
    """The name of the action that a key means for these runs, "" where it means none. A name stands for itself."""
    for group in ACTIONS:
        for action in group:
            if pressed in (action.name, action.keys) and action.fits(entries):
                return action.name
    return ""
