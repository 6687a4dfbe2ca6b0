"""Every key that does something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

_SIZE = (440, 520)


Row = tuple[str, str]
"""What is done, and the keys that do it."""


def key_table(actions: Iterable[QAction], canvas_keys: Mapping[str, str]) -> list[Row]:
    """The keys of the window's actions, then those that only the canvas knows, by what they do."""
    rows: list[Row] = []
    taken: set[str] = set()
    for action in actions:
        keys = action.shortcuts()
        taken.update(key.toString() for key in keys)
        if keys:
            rows.append((action.text().replace("&", "").rstrip("…."), _written(keys)))
    more: dict[str, list[QKeySequence]] = {}
    for key, method in canvas_keys.items():
        if key not in taken:
            more.setdefault(method, []).append(QKeySequence(key))
    return rows + [(f"Canvas: {method.replace('_', ' ')}", _written(keys)) for method, keys in more.items()]


def _written(keys: Iterable[QKeySequence]) -> str:
    return ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in keys)


class ShortcutsDialog(QDialog):
    """A list of what can be done with the keyboard."""

    def __init__(self, rows: Iterable[Row], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(*_SIZE)
        self.table = QTreeWidget()
        self.table.setHeaderLabels(["Action", "Keys"])
        self.table.setRootIsDecorated(False)
        for row in rows:
            QTreeWidgetItem(self.table, list(row))
        self.table.resizeColumnToContents(0)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.table)
        column.addWidget(buttons)
