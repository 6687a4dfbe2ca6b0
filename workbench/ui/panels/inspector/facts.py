"""What analysis found out about the selected nodes, as a small table."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from workbench.analysis import LayerReport
from workbench.layers import TensorSpec
from workbench.ui import quantities
from workbench.ui.panels.inspector.rows import LABEL_WIDTH
from workbench.ui.panels.inspector.subject import Subject
from workbench.ui.theme import figures

Fact = tuple[str, str, str]
"""Name, value, and what it means."""


def facts_of(subject: Subject) -> list[Fact]:
    """The rows for one node or for several."""
    reports = subject.reports
    if len(reports) == 1:
        return [*_flow(subject, reports[0]), *_costs(reports), _field(reports[0])]
    return _costs(reports)


def _flow(subject: Subject, report: LayerReport) -> Iterable[Fact]:
    inputs = subject.inputs()
    if inputs:
        yield "in", _specs(inputs), "Shape of what comes in, without the batch"
    yield "out", _specs(report.outputs.values() or (None,)), "Shape of what goes out, without the batch"


def _specs(specs: Iterable[TensorSpec | None]) -> str:
    return ", ".join(quantities.UNKNOWN if spec is None else str(spec) for spec in specs)


def _costs(reports: tuple[LayerReport, ...]) -> list[Fact]:
    known = [report for report in reports if report.known]
    if not known:
        return [("parameters", quantities.UNKNOWN, "Not known before the input is")]
    params = sum(report.params for report in known)
    trained = sum(report.trainable_params for report in known)
    trainable = "" if trained == params else f" ({quantities.exact(trained)} trainable)"
    counts = [report.macs for report in known]
    macs = None if None in counts else sum(count or 0 for count in counts)
    size = sum(report.activation_bytes or 0 for report in known)
    return [
        ("parameters", quantities.exact(params) + trainable, "Values in the layer's weights"),
        ("MACs", quantities.short(macs), f"{quantities.exact(macs)} multiplications per sample; FLOPs = 2 MACs"),
        ("activations", quantities.size(size), "Memory of the output, per sample"),
    ]


def _field(report: LayerReport) -> Fact:
    field = report.receptive_field
    text = quantities.UNKNOWN if field is None else str(field)
    return "receptive field", text, "The part of the network's input that one output position depends on"


class FactsTable(QWidget):
    """Names to the left, values in figures of one width to the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []

    @property
    def facts(self) -> dict[str, str]:
        """What is shown."""
        return {name.text(): value.text() for name, value in self._rows if not name.isHidden()}

    def show_facts(self, facts: list[Fact]) -> None:
        """Shows these rows, using the labels there are."""
        while len(self._rows) < len(facts):
            self._add_row()
        for number, (name, value) in enumerate(self._rows):
            shown = number < len(facts)
            name.setVisible(shown)
            value.setVisible(shown)
            if shown:
                texts = facts[number]
                name.setText(texts[0])
                value.setText(texts[1])
                name.setToolTip(texts[2])
                value.setToolTip(texts[2])

    def _add_row(self) -> None:
        name, value = QLabel(self), QLabel(self)
        name.setProperty("role", "muted")
        value.setWordWrap(True)
        value.setFont(figures(self.font()))
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(name, len(self._rows), 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, len(self._rows), 1)
        self._rows.append((name, value))
