"""One image with what the network says of its pixels, what is true, and where both part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import quantities
from workbench.ui.images import masks
from workbench.ui.images.class_legend import ClassLegend
from workbench.ui.images.masks import Colour
from workbench.ui.images.opacity import OpacitySlider
from workbench.ui.images.overlay_view import OverlayView
from workbench.ui.theme import Theme, figures

_WIDTHS = (520, 260)
PREDICTION, TRUTH, ERRORS, IMAGE = "prediction", "truth", "errors", "image"
_VIEWS = (
    ("Prediction", PREDICTION, "The most probable class of each pixel"),
    ("Truth", TRUTH, "The class of each pixel in the dataset's mask"),
    ("Errors", ERRORS, "Where prediction and truth agree, what was missed, and what is falsely there"),
    ("Image only", IMAGE, "Nothing over the image"),
)
_OPACITY = 60
_ALL = -1
_NO_CLASS = "no class"


@dataclass(frozen=True)
class MaskSubject:
    """Masks hold class indices, height x width of bytes, both of one size; they are stretched to the image."""

    title: str
    image: QImage
    guess: Any
    truth: Any = None
    """None where it is not known. Numbers of no class are pixels that are not judged."""


@dataclass(frozen=True)
class ReadSubject:
    """A subject with what is worked out of it in a thread."""

    subject: MaskSubject
    guess: QImage
    truth: QImage | None


def read(subject: MaskSubject) -> ReadSubject:
    """For threads."""
    truth = None if subject.truth is None else masks.indexed(subject.truth)
    return ReadSubject(subject, masks.indexed(subject.guess), truth)


class MaskViewer(QWidget):
    """What is shown, of which class and how strongly stays when another image comes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read: ReadSubject | None = None
        self._names: tuple[str, ...] = ()
        self._errors: Any = None
        self.view = OverlayView(theme, self)
        self.title = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.shown = QComboBox(self)
        self.target = QComboBox(self)
        self.opacity = OpacitySlider("Overlay", _OPACITY, self)
        self.legend = ClassLegend(theme, ("Class", "Pixels"), self)
        self.error_legend = ClassLegend(theme, ("Pixels", "Share"), self)
        self.pointed = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.pointed.setProperty("role", "muted")
        self.pointed.setFont(figures(self.font()))
        self._lay_out()
        self.shown.currentIndexChanged.connect(self._show)
        self.target.currentIndexChanged.connect(self._show)
        self.view.set_opacity(self.opacity.value)
        self.opacity.changed.connect(self.view.set_opacity)
        self.legend.changed.connect(self._show)
        self.error_legend.changed.connect(self._show)
        self.view.hovered.connect(self._on_hover)

    def use_classes(self, names: Sequence[str], colours: Sequence[Colour]) -> None:
        """Other classes; the first time those are coloured that are no background."""
        from workbench.evaluation.palette import marked

        if tuple(names) == self._names and tuple(colours) == self.legend.colours:
            return
        self._names, self._read = tuple(names), None
        self.legend.show_classes(names, colours, marked(names))
        self.target.blockSignals(True)
        self.target.clear()
        self.target.addItem("All classes", _ALL)
        for index, name in enumerate(names):
            self.target.addItem(name, index)
        self.target.blockSignals(False)

    def show_message(self, text: str) -> None:
        """Nothing to see, and why."""
        self._read = None
        self.title.setText("")
        self.view.show_image(None, text)

    def show_subject(self, found: ReadSubject) -> None:
        """Shows an image in the way that was chosen last."""
        known = found.truth is not None
        self._read = found
        self.title.setText(found.subject.title)
        self._allow(TRUTH, known)
        self._allow(ERRORS, known)
        if not known and self.shown.currentData() in (TRUTH, ERRORS):
            self.shown.setCurrentIndex(self.shown.findData(PREDICTION))
        self.view.show_image(found.subject.image)
        self._show()

    def show_as(self, kind: str) -> None:
        """Prediction, truth, errors or the image only."""
        self.shown.setCurrentIndex(self.shown.findData(kind))

    def show_class(self, label: int) -> None:
        """The errors of one class."""
        self.target.setCurrentIndex(self.target.findData(label))
        self.show_as(ERRORS)

    # -- showing
    def _show(self) -> None:
        found, kind = self._read, self.shown.currentData()
        self._legends.setCurrentWidget(self.error_legend if kind == ERRORS else self.legend)
        for part in self._of_errors:
            part.setVisible(kind == ERRORS)
        self.opacity.setEnabled(kind != IMAGE)
        if found is None:
            return
        layers: dict[str, Callable[[ReadSubject], QImage | None]] = {
            PREDICTION: lambda found: self._coloured(found.guess, found.subject.guess),
            TRUTH: lambda found: self._coloured(found.truth, found.subject.truth),
            ERRORS: self._error_map,
            IMAGE: lambda found: None,
        }
        self.view.show_layer(layers[kind](found))

    def _coloured(self, mask: QImage | None, classes: Any) -> QImage | None:
        import numpy as np

        if mask is None:
            return None
        counts = np.bincount(classes.reshape(-1), minlength=256)[: len(self._names)]
        self.legend.show_numbers(1, [quantities.share(count / classes.size) for count in counts.tolist()])
        return masks.coloured(mask, self.legend.colours, self.legend.shown)

    def _error_map(self, found: ReadSubject) -> QImage | None:
        import numpy as np

        label = self.target.currentData()
        of_all = label == _ALL
        subject = found.subject
        self._errors = masks.errors(subject.truth, subject.guess, len(self._names), None if of_all else label)
        self._name_errors(None if of_all else self._names[label])
        counts = np.bincount(self._errors.reshape(-1), minlength=len(masks.ERROR_COLOURS))
        told = [count / self._errors.size for count in counts.tolist()]
        rows = len(self.error_legend.names)
        self.error_legend.show_numbers(1, [quantities.share(part) for part in told[1 : 1 + rows]])
        shown = (False, *self.error_legend.shown)
        return masks.coloured(masks.indexed(self._errors), masks.ERROR_COLOURS[: len(shown)], shown)

    def _name_errors(self, name: str | None) -> None:
        """What the colours mean for one class, or for all of them against the first."""
        several = name is None and len(self._names) > 2
        rows = ["Agreement", "Missed", "False", *(["Other class"] if several else [])]
        what = name or f"any class but {self._names[0]}"
        tips = (
            f"Both say {what}",
            f"The truth says {what}, the prediction does not",
            f"The prediction says {what}, the truth does not",
            "Both say something, but not the same",
        )
        self.error_legend.blockSignals(True)
        self.error_legend.show_classes(rows, masks.ERROR_COLOURS[1 : 1 + len(rows)], [True] * len(rows))
        self.error_legend.blockSignals(False)
        for row, tip in enumerate(tips[: len(rows)]):
            self.error_legend.set_tip(row, tip)

    def _on_hover(self, row: int, column: int) -> None:
        if self._read is None or row < 0:
            self.pointed.setText("")
            return
        subject = self._read.subject
        height, width = subject.guess.shape
        row = min(row * height // max(1, subject.image.height()), height - 1)
        column = min(column * width // max(1, subject.image.width()), width - 1)
        said = self._name(int(subject.guess[row, column]))
        true = "" if subject.truth is None else f", in truth {self._name(int(subject.truth[row, column]))}"
        self.pointed.setText(f"Row {row:,}, column {column:,}: {said}{true}")

    def _name(self, index: int) -> str:
        return self._names[index] if index < len(self._names) else _NO_CLASS

    def _allow(self, kind: str, allowed: bool) -> None:
        item = self.shown.model().item(self.shown.findData(kind))  # type: ignore[attr-defined]
        item.setEnabled(allowed)

    # -- putting together
    def _lay_out(self) -> None:
        for words, kind, tip in _VIEWS:
            self.shown.addItem(words, kind)
            self.shown.setItemData(self.shown.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.shown.setAccessibleName("What to show")
        self.target.setAccessibleName("Errors of which class")
        for combo in (self.shown, self.target):
            combo.setMinimumContentsLength(8)
            combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box = QWidget(self)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        labels = {}
        for number, (words, field) in enumerate((("Show", self.shown), ("Class", self.target))):
            labels[words] = label = QLabel(words, box)
            label.setBuddy(field)
            grid.addWidget(label, number, 0)
            grid.addWidget(field, number, 1)
        grid.setColumnStretch(1, 1)
        self._of_errors = (labels["Class"], self.target)
        self._legends = QStackedWidget(box)
        self._legends.addWidget(self.legend)
        self._legends.addWidget(self.error_legend)
        column = QVBoxLayout(box)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addLayout(grid)
        column.addWidget(self.opacity)
        column.addWidget(self._legends, 1)
        column.addWidget(self.pointed)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.view)
        splitter.addWidget(box)
        splitter.setSizes(list(_WIDTHS))
        splitter.setStretchFactor(0, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)
        self._name_errors("it")
        self._show()
