"""The numbers that matter most, in one line, and what a reader has to know."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.ui import quantities
from workbench.ui.theme import figures

if TYPE_CHECKING:
    from workbench.ui.panels.evaluation.results import Results


class Headline(QWidget):
    """Accuracy first; several runs with what the average of them gains."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel(self, textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self.text.setFont(figures(self.font()))
        self.notes = QLabel(self, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.notes.setProperty("role", "muted")
        for label in (self.text, self.notes):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.text)
        column.addWidget(self.notes)
        self.notes.hide()

    def show_results(self, results: Results) -> None:
        """Says what was found."""
        report, about = results.report, results.predictions.about
        parts = [f"<b>Accuracy {percent(report.accuracy)}</b>"]
        if report.top_5 is not None:
            parts.append(f"top-5 {percent(report.top_5)}")
        parts += [
            f"macro F1 {number(report.averages['macro'].f1)}",
            f"ROC AUC {number(report.macro_roc_area)}",
            f"calibration error {percent(report.calibration_error)}",
            f"loss {number(report.loss)}",
            f"{quantities.counted(report.images, 'image')} ({about['part']})",
        ]
        self.text.setText("&nbsp;&nbsp; ".join(parts))
        self.text.setToolTip(
            "Calibration error: how far confidence and accuracy are apart, on average (ECE, Guo et al., 2017)"
        )
        lines = [gain(results), *about.get("notes", ())]
        self.notes.setText("\n".join(filter(None, lines)))
        self.notes.setVisible(bool(self.notes.text()))


def gain(results: Results) -> str:
    """What averaging gives over the single runs; "" for one run."""
    if len(results.members) < 2:
        return ""
    best = max(results.members, key=lambda member: float(member["accuracy"]))
    mean = sum(float(member["accuracy"]) for member in results.members) / len(results.members)
    accuracy = results.report.accuracy
    singles = ", ".join(f"{member['name']} {percent(float(member['accuracy']))}" for member in results.members)
    return (
        f"Average of {len(results.members)} runs: {points(accuracy - float(best['accuracy']))} over the best single "
        f"one, {points(accuracy - mean)} over their mean ({singles})"
    )


def percent(value: float) -> str:
    """`97.2 %`."""
    return "–" if isnan(value) else f"{value * 100:.1f} %"


def points(value: float) -> str:
    """`+1.2 points`."""
    return f"{value * 100:+.1f} points"


def number(value: float) -> str:
    """`0.953`."""
    return "–" if isnan(value) else f"{value:.3f}"
