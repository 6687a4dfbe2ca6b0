"""The numbers that matter most, in one line, and what a reader has to know."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.ui import quantities
from workbench.ui.theme import figures

if TYPE_CHECKING:
    from workbench.ui.panels.evaluation.mask_results import MaskResults
    from workbench.ui.panels.evaluation.results import Results


class Headline(QWidget):
    """Accuracy first; several runs with what the average of them gains."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel(self, textFormat=Qt.TextFormat.RichText, wordWrap=True)
        self.text.setFont(figures(self.font()))
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes = Notes(self)
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
        tip = "Calibration error: how far confidence and accuracy are apart, on average (ECE, Guo et al., 2017)"
        self._say(parts, tip, [gain(results), *about.get("notes", ())])

    def show_mask_results(self, results: MaskResults) -> None:
        """Says how well pixels were told apart."""
        report, about = results.report, results.predictions.about
        parts = [
            f"<b>Mean IoU {number(report.mean_iou)}</b>",
            f"mean Dice {number(report.mean_dice)}",
            f"pixel accuracy {percent(report.pixel_accuracy)}",
            f"loss {number(report.loss)}",
            f"{quantities.counted(len(results.predictions), 'image')} ({about['part']})",
        ]
        tip = "Intersection over union of each class over all images, and the mean of all classes that occur"
        self._say(parts, tip, [mask_gain(results), *about.get("notes", ())])

    def _say(self, parts: list[str], tip: str, lines: list[str]) -> None:
        self.text.setText("&nbsp;&nbsp; ".join(parts))
        self.text.setToolTip(tip)
        self.notes.show_lines([line for line in lines if line])


class Notes(QWidget):
    """Sentences in one line, cut off where the room ends; the tip has them whole."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[str] = []
        self.setFont(figures(self.font()))

    def show_lines(self, lines: list[str]) -> None:
        """Says these; takes no room for none."""
        self.lines = lines
        self.setToolTip("\n\n".join(lines))
        self.setAccessibleName(" ".join(lines))
        self.setVisible(bool(lines))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        text = self.fontMetrics().elidedText("   ".join(self.lines), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


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
        f"run, {points(accuracy - mean)} over their mean ({singles})."
    )


def mask_gain(results: MaskResults) -> str:
    """What averaging gives over the single runs; "" for one run."""
    if len(results.members) < 2:
        return ""
    best = max(float(member["mean_iou"]) for member in results.members)
    singles = ", ".join(f"{member['name']} {number(float(member['mean_iou']))}" for member in results.members)
    gained = f"{results.report.mean_iou - best:+.3f}".replace("-", "−")
    return f"Average of {len(results.members)} runs: mean IoU {gained} over the best single run ({singles})."


def percent(value: float) -> str:
    """`97.2 %`."""
    return "–" if isnan(value) else f"{value * 100:.1f} %"


def points(value: float) -> str:
    """`+1.2 points`."""
    return f"{value * 100:+.1f} points".replace("-", "−")


def number(value: float) -> str:
    """`0.953`."""
    return "–" if isnan(value) else f"{value:.3f}"
