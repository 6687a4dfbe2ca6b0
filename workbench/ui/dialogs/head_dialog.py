"""Replacing the head: what goes, what comes, and the usual choices."""

from __future__ import annotations

import re
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.analysis import GraphAnalysis
from workbench.graph import GraphEdit
from workbench.project import Head, HeadChoice, HeadError, find_head, replace_head, usual_choice
from workbench.project.head import ends
from workbench.project.new_head import Part, what_comes, what_goes
from workbench.ui.quantities import counted, exact
from workbench.ui.theme import figures

_POOLINGS = {
    "average": "Global average pooling",
    "max": "Global max pooling",
    "flatten": "Flatten",
    "none": "None: a class for each position",
}
_ENDINGS = {"softmax": "Softmax: one of the classes", "sigmoid": "Sigmoid: each by itself", "logits": "None (logits)"}
_SIZE = (840, 480)
_FORM_WIDTH = 320
_MOST = 100_000
_FALLBACK_CLASSES = 10
_COLUMNS = ("Layer", "Type", "Output", "Parameters")


class HeadDialog(QDialog):
    """Choices to the left, what they do to the right. `edit` once accepted."""

    def __init__(self, analysis: GraphAnalysis, classes: int | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Replace the head")
        self.resize(*_SIZE)
        self.edit: GraphEdit | None = None
        self._analysis = analysis
        self._head: Head | None = None
        self.end = _combo((node, analysis.graph.node(node).name) for node in ends(analysis))
        self.classes = QSpinBox(minimum=1, maximum=_MOST)
        self.classes.setValue(classes or _FALLBACK_CLASSES)
        self.pooling = _combo(_POOLINGS.items())
        self.hidden = QLineEdit(placeholderText="none, or units as in 256, 128")
        self.dropout = QDoubleSpinBox(minimum=0.0, maximum=0.95, singleStep=0.1, decimals=2)
        self.ending = _combo(_ENDINGS.items())
        self.freeze = QCheckBox("Freeze the layers that stay")
        self.preview = _table()
        self.sum = QLabel(wordWrap=True)
        self.sum.setProperty("role", "muted")
        self.problem = QLabel(wordWrap=True)
        self.problem.setProperty("role", "error")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText("Replace")
        self._lay_out(classes)
        self._search()
        self._connect()

    def accept(self) -> None:
        """Makes the edit."""
        head, choice = self._head, self._choice()
        if head is not None and choice is not None and self._ok.isEnabled():
            self.edit = replace_head(self._analysis.graph, head, choice)
            super().accept()

    def _connect(self) -> None:
        self.end.currentIndexChanged.connect(self._search)
        for signal in (
            self.classes.valueChanged,
            self.pooling.currentIndexChanged,
            self.hidden.textChanged,
            self.dropout.valueChanged,
            self.ending.currentIndexChanged,
            self.freeze.toggled,
        ):
            signal.connect(self._show)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _search(self) -> None:
        """Finds the head of the chosen output, and starts with what fits it."""
        self._head = None
        try:
            self._head = find_head(self._analysis, self.end.currentData())
        except HeadError as error:
            self._show_problem(str(error))
            return
        usual = usual_choice(self._head, self.classes.value())
        self.pooling.setCurrentIndex(self.pooling.findData(usual.pooling))
        self.pooling.setEnabled(len(self._head.features.shape) > 1)
        self.dropout.setValue(usual.dropout)
        self._show()

    def _choice(self) -> HeadChoice | None:
        """None where the hidden layers are no list of numbers."""
        words = [word for word in re.split(r"[,\s]+", self.hidden.text().strip()) if word]
        if not all(word.isascii() and word.isdecimal() for word in words):
            return None
        return HeadChoice(
            self.classes.value(),
            self.pooling.currentData(),
            round(self.dropout.value(), 4),
            tuple(map(int, words)),
            self.ending.currentData(),
            self.freeze.isChecked(),
        )

    def _show(self) -> None:
        choice = self._choice()
        if self._head is None:
            return
        if choice is None:
            self._show_problem(f"Expected numbers of units as in 256, 128. Received: {self.hidden.text()}")
            return
        try:
            comes = what_comes(self._analysis.graph, self._head, choice)
        except HeadError as error:
            self._show_problem(str(error))
            return
        self._fill(what_goes(self._analysis, self._head), comes)
        self._show_problem("")

    def _fill(self, goes: list[Part], comes: list[Part]) -> None:
        assert self._head is not None
        source = self._analysis.graph.node(self._head.source).name
        self.preview.clear()
        stays = QTreeWidgetItem([source, "last features", str(self._head.features), ""])
        self.preview.addTopLevelItems([stays, *_group("Goes", goes), *_group("Comes", comes)])
        self.preview.expandAll()
        gone, new = (sum(part.params for part in parts) for parts in (goes, comes))
        stay = self._analysis.totals.params - gone
        kept = "stay, frozen" if self.freeze.isChecked() else "stay as they are, with their weights"
        self.sum.setText(f"{counted(gone, 'parameter')} go, {exact(new)} come; {exact(stay)} {kept}.")

    def _show_problem(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self._ok.setEnabled(not problem)
        if problem:
            self.preview.clear()
            self.sum.setText("")

    def _lay_out(self, classes: int | None) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(8)
        rows = (
            ("Output", self.end),
            ("Classes", self.classes),
            ("Pooling", self.pooling),
            ("Hidden layers", self.hidden),
            ("Dropout", self.dropout),
            ("Ends in", self.ending),
        )
        for name, field in rows:
            field.setAccessibleName(name)
            form.addRow(name, field)
        form.setRowVisible(self.end, self.end.count() > 1)
        form.addRow("", self.freeze)
        note = QLabel("as the dataset has" if classes else "The dataset has not been opened yet.", wordWrap=True)
        note.setProperty("role", "muted")
        form.insertRow(2, "", note)
        holder = QWidget()
        holder.setFixedWidth(_FORM_WIDTH)
        holder.setLayout(form)
        form.setContentsMargins(0, 0, 0, 0)
        right = QVBoxLayout()
        right.setSpacing(8)
        for part in (self.preview, self.sum, self.problem):
            right.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(holder, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(16)
        column.addLayout(row, 1)
        column.addWidget(self.buttons)


def _combo(entries: Iterable[tuple[object, str]]) -> QComboBox:
    combo = QComboBox()
    for data, text in entries:
        combo.addItem(text, data)
    combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return combo


def _table() -> QTreeWidget:
    table = QTreeWidget()
    table.setAccessibleName("What goes and what comes")
    table.setHeaderLabels(list(_COLUMNS))
    table.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.setItemsExpandable(False)
    table.setRootIsDecorated(False)
    table.setFont(figures(table.font()))
    table.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.headerItem().setTextAlignment(3, Qt.AlignmentFlag.AlignRight)
    return table


def _group(title: str, parts: list[Part]) -> list[QTreeWidgetItem]:
    """A heading with its layers; crossed out where they go."""
    heading = QTreeWidgetItem([title if parts else f"{title}: nothing"])
    font = heading.font(0)
    font.setBold(True)
    heading.setFont(0, font)
    for part in parts:
        item = QTreeWidgetItem(heading, [part.name, part.label, part.shape, exact(part.params)])
        item.setTextAlignment(3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        gone = item.font(0)
        gone.setStrikeOut(title == "Goes")
        item.setFont(0, gone)
    return [heading]
