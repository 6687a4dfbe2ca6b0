"""What the engine prints, line by line."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit, QStackedLayout, QWidget

from workbench.ui.empty_state import EmptyState
from workbench.ui.theme import Theme

_KEPT_LINES = 5000


class Console(QWidget):
    """A log that scrolls with what comes, unless the reader has scrolled up."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QPlainTextEdit(self, readOnly=True)
        self.text.setMaximumBlockCount(_KEPT_LINES)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.text.setAccessibleName("Engine log")
        empty = EmptyState(theme, "console", "What the engine says while it trains and exports appears here.", self)
        self._layers = QStackedLayout(self)
        self._layers.addWidget(empty)
        self._layers.addWidget(self.text)

    def add(self, text: str) -> None:
        """Adds lines, the first with the time of day; nothing where the text is empty."""
        if not text:
            return
        first, *others = text.splitlines()
        indented = [f"{'':10}{line}" for line in others]
        self.text.appendPlainText("\n".join([f"{datetime.now():%H:%M:%S}  {first}", *indented]))
        self._layers.setCurrentWidget(self.text)
