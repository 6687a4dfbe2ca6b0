"""A new project: one of the classic networks with its parameters, or an empty canvas."""

from __future__ import annotations

from html import escape
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.layers import Param
from workbench.plugins import SHELF, PretrainedError, Shelf
from workbench.project import Project
from workbench.templates import Template, TemplateError
from workbench.ui.dialogs.initial_weights import InitialWeights, StoreError
from workbench.ui.fields import Field, field_for
from workbench.ui.session import empty_project
from workbench.ui.theme import scaled

_EMPTY_TEXT = "An empty canvas, with the bundled digits as data. Start with an Input from the palette."
_SIZE = (800, 560)
_LIST_WIDTH = 200


def ask_for_project(parent: QWidget) -> tuple[Project | None, str]:
    """The project that a person made, and what to do next with it; None where they cancelled."""
    dialog = NewProjectDialog(parent=parent)
    dialog.exec()
    dialog.deleteLater()
    return dialog.project, dialog.guidance


class NewProjectDialog(QDialog):
    """Templates to the left; what the picked one is and its parameters to the right. `project` once accepted."""

    def __init__(self, shelf: Shelf = SHELF, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("New project")
        self.resize(*_SIZE)
        self.project: Project | None = None
        self.guidance = ""
        """What to do next, once accepted."""
        self._shelf = shelf
        self.weights: InitialWeights | None = None
        self._shown: Template | None = None
        self._values: dict[str, Any] = {}
        self.fields: dict[str, Field] = {}
        self.list = QListWidget()
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setAccessibleName("Templates")
        self._title, self._paper, self._lesson, self._next = QLabel(), QLabel(), QLabel(), QLabel()
        self.problem = QLabel()
        self._form_holder = QWidget()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._lay_out()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.list.currentItemChanged.connect(lambda *_: self._show())
        self.list.itemDoubleClicked.connect(lambda _: self.accept())
        for name, title in shelf.template_titles().items():
            self._add(title, name)
        self._add("Empty", "")
        self.list.setCurrentRow(0)

    def accept(self) -> None:
        """Builds the project, or says what does not fit."""
        if focused := self.focusWidget():
            focused.clearFocus()  # what is being written counts
        try:
            template = self._template()
            project = template.build(self._values) if template else empty_project()
            if template and self.weights and not self.weights.give(template.name, project):
                return
            self.project = project
            self.guidance = template.guidance if template else ""
        except (TemplateError, PretrainedError, StoreError) as error:
            self._state(str(error))
            self._go_to_problem()
            return
        super().accept()

    def _add(self, title: str, name: str) -> None:
        item = QListWidgetItem(title, self.list)
        item.setData(Qt.ItemDataRole.UserRole, name)

    def _template(self) -> Template | None:
        """None for an empty canvas. Raises TemplateError where the plugin of the template does not work."""
        item = self.list.currentItem()
        name = item.data(Qt.ItemDataRole.UserRole) if item else ""
        return self._shelf.template(name) if name else None

    def _show(self) -> None:
        template, problem = None, ""
        try:
            template = self._template()
        except TemplateError as error:
            problem = str(error)
        self._shown = template
        self._values, self.fields, self.weights = {}, {}, None
        item = self.list.currentItem()
        self._title.setText(item.text() if item else "")
        self._paper.setText(_sources(template) if template else "")
        self._paper.setVisible(template is not None)
        self._lesson.setText(template.lesson if template else "" if problem else _EMPTY_TEXT)
        self._next.setText(template.guidance if template else "")
        self._next.setVisible(bool(self._next.text()))
        self._state(problem)
        old, self._form_holder = self._form_holder, QWidget()
        form = QFormLayout(self._form_holder)
        form.setContentsMargins(0, 0, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for param in template.parameters if template else ():
            self._add_field(param, form)
        if template is not None and (titles := self._shelf.pretrained_titles(template.name)):
            self.weights = InitialWeights(self._shelf, titles)
            form.addRow("weights", self.weights)
        self._details.replaceWidget(old, self._form_holder)
        old.hide()
        old.deleteLater()

    def _add_field(self, param: Param, form: QFormLayout) -> None:
        field = field_for(param)
        field.show_value(param.default)
        field.set_accessible(param.name, f"{param.doc}\nExpected: {param.kind.expected}")
        field.committed.connect(lambda value: self._commit(param, field, value))
        self.fields[param.name] = field
        form.addRow(param.name.replace("_", " "), field)

    def _commit(self, param: Param, field: Field, value: Any) -> None:
        problem = param.problem(value)
        field.set_invalid(problem is not None)
        self._state(problem or "")
        self._values[param.name] = value

    def _go_to_problem(self) -> None:
        for param in self._shown.parameters if self._shown else ():
            if param.name in self._values and param.problem(self._values[param.name]):
                self.fields[param.name].setFocus()
                return

    def _state(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def _lay_out(self) -> None:
        self._paper.setTextFormat(Qt.TextFormat.RichText)
        self._paper.setOpenExternalLinks(True)
        self._title.setFont(scaled(self.font(), 1.3, bold=True))
        self._paper.setProperty("role", "muted")
        self.problem.setProperty("role", "error")
        self._details = QVBoxLayout()
        self._details.setSpacing(12)
        for part in (self._title, self._paper, self._lesson, self._form_holder, self.problem, self._next):
            self._details.addWidget(part)
            if isinstance(part, QLabel):
                part.setWordWrap(True)
        self._details.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.list)
        row.addLayout(self._details, 1)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Create")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(row, 1)
        column.addWidget(self.buttons)


def _sources(template: Template) -> str:
    """The paper and an open implementation, as links."""
    paper, code = escape(template.paper.url, quote=True), escape(template.implementation, quote=True)
    name = escape(str(template.paper))
    return f'{name}<br><a href="{paper}">Paper</a> · <a href="{code}">Reference implementation</a>'
