"""One setting in the form: a label, an editor, and why what was written is refused."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from workbench.layers import Param
from workbench.ui.fields import Field, field_for
from workbench.ui.fields.choices import ChoiceField
from workbench.ui.training.form.flags_field import FlagsField
from workbench.ui.training.form.table import Flags, Setting

_FIELD_WIDTH = 72


class SettingRow(QObject):
    """Shows one setting and says what a person wrote; it does not judge."""

    committed = Signal(object)
    """The value, or the text where it means none."""

    def __init__(self, setting: Setting, parent: QWidget) -> None:
        super().__init__(parent)
        self.setting = setting
        self.field = _field(setting)
        self.field.setMinimumWidth(_FIELD_WIDTH)
        self.field.set_accessible(setting.label, setting.doc)
        self.problem = QLabel(wordWrap=True)
        self.problem.setProperty("role", "error")
        self.problem.hide()
        self.label = QLabel(setting.label, wordWrap=True)
        self.label.setToolTip(setting.doc)
        self.label.setBuddy(self.field)
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        if not isinstance(setting.written, Flags):
            self.label.setMinimumHeight(
                self.field.sizeHint().height()
            )  # beside the field, not beside a reason below it
        self._cell = QWidget()
        column = QVBoxLayout(self._cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.field)
        column.addWidget(self.problem)
        self.field.committed.connect(self.committed)
        self.field.reverted.connect(lambda: self.refuse(""))

    def put(self, grid: QGridLayout, row: int, column: int) -> None:
        """Takes two cells of a grid."""
        grid.addWidget(self.label, row, column, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._cell, row, column + 1)

    def set_visible(self, shown: bool) -> None:
        """Whether a training of this kind knows the setting."""
        self.label.setVisible(shown)
        self._cell.setVisible(shown)

    def discard(self) -> None:
        """Makes room for another row; one that is being written in goes too."""
        for part in (self.label, self._cell):
            part.hide()
            part.deleteLater()
        self.deleteLater()

    def show_value(self, value: Any, *, enabled: bool = True) -> None:
        """Shows the project's value, which is no refused one."""
        self.field.show_value(value)
        self.field.setEnabled(enabled)
        self.label.setEnabled(enabled)
        self.refuse("")

    def refuse(self, why: str) -> None:
        """Marks what was written, with the reason; "" takes the mark away."""
        self.problem.setText(why)
        self.problem.setVisible(bool(why))
        self.field.set_invalid(bool(why))


def _field(setting: Setting) -> Field:
    if isinstance(setting.written, Flags):
        return FlagsField(setting.written.choices)
    if isinstance(setting.written, tuple):
        return ChoiceField(setting.written)
    return field_for(setting.param or Param(setting.name, setting.written, doc=setting.doc))
