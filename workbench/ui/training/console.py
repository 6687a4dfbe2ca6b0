"""What the engine says and prints: by level, filtered, copied, saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QShowEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import icons
from workbench.ui.empty_state import EmptyState
from workbench.ui.notices import Level, Notice
from workbench.ui.theme import Theme, figures
from workbench.ui.training.log_entries import KEPT, LogEntries, LogEntry, LogLevel

_LEVELS = (
    ("Everything", LogLevel.OUTPUT),
    ("Without engine output", LogLevel.INFO),
    ("Warnings and errors", LogLevel.WARNING),
    ("Errors", LogLevel.ERROR),
)
_TOKENS = {LogLevel.OUTPUT: "text_muted", LogLevel.INFO: "text", LogLevel.WARNING: "warning", LogLevel.ERROR: "error"}
_LINES_EACH = 4
"""Lines kept for each entry: most have one."""
_FILTER_WIDTH = 240


class Console(QWidget):
    """A log that scrolls with what comes, unless the reader has scrolled up."""

    noticed = Signal(object)
    """A `Notice`: the log could not be saved."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._seen = False
        self._entries = LogEntries()
        self.text = _text(self)
        self.level = QComboBox(self)
        self.level.setAccessibleName("Level")
        self.level.addItems([words for words, _ in _LEVELS])
        self.filter = QLineEdit(self, placeholderText="Filter", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter")
        self.filter.setMaximumWidth(_FILTER_WIDTH)
        self.count = QLabel(self)
        self.count.setProperty("role", "muted")
        self.count.setFont(figures(self.font()))
        self.follow = self._button("chevron-down", "Newest", self._go_to_end, "Scroll to the newest line and follow it")
        self.copy = self._button("copy", "Copy", self._copy, "Copy the selected text, or all that is shown")
        self.save = self._button("save", "Save…", self._choose_and_save, "Save what is shown as a text file")
        self.clear = self._button("delete", "Clear", self._clear, "Forget these lines")
        self._lay_out()
        self._connect()
        self._paint()
        self._say()

    def add(self, text: str, level: LogLevel = LogLevel.INFO) -> None:
        """Adds lines, the first with the time of day; nothing where the text is empty."""
        added = self._entries.add(text, level)
        self._write([entry for entry in added if entry.shown(self._least, self.filter.text())])
        if added:
            self._layers.setCurrentIndex(1)
            self._say()

    def write_to(self, path: Path) -> None:
        """Saves what is shown; a failure is a notice."""
        try:
            path.write_text(self.text.toPlainText() + "\n", encoding="utf-8")
        except OSError as error:
            told = f"The log was not saved to {path}: {error.strerror or error}"
            self.noticed.emit(Notice(Level.ERROR, told, topic="console"))

    @property
    def _least(self) -> LogLevel:
        return _LEVELS[self.level.currentIndex()][1]

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setContentsMargins(8, 4, 8, 4)
        tools.setSpacing(8)
        for part in (self.level, self.filter, self.count):
            tools.addWidget(part)
        tools.addStretch(1)
        for button in (self.follow, self.copy, self.save, self.clear):
            tools.addWidget(button)
        log = QWidget(self)
        column = QVBoxLayout(log)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(tools)
        column.addWidget(self.text, 1)
        purpose = "What the engine says while it trains, evaluates and exports appears here."
        self._layers = QStackedLayout(self)
        self._layers.addWidget(EmptyState(self._theme, "console", purpose, self))
        self._layers.addWidget(log)

    def _connect(self) -> None:
        self.level.currentIndexChanged.connect(self._write_again)
        self.filter.textChanged.connect(self._write_again)
        bar = self.text.verticalScrollBar()
        bar.valueChanged.connect(self._on_scroll)
        bar.rangeChanged.connect(self._on_scroll)
        self._theme.changed.connect(self._paint)

    def _button(self, icon: str, text: str, act: Callable[[], None], tip: str) -> QToolButton:
        button = QToolButton(self, autoRaise=True)
        button.setText(text)
        button.setToolTip(tip)
        button.setObjectName(icon)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(lambda: act())
        return button

    def _write(self, entries: list[LogEntry]) -> None:
        """Appends without moving the reader's selection or place; at the end, the view goes along."""
        if not entries:
            return
        bar = self.text.verticalScrollBar()
        at_end, place = self._at_end(), bar.value()
        cursor = QTextCursor(self.text.document())
        cursor.beginEditBlock()
        for entry in entries:
            cursor.movePosition(QTextCursor.MoveOperation.End)
            if not self.text.document().isEmpty():
                cursor.insertBlock()
            cursor.insertText(entry.lines, _format(self._theme.color(_TOKENS[entry.level])))
        cursor.endEditBlock()
        bar.setValue(bar.maximum() if at_end else place)

    def _write_again(self) -> None:
        self.text.clear()
        self._write(self._entries.shown(self._least, self.filter.text()))
        self._go_to_end()
        self._say()

    def _say(self) -> None:
        """How much the filter leaves out, where it does."""
        total = len(self._entries)
        shown = total
        if self._least > LogLevel.OUTPUT or self.filter.text().strip():
            shown = len(self._entries.shown(self._least, self.filter.text()))
        noun = "entry" if total == 1 else "entries"
        self.count.setText("" if shown == total else f"{shown:,} of {total:,} {noun}")

    def _at_end(self) -> bool:
        bar = self.text.verticalScrollBar()
        return bar.value() >= bar.maximum()

    def _on_scroll(self) -> None:
        self.follow.setVisible(not self._at_end())

    def showEvent(self, event: QShowEvent) -> None:
        """Opens at the newest line, however much came in while nobody looked."""
        super().showEvent(event)
        if not self._seen:
            self._seen = True
            QTimer.singleShot(0, self, self._go_to_end)

    def _go_to_end(self) -> None:
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _copy(self) -> None:
        selected = self.text.textCursor().selection().toPlainText()
        QGuiApplication.clipboard().setText(selected or self.text.toPlainText())

    def _choose_and_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, "Save the log", str(Path.home() / "engine.log"), "Text (*.log *.txt)"
        )
        if name:
            self.write_to(Path(name))

    def _clear(self) -> None:
        self._entries.clear()
        self._write_again()
        self._layers.setCurrentIndex(0)

    def _paint(self) -> None:
        for button in (self.follow, self.copy, self.save, self.clear):
            button.setIcon(icons.icon(button.objectName(), self._theme))
        if len(self._entries):
            self._write_again()


def _text(parent: QWidget) -> QPlainTextEdit:
    text = QPlainTextEdit(parent, readOnly=True)
    text.setMaximumBlockCount(_LINES_EACH * KEPT)
    text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
    text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    text.setAccessibleName("Engine log")
    text.setUndoRedoEnabled(False)
    return text


def _format(color: QColor) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(color)
    return made
