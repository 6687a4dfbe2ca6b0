"""Values written as one line: numbers, shapes, axes, serialised objects."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workbench.layers.params import Integer, Kind
from workbench.ui.fields import codecs
from workbench.ui.fields.field import SEVERAL, Field, Line

_STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}


class TextField(Field):
    """One line. With `none_means`, an empty line stands for no value. Arrow keys count whole numbers up and down."""

    def __init__(self, kind: Kind, none_means: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._none_means = none_means
        self.line = Line(self)
        self.line.written.connect(self._commit)
        self.line.reverted.connect(self.reverted)
        if isinstance(kind, Integer):
            self.line.installEventFilter(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line)
        self.setFocusProxy(self.line)

    def show_value(self, value: Any) -> None:
        text = "" if value is None else codecs.write(self._kind, value)
        self.line.show_text(text, self._none_means or "")

    def show_several(self) -> None:
        self.line.show_text("", SEVERAL)

    def parts(self) -> tuple[QWidget, ...]:
        return (self.line,)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow and page keys step a whole number within its range."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _STEPS.get(Qt.Key(event.key()))
            value = codecs.read(self._kind, self.line.text())
            if step and isinstance(value, int):
                if self._kind.accepts(value + step):
                    self.line.setText(str(value + step))
                return True
        return super().eventFilter(watched, event)

    def _commit(self) -> None:
        text = self.line.text()
        none = self._none_means is not None and not text.strip()
        self.committed.emit(None if none else codecs.read(self._kind, text))
