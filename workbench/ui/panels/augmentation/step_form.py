"""The parameters of one step, drawn from the operation's entry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from workbench.analysis import Severity
from workbench.data.augmentation.catalogue import OPERATIONS
from workbench.data.augmentation.operation import number
from workbench.layers import Param
from workbench.project import AugmentationStep
from workbench.project.augmentation import StepProblem
from workbench.ui import icons
from workbench.ui.fields import Field, ranged_field_for
from workbench.ui.fields.slider import SliderField
from workbench.ui.theme import Theme

_LABEL_WIDTH = 104
_PROBABILITY = number("probability", 1.0, 0.0, 1.0, "Share of the images that the step is applied to")
_NOTHING = "Add a step, or choose a preset, to vary the training images. The images on disk are never changed."


class StepForm(QWidget):
    """Shows a step. It is drawn anew only for another operation, so that a slider survives its own changes."""

    sliding = Signal(str, object)
    """A parameter's name (`probability` among them) and its value, while a slider moves."""
    committed = Signal(str, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._drawn: str | None = None
        self._unfolded = False
        self.fold: QToolButton | None = None
        self.fields: dict[str, Field] = {}
        self._params: dict[str, Param] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(8)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "heading")
        self.told = QLabel(self, wordWrap=True)
        self.doc = QLabel(_NOTHING, self, wordWrap=True)
        self.doc.setProperty("role", "muted")
        self._rows: QWidget | None = None
        for part in (self.heading, self.told, self.doc):
            self._column.addWidget(part)
        self._column.addStretch(1)
        theme.changed.connect(self._paint)

    def show_step(self, step: AugmentationStep | None, problems: Sequence[StepProblem]) -> None:
        """Shows a step with what is wrong with it, or what the panel is for."""
        key = step.operation if step else None
        if key != self._drawn:
            self._draw(key)
        operation = OPERATIONS.get(key or "")
        self.heading.setVisible(step is not None)
        self.heading.setText(operation.label if operation else key or "")
        self.doc.setText(operation.doc if operation else "" if step else _NOTHING)
        self._tell(problems)
        if step is None or operation is None:
            return
        values = {**operation.values(step.params), _PROBABILITY.name: step.probability}
        for name, field in self.fields.items():
            field.show_value(values[name])
            field.set_invalid(any(problem.param == name for problem in problems))

    def _tell(self, problems: Sequence[StepProblem]) -> None:
        worst = any(problem.severity is Severity.ERROR for problem in problems)
        self.told.setText("\n".join(f"{problem.message} {problem.hint}".strip() for problem in problems))
        self.told.setVisible(bool(problems))
        color = self._theme.color("error" if worst else "warning").name()
        self.told.setStyleSheet(f"color: {color}")

    def _draw(self, key: str | None) -> None:
        if self._rows is not None:
            self._rows.hide()
            self._rows.deleteLater()
            self._rows = self.fold = None
        self._drawn = key
        self.fields, self._params = {}, {}
        operation = OPERATIONS.get(key or "")
        if operation is None:
            return
        self._rows = rows = QWidget(self)
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._form([_PROBABILITY, *(param for param in operation.params if not param.advanced)], rows))
        advanced = [param for param in operation.params if param.advanced]
        if advanced:
            self._add_folded(advanced, rows, column)
        self._column.insertWidget(self._column.count() - 1, rows)

    def _add_folded(self, params: list[Param], rows: QWidget, column: QVBoxLayout) -> None:
        self.fold = fold = QToolButton(rows)
        fold.setText("Advanced")
        fold.setCheckable(True)
        fold.setProperty("role", "fold")
        fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        folded = QWidget(rows)
        inside = QVBoxLayout(folded)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addLayout(self._form(params, folded))
        column.addWidget(fold)
        column.addWidget(folded)
        fold.setChecked(self._unfolded)
        folded.setVisible(self._unfolded)
        fold.toggled.connect(folded.setVisible)
        fold.toggled.connect(self._remember_fold)
        self._paint()

    def _remember_fold(self, unfolded: bool) -> None:
        self._unfolded = unfolded
        self._paint()

    def _form(self, params: Sequence[Param], parent: QWidget) -> QFormLayout:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(8)
        for param in params:
            field = ranged_field_for(param)
            field.setParent(parent)
            field.set_accessible(param.name.replace("_", " "), f"{param.doc}\nExpected: {param.kind.expected}")
            field.committed.connect(lambda value, param=param: self._judge(param, value))
            if isinstance(field, SliderField):
                field.sliding.connect(lambda value, param=param: self.sliding.emit(param.name, value))
            self.fields[param.name], self._params[param.name] = field, param
            label = QLabel(param.name.replace("_", " ").capitalize(), parent)
            label.setFixedWidth(_LABEL_WIDTH)
            label.setToolTip(param.doc)
            label.setBuddy(field)
            form.addRow(label, field)
        return form

    def _judge(self, param: Param, value: Any) -> None:
        problem = param.problem(value)
        self.fields[param.name].set_invalid(bool(problem))
        if problem:
            self.told.setText(problem)
            self.told.setStyleSheet(f"color: {self._theme.color('error').name()}")
            self.told.show()
        else:
            self.committed.emit(param.name, value)

    def _paint(self) -> None:
        if self.fold is not None:
            self.fold.setIcon(icons.icon("chevron-down" if self._unfolded else "chevron-right", self._theme))
