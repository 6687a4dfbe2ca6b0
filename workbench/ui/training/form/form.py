"""The training settings as a form: every field is a row of data and every change an undoable edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from workbench.project import Change, Edit, SetAdversarial, SettingsError, SetTraining, assign, is_adversarial
from workbench.ui.document import Document
from workbench.ui.fields import Field
from workbench.ui.theme import Theme
from workbench.ui.training.form.adversarial_table import ADVERSARIAL_SECTIONS
from workbench.ui.training.form.facts import batches_an_epoch, facts_text
from workbench.ui.training.form.row import SettingRow
from workbench.ui.training.form.schedule_curve import ScheduleCurve
from workbench.ui.training.form.section import FormSection
from workbench.ui.training.form.table import (
    ADVERSARIAL,
    BASICS,
    SECTIONS,
    TRAINING,
    Setting,
    default_of,
    value_of,
    values_for,
)
from workbench.ui.weights import InitialWeightsBox
from workbench.ui.weights.box import Runs

_EDITS: Mapping[str, Callable[[Any], Edit]] = {TRAINING: SetTraining, ADVERSARIAL: SetAdversarial}
_COLUMNS = 2
_MINIMUM_WIDTHS = (0, 96, 0, 72)


class SettingsForm(QWidget):
    """Shows the project's settings and edits them; a value that is refused is marked and told below it."""

    data_asked = Signal()
    """The person wants to see the data, or other data."""

    def __init__(self, document: Document, theme: Theme, runs: Runs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.weights = InitialWeightsBox(document, theme, runs, self)
        self._basics = {setting.key: SettingRow(setting, self) for setting in BASICS}
        self.facts = QLabel(self, wordWrap=True)
        self.facts.setProperty("role", "muted")
        self.data = QToolButton(self)
        self.data.setText("Data…")
        self.data.setAutoRaise(True)
        self.data.setToolTip("Show the data, choose other data, or divide them otherwise")
        self.data.clicked.connect(self.data_asked)
        self.curve = ScheduleCurve(theme, self)
        self.sections = {rows.title: FormSection(rows, theme, self) for rows in (*ADVERSARIAL_SECTIONS, *SECTIONS)}
        self._lay_out()
        for row in self._basics.values():
            row.committed.connect(lambda value, setting=row.setting: self._commit(setting, value))
        for section in self.sections.values():
            section.committed.connect(self._commit)
            section.reset_asked.connect(self._reset)
        document.changed.connect(self._on_change)
        document.replaced.connect(self._show)
        document.data_observed.connect(lambda _: self._show())
        self._show()

    @property
    def rows(self) -> Mapping[str, SettingRow]:
        """Every row there is now, by the key of its setting."""
        return {**self._basics, **{name: row for part in self.sections.values() for name, row in part.rows.items()}}

    @property
    def fields(self) -> Mapping[str, Field]:
        """Every editor there is now, by the key of its setting."""
        return {name: row.field for name, row in self.rows.items()}

    def unfold(self, title: str) -> None:
        """Opens a section."""
        self.sections[title].fold.setChecked(True)

    def _commit(self, setting: Setting, value: Any) -> None:
        self._change({setting: value})

    def _reset(self, settings: tuple[Setting, ...]) -> None:
        self._change({setting: default_of(setting) for setting in settings})

    def _change(self, changes: Mapping[Setting, Any]) -> None:
        """One undoable step, or the reason why not beside the field. All are settings of one section."""
        if not changes:
            return
        section = next(iter(changes)).section
        current = getattr(self._document.project, section)
        try:
            settings = assign(current, values_for(current, changes))
        except SettingsError as error:
            for setting in changes:
                self.rows[setting.key].refuse(_reason(str(error)))
            return
        if settings == current:
            self._show()
        else:
            self._document.do(_EDITS[section](settings))

    def _on_change(self, change: Change) -> None:
        if change.sections:
            self._show()

    def _show(self) -> None:
        project = self._document.project
        adversarial = is_adversarial(project)
        self.weights.setVisible(not adversarial)  # a GAN begins with initial weights of its own
        for row in self._basics.values():
            row.show_value(value_of(project.training, row.setting))
            row.set_visible(row.setting.fits(adversarial))
        for section in self.sections.values():
            section.show_project(project)
        observed = self._document.observed
        self.facts.setText(facts_text(project, observed))
        batches = batches_an_epoch(project, observed)
        course = project.adversarial.course(project.training, batches) if adversarial else None
        self.curve.show_course(course or project.training.course(batches))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for index, row in enumerate(self._basics.values()):
            line, column = divmod(index, _COLUMNS)
            row.put(grid, line, 2 * column)
        for column, width in enumerate(_MINIMUM_WIDTHS):
            grid.setColumnMinimumWidth(column, width)
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(8)
        column_layout.addLayout(grid)
        column_layout.addWidget(self.weights)
        column_layout.addWidget(self.curve)
        about = QHBoxLayout()
        about.addWidget(self.facts, 1)
        about.addWidget(self.data, 0, Qt.AlignmentFlag.AlignTop)
        column_layout.addLayout(about)
        for section in self.sections.values():
            column_layout.addWidget(section)


def _reason(message: str) -> str:
    """Without the name of the setting, which stands beside it."""
    name, colon, rest = message.partition(": ")
    return (rest if colon and " " not in name else message).replace(", or null (", ", or nothing (")
