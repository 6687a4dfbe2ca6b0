"""Which samples are asked for: how many, of which seed, how typical, of which class, with which epoch's weights."""

from __future__ import annotations

import random
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QWidget,
)

from workbench.protocol import EVERY_CLASS, LAST, Sample
from workbench.ui import icons
from workbench.ui.panels.gan.run_files import History
from workbench.ui.theme import Theme

_MOST = 1024
_MOST_SEED = 2**31 - 1


class SampleControls(QWidget):
    """A row above the samples. Return in any field samples."""

    asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.count = QSpinBox(self)
        self.count.setRange(1, _MOST)
        self.count.setValue(64)
        self.seed = QSpinBox(self)
        self.seed.setRange(0, _MOST_SEED)
        self.seed.setToolTip("The same seed gives the same samples, on this computer bit for bit")
        self.fresh = QToolButton(self)
        self.fresh.setToolTip("Another seed, and sample")
        self.truncation = QDoubleSpinBox(self)
        self.truncation.setRange(0, 4)
        self.truncation.setSingleStep(0.1)
        self.truncation.setSpecialValueText("off")
        self.truncation.setToolTip(
            "Keeps every number of a point within plus or minus this: typical images, less variety"
        )
        self.label = QComboBox(self)
        self.label.setToolTip("The class that a conditional generator is asked for")
        self.epoch = QComboBox(self)
        self.epoch.setToolTip("The weights of which epoch; the run keeps every epoch's where its settings say so")
        self.sample = QPushButton("Sample", self)
        self.sample.setProperty("primary", True)
        self._label_words = QLabel("Class", self)
        self._lay_out()
        self._connect()

    def command(self, folder: Path, device: str) -> Sample:
        """What is asked for."""
        label = self.label.currentData()
        return Sample(
            run=str(folder),
            count=self.count.value(),
            seed=self.seed.value(),
            truncation=round(self.truncation.value(), 2),
            label=EVERY_CLASS if label is None else label,
            epoch=self.chosen_epoch,
            device=device,
        )

    @property
    def chosen_epoch(self) -> int:
        """As commands take it."""
        epoch = self.epoch.currentData()
        return LAST if epoch is None else int(epoch)

    def show_history(self, history: History) -> None:
        """Offers the run's classes and epochs; what was chosen stays where it can."""
        names = history.class_names
        classes = [("all in turn", EVERY_CLASS), *((name, number) for number, name in enumerate(names))]
        _offer(self.label, classes)
        for part in (self.label, self._label_words):
            part.setVisible(bool(names))
        kept = [(f"epoch {epoch:,}", epoch) for epoch in reversed(history.kept)]
        _offer(self.epoch, [("last", LAST), *kept, ("untrained", 0)])

    def _fresh(self) -> None:
        self.seed.setValue(random.randrange(_MOST_SEED))
        self.asked.emit()

    def _connect(self) -> None:
        self.sample.clicked.connect(self.asked)
        self.fresh.clicked.connect(self._fresh)
        for spin in (self.count, self.seed, self.truncation):
            spin.lineEdit().returnPressed.connect(self.asked)
        self._theme.changed.connect(self._paint)
        self._paint()

    def _paint(self) -> None:
        self.fresh.setIcon(icons.icon("dice", self._theme))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for words, parts in (
            (QLabel("Images", self), (self.count,)),
            (QLabel("Seed", self), (self.seed, self.fresh)),
            (QLabel("Truncation", self), (self.truncation,)),
            (self._label_words, (self.label,)),
            (QLabel("Weights", self), (self.epoch,)),
        ):
            words.setBuddy(parts[0])
            row.addWidget(words)
            for part in parts:
                row.addWidget(part)
            row.addSpacing(4)
        row.addWidget(self.sample)


def _offer(combo: QComboBox, rows: list[tuple[str, int]]) -> None:
    chosen = combo.currentData()
    combo.blockSignals(True)
    combo.clear()
    for text, data in rows:
        combo.addItem(text, data)
    combo.setCurrentIndex(max(0, combo.findData(chosen)))
    combo.blockSignals(False)
