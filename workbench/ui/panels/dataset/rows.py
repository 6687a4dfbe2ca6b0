"""The dataset's settings as rows: each is data, and every change one undoable edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from workbench.layers import Param
from workbench.layers.params import Choice, Number, Text
from workbench.project import Change, SetDataset, SettingsError, SetTraining, assign
from workbench.ui.document import Document
from workbench.ui.fields import Field, field_for
from workbench.ui.fields.choices import ChoiceField

_COLUMNS = 2
_FIELD_WIDTH = 80
_LEAST = 4
"""Letters that a choice shows at least."""
_EDITS: dict[str, Callable[[Any], Any]] = {"dataset": SetDataset, "training": SetTraining}


@dataclass(frozen=True)
class Row:
    """A setting of a section: its label, its parameter, and words for its choices where they have others."""

    section: str
    label: str
    param: Param
    words: tuple[tuple[str, str], ...] = ()


ROWS = (
    Row(
        "dataset",
        "Validation",
        Param(
            "validation_share", Number(0, 1), doc="Share of every class held out, where the data does not say itself"
        ),
    ),
    Row(
        "dataset",
        "Test",
        Param("test_share", Number(0, 1), doc="Share of every class set apart, where the data has no test images"),
    ),
    Row(
        "dataset",
        "Fit",
        Param("fit", Choice(("stretch", "crop", "pad")), doc="How images of other proportions fit the network's input"),
        (("stretch", "stretch"), ("crop the middle", "crop"), ("pad with black", "pad")),
    ),
    Row(
        "dataset",
        "Values",
        Param("value_range", Choice(("0..1", "-1..1", "0..255")), doc="What black and full brightness become"),
        (("0 to 1", "0..1"), ("−1 to 1", "-1..1"), ("0 to 255", "0..255")),
    ),
    Row(
        "dataset",
        "Target",
        Param(
            "target",
            Choice(("auto", "classes", "masks", "image")),
            doc="What the network is to give: a class, a class for each pixel, or an image (the image itself, or the "
            "one that IMAGES::TARGETS pairs with it)",
        ),
        (("automatic", "auto"), ("a class", "classes"), ("masks", "masks"), ("an image", "image")),
    ),
    Row("dataset", "Group", Param("group", Text(), doc="Column of a CSV whose values stay together in one part")),
    Row(
        "training",
        "Weights",
        Param(
            "class_weights",
            Choice(("none", "balanced")),
            doc="Class weights. Balanced: rare classes count for more in the loss",
        ),
        (("none", "none"), ("balanced", "balanced")),
    ),
)


class SettingRows(QWidget):
    """Shows and edits these settings; a value that is refused is marked and told below."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.fields: dict[str, Field] = {}
        self.refused = QLabel(self, wordWrap=True)
        self.refused.setProperty("role", "error")
        self.refused.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for number, row in enumerate(ROWS):
            self._add(row, grid, *divmod(number, _COLUMNS))
        for column in range(_COLUMNS):
            grid.setColumnStretch(2 * column + 1, 1)
            grid.setColumnMinimumWidth(2 * column + 1, _FIELD_WIDTH)
        grid.addWidget(self.refused, grid.rowCount(), 0, 1, 2 * _COLUMNS)
        document.changed.connect(self._on_change)
        document.replaced.connect(self._show)
        self._show()

    def _add(self, row: Row, grid: QGridLayout, line: int, column: int) -> None:
        field = _field(row)
        field.set_accessible(row.label, row.param.doc)
        label = QLabel(row.label, self)
        label.setToolTip(row.param.doc)
        label.setBuddy(field)
        grid.addWidget(label, line, 2 * column)
        grid.addWidget(field, line, 2 * column + 1)
        self.fields[row.param.name] = field
        field.committed.connect(lambda value: self._commit(row, value))

    def _commit(self, row: Row, value: Any) -> None:
        current = getattr(self._document.project, row.section)
        try:
            settings = assign(current, {row.param.name: value})
        except SettingsError as error:
            self.fields[row.param.name].set_invalid(True)
            self.refused.setText(f"{row.label}: {str(error).partition(': ')[2]}")
            self.refused.show()
            return
        if settings == current:
            self._show()
        else:
            self._document.do(_EDITS[row.section](settings))

    def _on_change(self, change: Change) -> None:
        if change.sections:
            self._show()

    def _show(self) -> None:
        for row in ROWS:
            field = self.fields[row.param.name]
            field.show_value(getattr(getattr(self._document.project, row.section), row.param.name))
            field.set_invalid(False)
        self.refused.hide()


def _field(row: Row) -> Field:
    if not row.words:
        return field_for(row.param)
    field = ChoiceField(row.words)
    field.combo.setMinimumContentsLength(_LEAST)
    return field
