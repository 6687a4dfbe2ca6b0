"""Values picked from a few: words, yes or no, names of Keras objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from workbench.layers.params import KerasObject
from workbench.ui.fields import codecs
from workbench.ui.fields.field import SEVERAL, Combo, Field, Line


class ChoiceField(Field):
    """A list of words, each with the value that it stands for."""

    def __init__(self, choices: Sequence[tuple[str, Any]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values = [value for _, value in choices]
        self.combo = Combo(self)
        self.combo.addItems([word for word, _ in choices])
        self.combo.setPlaceholderText(SEVERAL)
        self.combo.activated.connect(lambda index: self.committed.emit(self._values[index]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.combo)
        self.setFocusProxy(self.combo)

    def show_value(self, value: Any) -> None:
        if value in self._values:
            self.combo.setPlaceholderText("")
            self.combo.setCurrentIndex(self._values.index(value))
        else:
            self.combo.setPlaceholderText(codecs.to_text(value))
            self.combo.setCurrentIndex(-1)

    def show_several(self) -> None:
        self.combo.setPlaceholderText(SEVERAL)
        self.combo.setCurrentIndex(-1)

    def parts(self) -> tuple[QWidget, ...]:
        return (self.combo,)


class SwitchField(Field):
    """Yes or no."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QCheckBox(self)
        self.box.clicked.connect(self._commit)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box)
        row.addStretch(1)
        self.setFocusProxy(self.box)

    def show_value(self, value: Any) -> None:
        self.box.setTristate(False)
        self.box.setChecked(value is True)
        self.box.setText("" if isinstance(value, bool) else codecs.to_text(value))

    def show_several(self) -> None:
        self.box.setTristate(True)
        self.box.setCheckState(Qt.CheckState.PartiallyChecked)
        self.box.setText(SEVERAL)

    def parts(self) -> tuple[QWidget, ...]:
        return (self.box,)

    def _commit(self) -> None:
        self.committed.emit(self.box.checkState() is not Qt.CheckState.Unchecked)


class ObjectField(Field):
    """A Keras object by its name, or by its configuration as JSON: `{"class_name": "L2", "config": {"l2": 0.01}}`."""

    def __init__(self, kind: KerasObject, none_means: str | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._none_means = none_means
        self._given = ""
        self.line = Line()
        self.combo = Combo(self)
        self.combo.setEditable(True)
        self.combo.setLineEdit(self.line)
        self.combo.setInsertPolicy(Combo.InsertPolicy.NoInsert)
        self.combo.addItems([*([none_means] if none_means is not None else []), *kind.names])
        self.combo.activated.connect(lambda _: self._commit())
        self.line.written.connect(self._commit)
        self.line.reverted.connect(self.reverted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.combo)
        self.setFocusProxy(self.combo)

    def show_value(self, value: Any) -> None:
        text = (self._none_means or "") if value is None else codecs.to_text(value)
        self.combo.setCurrentIndex(self.combo.findText(text, Qt.MatchFlag.MatchExactly))
        self.line.show_text(text)
        self._given = text

    def show_several(self) -> None:
        self.combo.setCurrentIndex(-1)
        self._given = ""
        self.line.show_text("", SEVERAL)

    def parts(self) -> tuple[QWidget, ...]:
        return (self.combo,)

    def _commit(self) -> None:
        text = self.line.text().strip()
        if text == self._given:
            return  # picking from the list is both an activation and writing
        self._given = text
        none = self._none_means is not None and text in ("", self._none_means)
        self.committed.emit(None if none else codecs.read(self._kind, text))
