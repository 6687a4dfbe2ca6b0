"""Which node it is: symbol, name to be changed, type in words, what is wrong with it as a whole."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLabel, QWidget

from workbench.analysis import Diagnostic
from workbench.layers import Category
from workbench.ui import icons
from workbench.ui.fields.field import Line
from workbench.ui.panels.inspector.subject import Subject
from workbench.ui.theme import Theme, scaled

_SYMBOL = 24


class Header(QWidget):
    """The head of the inspector for one node or for several."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._subject: Subject | None = None
        self._symbol = QLabel(self)
        self.name = Line(self)
        self.name.setAccessibleName("Name")
        self.name.setToolTip("The layer's name, also in Keras")
        self._count = QLabel(self)
        self._count.setFont(scaled(self.font(), 1.1, bold=True))
        self._type = QLabel(self, wordWrap=True)
        self._type.setProperty("role", "muted")
        self._problem = QLabel(self, wordWrap=True)
        self._problem.setProperty("role", "error")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self.trainable = QCheckBox("Trainable", self)
        self.trainable.setToolTip("Off: frozen, training leaves its weights as they are")
        self._lay_out()
        self.name.written.connect(self._rename)
        self.name.reverted.connect(self.refresh)
        self.trainable.clicked.connect(self._set_trainable)
        theme.changed.connect(self.refresh)

    @property
    def problem(self) -> str:
        """What it says is wrong, or an empty text."""
        return "" if self._problem.isHidden() else self._problem.text()

    def show_subject(self, subject: Subject) -> None:
        """Is about these nodes from the next `refresh` on."""
        self._subject = subject

    def refresh(self) -> None:
        """Shows the nodes as they are now."""
        if self._subject is None or not self._subject.ids:
            return
        nodes, types = self._subject.nodes, self._subject.types
        one = len(nodes) == 1
        self.name.setVisible(one)
        self._count.setVisible(not one)
        self._count.setText(f"{len(nodes)} layers")
        if one:
            self.name.show_text(nodes[0].name)
        self._type.setText(
            _in_words([layer.label if layer else node.type for node, layer in zip(nodes, types, strict=True)])
        )
        categories = {layer.category if layer else Category.OPAQUE for layer in types}
        category = categories.pop() if len(categories) == 1 else None
        self._symbol.setVisible(category is not None)
        if category is not None:
            color = self._theme.category(category)
            name = icons.category_icon(category)
            self._symbol.setPixmap(icons.pixmap(name, color, _SYMBOL, self.devicePixelRatioF()))
        self._show_trainable({node.trainable for node in nodes})
        self._show_problems([problem for problem in self._subject.diagnostics() if problem.param is None])

    def _show_trainable(self, states: set[bool]) -> None:
        assert self._subject is not None
        weighted = any(report.weights for report in self._subject.reports)
        self.trainable.setVisible(weighted or False in states)
        self.trainable.setTristate(len(states) > 1)
        mixed = Qt.CheckState.PartiallyChecked
        self.trainable.setCheckState(
            mixed if len(states) > 1 else Qt.CheckState.Checked if True in states else Qt.CheckState.Unchecked
        )

    def _show_problems(self, problems: list[Diagnostic]) -> None:
        self._state("\n".join(f"{problem.message}. {problem.hint}".rstrip() for problem in problems))

    def _state(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _rename(self) -> None:
        assert self._subject is not None
        name = self.name.text().strip()
        problem = self._subject.rename_problem(name)
        if problem:
            self._state(problem)
        else:
            self._subject.rename(name)

    def _set_trainable(self) -> None:
        assert self._subject is not None
        self._subject.set_trainable(self.trainable.checkState() is not Qt.CheckState.Unchecked)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._symbol, 0, 0)
        grid.addWidget(self.name, 0, 1)
        grid.addWidget(self._count, 0, 1)
        grid.addWidget(self._type, 1, 1)
        grid.addWidget(self.trainable, 2, 1)
        grid.addWidget(self._problem, 3, 0, 1, 2)


def _in_words(labels: list[str]) -> str:
    """`Conv2D`, or `2 Conv2D, 1 Dense`."""
    if len(labels) == 1:
        return labels[0]
    return ", ".join(f"{labels.count(label)} {label}" for label in dict.fromkeys(labels))
