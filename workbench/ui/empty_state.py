"""What a panel shows while it has nothing to show: what it is for, and the button that starts it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.ui import icons
from workbench.ui.theme import Theme

_SYMBOL = 32


class EmptyState(QWidget):
    """A symbol, a sentence and perhaps a button, in the middle of the room there is."""

    def __init__(self, theme: Theme, symbol: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._symbol_name = symbol
        self._symbol = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel(text, self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        self._text.setProperty("role", "muted")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        self._column.addWidget(self._symbol)
        self._column.addWidget(self._text)
        self._column.addStretch(1)
        theme.changed.connect(self._paint)
        self._paint()

    def set_text(self, text: str) -> None:
        """Says something else."""
        self._text.setText(text)

    def add_button(self, text: str, act: Callable[[], object]) -> QPushButton:
        """Puts a button under the sentence."""
        button = QPushButton(text, self)
        button.clicked.connect(lambda: act())
        self._column.insertWidget(self._column.count() - 1, button, alignment=Qt.AlignmentFlag.AlignHCenter)
        return button

    def _paint(self) -> None:
        color = self._theme.color("text_muted")
        self._symbol.setPixmap(icons.pixmap(self._symbol_name, color, _SYMBOL, self.devicePixelRatioF()))
