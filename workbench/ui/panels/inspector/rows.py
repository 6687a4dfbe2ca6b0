"""One row of the form: a name, an editor, and what is wrong with what was written."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.layers import REQUIRED, Param
from workbench.ui.fields import Field, field_for
from workbench.ui.panels.inspector.promotion import PromotionPart
from workbench.ui.theme import Theme

LABEL_WIDTH = 96


class ParamRow(QObject):
    """Edits one parameter of one node or of several. What the kind refuses is shown and not passed on."""

    committed = Signal(object)

    def __init__(self, param: Param, theme: Theme, form: QFormLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self.param = param
        self.field: Field = field_for(param)
        self.field.set_accessible(param.name, _tip(param))
        self._stated = ""
        self._problem = QLabel(wordWrap=True)
        self._problem.setProperty("role", "error")
        self._problem.hide()
        cell = QWidget(parent)
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.promotion = PromotionPart(param.name, theme, cell)
        beside = QHBoxLayout()
        beside.setSpacing(4)
        beside.addWidget(self.field, 1)
        beside.addWidget(self.promotion.button)
        column.addLayout(beside)
        column.addWidget(self.promotion.expression)
        column.addWidget(self._problem)
        label = QLabel(param.name.replace("_", " "), parent)
        label.setWordWrap(True)
        label.setFixedWidth(LABEL_WIDTH)
        label.setMinimumHeight(self.field.sizeHint().height())
        label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        label.setToolTip(_tip(param))
        label.setBuddy(self.field)
        form.addRow(label, cell)
        self.field.committed.connect(self._judge)
        self.field.reverted.connect(lambda: self._state(self._stated))

    @property
    def problem(self) -> str:
        """What the row says is wrong, or an empty text."""
        return "" if self._problem.isHidden() else self._problem.text()

    def show_values(self, values: tuple[Any, ...], problem: str) -> None:
        """Shows the nodes' values and what analysis says about them."""
        first = values[0]
        if any(value != first for value in values[1:]):
            self.field.show_several()
        else:
            self.field.show_value(None if first is REQUIRED else first)
        self._stated = problem
        self._state(problem)

    def show_binding(self, text: str | None, *, offered: bool) -> None:
        """Shows the expression that the value follows, where it does; the value cannot be written then."""
        self.promotion.show_binding(text, offered=offered)
        self.field.setEnabled(text is None)

    def state(self, problem: str) -> None:
        """Says what is wrong with what was just written."""
        self._state(problem)

    def _judge(self, value: Any) -> None:
        problem = self.param.problem(value)
        self._state(problem or self._stated)
        if problem is None:
            self.committed.emit(value)

    def _state(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.field.set_invalid(bool(problem))


def _tip(param: Param) -> str:
    default = "no default" if param.required else f"default {param.default!r}"
    return f"{param.doc}\n{param.name} ({default})\nExpected: {param.kind.expected}".strip()
