"""A line for a pattern of layer names, what it means live, and buttons that freeze or thaw that."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from workbench.project.fine_tuning import matching


class Matches(QWidget):
    """`*` and `?` stand for anything; with `.*` on, the text is a regular expression that may fit anywhere."""

    changed = Signal(object)
    """Names of the layers that are meant now."""
    asked = Signal(object, bool)
    """Names, and whether they are to train."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self.line = QLineEdit(self)
        self.line.setClearButtonEnabled(True)
        self.line.setAccessibleName("Names of layers")
        self.expression = QToolButton(self)
        self.expression.setText(".*")
        self.expression.setCheckable(True)
        self.expression.setToolTip("Regular expression")
        self.expression.setAccessibleName("Regular expression")
        self.told = QLabel(self)
        self.told.setProperty("role", "muted")
        self.told.setMinimumWidth(72)
        self.freeze = QPushButton("Freeze", self)
        self.freeze.setToolTip("Freeze the layers that match")
        self.thaw = QPushButton("Thaw", self)
        self.thaw.setToolTip("Let the layers that match train")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.line, 1)
        for part in (self.expression, self.told, self.freeze, self.thaw):
            row.addWidget(part)
        self.line.textChanged.connect(self._look)
        self.line.returnPressed.connect(self.freeze.click)
        self.expression.toggled.connect(self._look)
        self.freeze.clicked.connect(lambda: self.asked.emit(self.found, False))
        self.thaw.clicked.connect(lambda: self.asked.emit(self.found, True))
        self.found: frozenset[str] = frozenset()
        self._look()

    def show_names(self, names: Sequence[str]) -> None:
        """The layers that there are."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self._look()

    def _look(self) -> None:
        text, problem, found = self.line.text(), "", frozenset[str]()
        self.line.setPlaceholderText("Name, as ^block[1-3]_" if self.expression.isChecked() else "Name, as block1_*")
        if text:
            try:
                found = matching(f"/{text}/" if self.expression.isChecked() else text, self._names)
            except ValueError as error:
                problem = str(error).partition("(")[2].rstrip(")") or str(error)
        self.found = found
        self.told.setText("not complete" if problem else f"{len(found)} match" if text else "")
        self.told.setToolTip(problem)
        self.told.setProperty("role", "error" if problem else "muted")
        self.told.style().unpolish(self.told)
        self.told.style().polish(self.told)
        for button in (self.freeze, self.thaw):
            button.setEnabled(bool(found))
        self.changed.emit(found)
