"""The note on a run, which keeps itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QStackedLayout, QVBoxLayout, QWidget

from workbench.ui.empty_state import EmptyState
from workbench.ui.run_store import RunStoreModel
from workbench.ui.theme import Theme

if TYPE_CHECKING:
    from workbench.runs import RunEntry

_KEEP_MS = 600
_EMPTY = "Select one run to write down what it was for and what came of it."


class NoteEditor(QWidget):
    """Plain text, Markdown if one likes; on disk a moment after the last key, and before another run is shown."""

    def __init__(self, store: RunStoreModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._folder: Path | None = None
        self._kept = ""
        self.title = QLabel(self)
        self.title.setProperty("role", "heading")
        self.text = QPlainTextEdit(self)
        self.text.setAccessibleName("Note")
        self.text.setPlaceholderText("What was this run for, and what came of it?")
        self.text.textChanged.connect(self._on_written)
        self._timer = QTimer(self, singleShot=True, interval=_KEEP_MS)
        self._timer.timeout.connect(self.keep)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.title)
        column.addWidget(self.text, 1)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(EmptyState(theme, "note", _EMPTY, self))
        self._layers.addWidget(page)

    def show_run(self, entry: RunEntry | None) -> None:
        """Shows this run's note. What is being written on the same run is left alone."""
        folder = None if entry is None or entry.status == "damaged" else entry.folder
        if folder != self._folder:
            self.keep()
            self._folder = folder
            self._show("")
            self._layers.setCurrentIndex(int(folder is not None))
            if folder is not None:
                self._read(folder)
        if entry is not None:
            self.title.setText(f"Note on {entry.shown_name}")

    def keep(self) -> None:
        """Writes what is not on disk yet."""
        self._timer.stop()
        folder, text = self._folder, self.text.toPlainText()
        if folder is not None and text != self._kept:
            self._kept = text
            self._store.do(lambda: _write(folder, text))

    def _on_written(self) -> None:
        if self.text.toPlainText() != self._kept:
            self._timer.start()

    def _read(self, folder: Path) -> None:
        self._store.ask(lambda: _read(folder), lambda text: self._take(folder, text))

    def _take(self, folder: Path, text: str) -> None:
        if folder == self._folder and not self.text.toPlainText():
            self._show(text)

    def _show(self, text: str) -> None:
        self._kept = text
        self.text.setPlainText(text)


def _read(folder: Path) -> str:
    from workbench.runs import read_note

    return read_note(folder)


def _write(folder: Path, text: str) -> None:
    from workbench.runs import write_note

    write_note(folder, text)
