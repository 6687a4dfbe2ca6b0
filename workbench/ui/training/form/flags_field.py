"""Several of a few words, as boxes to tick."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from workbench.ui.fields import Field
from workbench.ui.fields.field import SEVERAL
from workbench.ui.training.form.table import Choices


class FlagsField(Field):
    """Commits a list of the ticked values, in the order of the boxes; what it does not know it keeps."""

    def __init__(self, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes = {value: QCheckBox(word, self) for word, value in choices}
        self._others: list[str] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for box in self.boxes.values():
            column.addWidget(box)
            box.clicked.connect(self._commit)
        self.setFocusProxy(next(iter(self.boxes.values())))

    def show_value(self, value: Any) -> None:
        """Ticks what is in a list or tuple."""
        self._others = [item for item in value if item not in self.boxes]
        for name, box in self.boxes.items():
            box.setChecked(name in value)

    def show_several(self) -> None:
        """Boxes have no way to differ: none is ticked."""
        for box in self.boxes.values():
            box.setChecked(False)
            box.setToolTip(SEVERAL)

    def parts(self) -> tuple[QWidget, ...]:
        """The boxes."""
        return tuple(self.boxes.values())

    def set_accessible(self, name: str, description: str) -> None:
        """Each box says its own word."""
        for box in self.boxes.values():
            box.setToolTip(description)

    def _commit(self) -> None:
        self.committed.emit([*(name for name, box in self.boxes.items() if box.isChecked()), *self._others])
