"""Which keys do what on the canvas, as data."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from workbench.ui.canvas.geometry import GRID

NUDGES: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-GRID, 0),
    Qt.Key.Key_Right: (GRID, 0),
    Qt.Key.Key_Up: (0, -GRID),
    Qt.Key.Key_Down: (0, GRID),
}
"""Arrow keys: a step of the grid, four with Shift."""

KEYS = {
    "Ctrl+C": "copy",
    "Ctrl+X": "cut",
    "Ctrl+V": "paste",
    "Ctrl+D": "duplicate",
    "Ctrl+A": "select_all",
    "Ctrl+Down": "enter_selected",
    "Ctrl+Up": "leave",
    "Ctrl+Right": "select_after",
    "Ctrl+Left": "select_before",
    "Del": "delete_selection",
    "Backspace": "delete_selection",
    "Tab": "search_layers",
    "F2": "rename_selected",
    "Return": "enter_selected",
    "F": "fit",
    "Home": "fit",
    "+": "zoom_in",
    "=": "zoom_in",
    "Ctrl++": "zoom_in",
    "Ctrl+=": "zoom_in",
    "-": "zoom_out",
    "Ctrl+-": "zoom_out",
    "0": "zoom_to_life_size",
    "L": "auto_layout",
    "W": "connect_selected",
    "M": "toggle_minimap",
}
"""The canvas's method for each key. Where the window has an action with the same key, the action comes first."""


def method_for(event: QKeyEvent) -> str | None:
    """What a key press asks for; the number pad's keys count as the others do."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if event.text() in ("+", "="):
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    keys = QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key())))
    return KEYS.get(keys.toString(QKeySequence.SequenceFormat.PortableText))
