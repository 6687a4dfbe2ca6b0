"""Asks for a name, and says at once why one may not be had."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

_WIDTH = 360


class NameDialog(QDialog):
    """`name` holds what was written; it can be accepted only while `problem_of` has nothing to say."""

    def __init__(
        self, title: str, text: str, name: str, problem_of: Callable[[str], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(_WIDTH)
        self._problem_of = problem_of
        about = QLabel(text, wordWrap=True)
        self.line = QLineEdit(name)
        self.line.setAccessibleName("Name")
        self.line.selectAll()
        self.problem = QLabel(wordWrap=True)
        self.problem.setProperty("role", "error")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        for part in (about, self.line, self.problem, self.buttons):
            column.addWidget(part)
        self.line.textChanged.connect(self._judge)
        self._judge()

    @property
    def name(self) -> str:
        """What was written."""
        return self.line.text().strip()

    def accept(self) -> None:
        """Nothing happens while the name may not be had."""
        if not self._problem_of(self.name):
            super().accept()

    def _judge(self) -> None:
        problem = self._problem_of(self.name)
        self.problem.setText(problem if self.name else "")
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not problem)
