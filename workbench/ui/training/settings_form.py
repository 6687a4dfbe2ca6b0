"""The dataset and training settings as a form: every field is a row of data and every change an undoable edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any, get_args, get_type_hints

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from workbench.data.facts import BUILT_IN
from workbench.layers.params import Integer, Kind, Number
from workbench.project import Change, DatasetSettings, SetDataset, SettingsError, SetTraining, TrainingSettings, assign
from workbench.ui.document import Document
from workbench.ui.fields import Field
from workbench.ui.fields.choices import ChoiceField
from workbench.ui.fields.text import TextField

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Setting:
    """One field: the section and the name of the setting, a label, how it is written, and help."""

    section: str
    name: str
    label: str
    written: Kind | Choices
    doc: str


def _words(name: str, **named: str) -> Choices:
    values = get_args(get_type_hints(TrainingSettings)[name])
    return tuple((named.get(value, value), value) for value in values)


_DATASETS = tuple((f"{facts.title} ({spec})", spec) for spec, facts in BUILT_IN.items())
SETTINGS = (
    Setting("dataset", "spec", "Dataset", _DATASETS, "The images that the network learns from"),
    Setting("dataset", "validation_share", "Held out", Number(0, 1), "Share of every class kept for validation"),
    Setting("training", "epochs", "Epochs", Integer(1), "How often every training image is seen"),
    Setting("training", "batch_size", "Batch size", Integer(1), "Images a step"),
    Setting("training", "optimizer", "Optimiser", _words("optimizer"), "The rule that changes the weights"),
    Setting("training", "learning_rate", "Learning rate", Number(0), "Length of a step at the start"),
    Setting(
        "training",
        "schedule",
        "Schedule",
        _words("schedule", constant="constant", cosine="cosine decay"),
        "How the learning rate changes over all steps",
    ),
    Setting("training", "label_smoothing", "Smoothing", Number(0, 1), "Share of each label spread over all classes"),
    Setting("training", "seed", "Seed", Integer(0, 2**32 - 1), "Seed of split, order, initial weights and dropout"),
)
_EDITS: dict[str, Callable[[Any], Any]] = {"dataset": SetDataset, "training": SetTraining}
_COLUMNS = 2
_MINIMUM_WIDTHS = (0, 144, 0, 72)


class SettingsForm(QWidget):
    """Shows the project's settings and edits them; a value that is refused is marked and told below."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.fields = {setting.name: _field(setting) for setting in SETTINGS}
        self.facts = QLabel(self, wordWrap=True)
        self.facts.setProperty("role", "muted")
        self.refused = QLabel(self, wordWrap=True)
        self.refused.setProperty("role", "error")
        self.refused.hide()
        self._lay_out()
        for setting in SETTINGS:
            self.fields[setting.name].committed.connect(lambda value, setting=setting: self._commit(setting, value))
        document.changed.connect(self._on_change)
        document.replaced.connect(self._show)
        self._show()

    def _commit(self, setting: Setting, value: Any) -> None:
        current = getattr(self._document.project, setting.section)
        field = self.fields[setting.name]
        try:
            settings = assign(current, {setting.name: value})
        except SettingsError as error:
            field.set_invalid(True)
            self.refused.setText(f"{setting.label}: {str(error).partition(': ')[2]}")
            self.refused.show()
            return
        if settings == current:
            self._show()
        else:
            self._document.do(_EDITS[setting.section](settings))

    def _on_change(self, change: Change) -> None:
        if change.sections:
            self._show()

    def _show(self) -> None:
        project = self._document.project
        for setting in SETTINGS:
            field = self.fields[setting.name]
            field.show_value(getattr(getattr(project, setting.section), setting.name))
            field.set_invalid(False)
        self.facts.setText(facts_text(project.dataset, project.training))
        self.refused.hide()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for index, setting in enumerate(SETTINGS):
            row, column = divmod(index, _COLUMNS)
            label = QLabel(setting.label, self)
            label.setToolTip(setting.doc)
            label.setBuddy(self.fields[setting.name])
            self.fields[setting.name].set_accessible(setting.label, setting.doc)
            grid.addWidget(label, row, 2 * column)
            grid.addWidget(self.fields[setting.name], row, 2 * column + 1)
        for column, width in enumerate(_MINIMUM_WIDTHS):
            grid.setColumnMinimumWidth(column, width)
        grid.setColumnStretch(1, 1)
        for text in (self.facts, self.refused):
            grid.addWidget(text, grid.rowCount(), 0, 1, 2 * _COLUMNS)


def _field(setting: Setting) -> Field:
    return ChoiceField(setting.written) if isinstance(setting.written, tuple) else TextField(setting.written)


def facts_text(dataset: DatasetSettings, training: TrainingSettings) -> str:
    """What is known of the dataset without reading it, and what a step and an epoch then are."""
    facts = BUILT_IN.get(dataset.spec)
    if not dataset.spec:
        return "Choose the data to train on."
    if facts is None:
        return f"{dataset.spec}: nothing is known of this dataset before it is read"
    height, width, channels = facts.shape
    held_out = ceil(facts.images * dataset.validation_share)
    batches = -(-(facts.images - held_out) // training.batch_size)
    return (
        f"{facts.images:,} images of {height}x{width}x{channels}, {len(facts.class_names)} classes; "
        f"{held_out:,} held out; {batches:,} batches an epoch"
    )
