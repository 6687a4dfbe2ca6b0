"""How near the images come to real ones over the epochs, by what a classifier of the user's sees in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workbench.protocol import MeasureQuality, QualityDone, QualityMeasured
from workbench.ui.empty_state import EmptyState
from workbench.ui.panels.gan.epoch_chart import EpochChart, Series
from workbench.ui.panels.gan.questions import Questions
from workbench.ui.panels.gan.run_files import History
from workbench.ui.theme import Theme, figures

NAME = "quality"
_PURPOSE = (
    "How good are the images, epoch by epoch? A classifier that you trained on the same data looks at real and "
    "generated ones: the Frechet distance tells how far apart they are, coverage how much of the variety is reached."
)
_NO_CLASSIFIER = f"{_PURPOSE} Train a classifier on this dataset first."


class QualityPage(QWidget):
    """Shows the newest table of the run, and measures anew."""

    failed = Signal(str)

    def __init__(self, theme: Theme, questions: Questions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._questions = questions
        self._folder = Path()
        self._device = "auto"
        self._points: list[Mapping[str, Any]] = []
        self._names: tuple[str, ...] = ()
        self._epoch = -1
        self.classifier = QComboBox(self)
        self.classifier.setToolTip("A run of a classifier that was trained on the same images")
        self.classifier.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.classifier.setMinimumContentsLength(18)
        self.count = QSpinBox(self)
        self.count.setRange(10, 50_000)
        self.count.setSingleStep(500)
        self.count.setValue(2000)
        self.count.setGroupSeparatorShown(True)
        self.count.setToolTip("Generated and real images of each epoch; distances of other numbers do not compare")
        self.measure = QPushButton("Measure", self)
        self.measure.setProperty("primary", True)
        self.frechet = EpochChart(theme, "Frechet distance", (Series("frechet", "", "plot_1"),), self)
        self.frechet.setToolTip("Between the features of real and generated images; smaller is better")
        self.coverage = EpochChart(
            theme,
            "Variety",
            (Series("coverage", "coverage", "plot_2"), Series("density", "density", "plot_3")),
            self,
            share=True,
        )
        self.coverage.setToolTip(
            "Coverage: share of real images that generated ones come near to. Density: how closely they crowd there "
            "(Naeem et al., 2020)"
        )
        self.shares = ShareBars(theme, self)
        self.notes = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.notes.setProperty("role", "muted")
        self.empty = EmptyState(theme, "chart", _NO_CLASSIFIER, self)
        self._begin = self.empty.add_button("Measure", self.ask)
        self._stack = QStackedWidget(self)
        self._lay_out()
        self._connect()

    def show_history(self, history: History, device: str) -> None:
        """Shows what was measured of a run."""
        other = history.folder != self._folder
        self._folder, self._device = history.folder, device
        if other or (history.quality is not None and not self._questions.asks(NAME)):
            self._show_table(history.quality)

    def show_classifiers(self, rows: Sequence[tuple[str, Path]]) -> None:
        """Runs that can judge, by name."""
        chosen = self.classifier.currentData()
        self.classifier.clear()
        for name, folder in rows:
            self.classifier.addItem(name, str(folder))
        self.classifier.setCurrentIndex(max(0, self.classifier.findData(chosen)))
        self.measure.setEnabled(bool(rows))
        self._begin.setVisible(bool(rows))
        self.measure.setToolTip("" if rows else "Train a classifier on this dataset first")
        self.empty.set_text(_PURPOSE if rows else _NO_CLASSIFIER)

    def ask(self) -> None:
        """Measures every kept epoch."""
        classifier = self.classifier.currentData()
        if not classifier:
            return
        self._show_table(None)
        command = MeasureQuality(
            run=str(self._folder),
            classifier=classifier,
            count=self.count.value(),
            path=str(_free(self._folder)),
            device=self._device,
        )
        self._questions.ask(NAME, command)

    def _hear(self, name: str, command: Any, event: Any) -> None:
        if name != NAME or command.run != str(self._folder):
            return
        if isinstance(event, QualityMeasured):
            self._show_points([*self._points, msgspec.to_builtins(event)], self._names)
        elif isinstance(event, QualityDone):
            self._show_table(msgspec.to_builtins(event))

    def _on_failed(self, name: str, text: str) -> None:
        if name == NAME and text:
            self.failed.emit(text)

    def _show_table(self, table: Mapping[str, Any] | None) -> None:
        if table is None:
            self._show_points([], ())
            self._say([])
            return
        self._show_points(table["points"], tuple(table["class_names"]))
        about = f"{table['images']:,} images each, {table['part']} part, features of {table['classifier']}."
        self._say([about, *table.get("notes", ())])

    def _show_points(self, points: Sequence[Mapping[str, Any]], names: tuple[str, ...]) -> None:
        self._points, self._names = list(points), names
        for chart in (self.frechet, self.coverage):
            chart.show_rows(self._points)
        self._show_epoch(max((int(point["epoch"]) for point in points), default=-1))
        self._stack.setCurrentIndex(1 if points else 0)

    def _show_epoch(self, epoch: int) -> None:
        self._epoch = epoch
        for chart in (self.frechet, self.coverage):
            chart.mark(epoch)
        point = next((point for point in self._points if point["epoch"] == epoch), None)
        shares = tuple(point["shares"]) if point is not None else ()
        names = self._names or tuple(map(str, range(len(shares))))
        self.shares.show_shares(f"Taken for, epoch {epoch:,}" if point is not None else "", names, shares)

    def _say(self, lines: Sequence[str]) -> None:
        self.notes.setText(" ".join(lines))

    def _connect(self) -> None:
        self.measure.clicked.connect(self.ask)
        self.count.lineEdit().returnPressed.connect(self.ask)
        for chart in (self.frechet, self.coverage):
            chart.picked.connect(self._show_epoch)
        self._questions.told.connect(self._hear)
        self._questions.failed.connect(self._on_failed)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for text, part in (("Classifier", self.classifier), ("Images", self.count)):
            words = QLabel(text, self)
            words.setBuddy(part)
            row.addWidget(words)
            row.addWidget(part)
            row.addSpacing(4)
        row.addWidget(self.measure)
        row.addSpacing(8)
        row.addWidget(self.notes, 1)
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self.shares)
        found = QWidget(self)
        charts = QHBoxLayout(found)
        charts.setContentsMargins(0, 0, 0, 0)
        charts.setSpacing(8)
        charts.addWidget(self.frechet, 3)
        charts.addWidget(self.coverage, 3)
        charts.addWidget(area, 2)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(found)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._stack, 1)


class ShareBars(QWidget):
    """A bar a class: how often generated images are taken for it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = ""
        self.rows: tuple[tuple[str, float], ...] = ()
        self.setFont(figures(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setAccessibleName("What generated images are taken for")
        theme.changed.connect(self.update)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, self._height() * (len(self.rows) + 1))

    sizeHint = minimumSizeHint

    def show_shares(self, title: str, names: Sequence[str], shares: Sequence[float]) -> None:
        """Shows others."""
        self._title = title
        self.rows = tuple(zip(names, shares, strict=True))
        self.setAccessibleDescription(", ".join(f"{name} {share:.1%}" for name, share in self.rows))
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = self._height()
        painter.setPen(self._theme.color("text"))
        painter.drawText(QRect(0, 0, self.width(), height), Qt.AlignmentFlag.AlignVCenter, self._title)
        number = painter.fontMetrics().horizontalAdvance("100.0 %") + 8
        name = min(
            round(self.width() * 0.4),
            max((painter.fontMetrics().horizontalAdvance(text) for text, _ in self.rows), default=0) + 8,
        )
        most = max((share for _, share in self.rows), default=0) or 1.0
        for row, (text, share) in enumerate(self.rows, 1):
            top = row * height
            painter.setPen(self._theme.color("text"))
            elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, name - 8)
            painter.drawText(QRect(0, top, name, height), Qt.AlignmentFlag.AlignVCenter, elided)
            room = QRect(name, top + 3, max(1, self.width() - name - number), height - 6)
            painter.fillRect(room, self._theme.color("surface_raised"))
            painter.fillRect(
                QRect(room.left(), room.top(), max(1, round(room.width() * share / most)), room.height()),
                self._theme.color("plot_1"),
            )
            painter.setPen(self._theme.color("text_muted"))
            place = QRect(room.right() + 6, top, number, height)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, f"{share * 100:.1f} %")

    def _height(self) -> int:
        return self.fontMetrics().height() + 4


def _free(folder: Path) -> Path:
    """A file that is not there yet, named by the time."""
    from datetime import datetime

    stem = f"quality-{datetime.now():%Y%m%d-%H%M%S-%f}"
    return folder / "evaluations" / f"{stem}.json"
