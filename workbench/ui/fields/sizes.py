"""A size for each spatial axis, side by side."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QWidget

from workbench.layers.params import Integer, Sizes
from workbench.ui.fields import codecs
from workbench.ui.fields.field import SEVERAL, Field, Line

_ONE = Integer()


class SizesField(Field):
    """One short line an axis; it commits when the keyboard leaves all of them, so that 3x3 is one step.

    `as_list`: equal sizes go out as a list too, where that is how Keras writes the default.
    """

    def __init__(
        self, kind: Sizes, none_means: str | None = None, *, as_list: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._none_means = none_means
        self._as_list = as_list
        self.lines = tuple(Line(self) for _ in range(kind.rank))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for number, line in enumerate(self.lines):
            if number:
                row.addWidget(QLabel("×", self))
            row.addWidget(line, 1)
            line.setMinimumWidth(32)
            line.written.connect(self._leave)
            line.reverted.connect(self.reverted)
            line.editingFinished.connect(self._leave)
            line.returnPressed.connect(self._commit)
        self.setFocusProxy(self.lines[0])

    def show_value(self, value: Any) -> None:
        values = value if isinstance(value, list | tuple) else [value] * len(self.lines)
        if len(values) != len(self.lines):
            values = [value, *[""] * (len(self.lines) - 1)]
        for line, size in zip(self.lines, values, strict=True):
            line.show_text("" if size is None else codecs.to_text(size), self._none_means or "")

    def show_several(self) -> None:
        for line in self.lines:
            line.show_text("", SEVERAL)

    def parts(self) -> tuple[QWidget, ...]:
        return self.lines

    def _leave(self) -> None:
        if QApplication.focusWidget() not in self.lines:
            self._commit()

    def _commit(self) -> None:
        if not any(line.touched for line in self.lines):
            return
        texts = [line.text().strip() for line in self.lines]
        if self._none_means is not None and not any(texts):
            self.committed.emit(None)
            return
        sizes = [codecs.read(_ONE, text) for text in texts]
        equal = len(set(texts)) == 1 and not self._as_list
        self.committed.emit(sizes[0] if equal else sizes)
