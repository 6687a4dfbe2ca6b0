"""Which layers train when, and parts with rates of their own: recipes by button, and the text that they write."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from workbench.analysis.depth import WeightedLayer
from workbench.project import TrainingSettings
from workbench.project.fine_tuning import (
    FineTuning,
    gradual,
    part_factors,
    read_phases,
    read_rates,
    selected,
    trained_in,
    two_phases,
)
from workbench.ui import quantities

_PHASES_TIP = (
    "WHAT for EPOCHS at SHARE OF THE RATE; and so on. WHAT is graph, all, head, last 20, last 30%, "
    "a pattern (block5_*) or /a regular expression/"
)
_RATES_TIP = "WHAT at FACTOR; and so on, as block1_* at 0.1. The first that means a layer holds for it"
_NO_PHASES = "No phases: what is not frozen in the graph trains throughout."


class ScheduleBox(QWidget):
    """Every change is asked for by `asked`; what the text gets wrong is told below it and changes nothing."""

    asked = Signal(object, str)
    """A `FineTuning` and a label for undo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._training = TrainingSettings()
        heading = QLabel("Fine-tuning in phases", self)
        heading.setProperty("role", "heading")
        self.two = QPushButton("Two phases", self)
        self.two.setToolTip("The head first, then the top of the network with a tenth of the learning rate")
        self.gradual = QPushButton("Gradual", self)
        self.gradual.setToolTip("The head, then ever more layers from the end (Howard and Ruder, 2018)")
        self.none = QPushButton("None", self)
        self.phases = _line(self, "Phases", "head for 5; last 30% for 5 at 0.1", _PHASES_TIP)
        self.rates = _line(self, "Rates of parts", "block1_* at 0.1; head at 10", _RATES_TIP)
        self.told = QLabel(self, wordWrap=True)
        self.told.setProperty("role", "muted")
        self.problem = QLabel(self, wordWrap=True)
        self.problem.setProperty("role", "error")
        self.problem.hide()
        self.normalisation = QCheckBox("Thaw BatchNormalization, too", self)
        self.normalisation.setToolTip(
            "Off: before the head its statistics stay those of the first training, as Keras recommends for fine-tuning"
        )
        self._lay_out(heading)
        self.two.clicked.connect(lambda: self._recipe(two_phases, "Two phases"))
        self.gradual.clicked.connect(lambda: self._recipe(gradual, "Gradual unfreezing"))
        self.none.clicked.connect(lambda: self._recipe(lambda _: FineTuning(), "No phases"))
        self.phases.editingFinished.connect(lambda: self._write(self.phases, "phases", read_phases, "Change phases"))
        self.rates.editingFinished.connect(
            lambda: self._write(self.rates, "rates", read_rates, "Change rates of parts")
        )
        self.normalisation.clicked.connect(
            lambda on: self._ask(msgspec.structs.replace(self._tuning, normalisation_trains=on), "Change phases")
        )

    @property
    def _tuning(self) -> FineTuning:
        return self._training.fine_tuning

    def show_settings(self, training: TrainingSettings, layers: Sequence[WeightedLayer]) -> None:
        """Shows what the project says, and what that means for these layers."""
        self._training = training
        self.problem.hide()
        self.phases.setText(str(self._tuning))
        self.rates.setText("; ".join(map(str, self._tuning.rates)))
        self.normalisation.setChecked(self._tuning.normalisation_trains)
        self.normalisation.setEnabled(bool(self._tuning.phases))
        self.none.setEnabled(bool(self._tuning.phases))
        self.told.setText("\n".join(_described(training, layers)))

    def _recipe(self, make: Callable[[int], FineTuning], label: str) -> None:
        kept = {"rates": self._tuning.rates, "normalisation_trains": self._tuning.normalisation_trains}
        self._ask(msgspec.structs.replace(make(self._training.epochs), **kept), label)

    def _write(self, line: QLineEdit, name: str, read: Callable[[str], object], label: str) -> None:
        try:
            changed = msgspec.structs.replace(self._tuning, **{name: read(line.text())})
        except ValueError as error:
            self.problem.setText(str(error))
            self.problem.show()
            return
        self.problem.hide()
        self._ask(changed, label)

    def _ask(self, tuning: FineTuning, label: str) -> None:
        if tuning != self._tuning:
            self.asked.emit(tuning, label)

    def _lay_out(self, heading: QLabel) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.two, self.gradual, self.none):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(heading)
        column.addLayout(buttons)
        for label, line in (("Phases", self.phases), ("Rates of parts", self.rates)):
            words = QLabel(label, self)
            words.setBuddy(line)
            column.addWidget(words)
            column.addWidget(line)
        for part in (self.problem, self.normalisation, self.told):
            column.addWidget(part)


def _described(training: TrainingSettings, layers: Sequence[WeightedLayer]) -> list[str]:
    """One line for each phase: its epochs, how much of the network trains, at which rate."""
    tuning, lines, begun = training.fine_tuning, [], 0
    ends = tuning.ends(training.epochs)
    params = {layer.name: layer.trainable_params for layer in layers}
    for phase, end in zip(tuning.phases, ends, strict=False):
        names = trained_in(tuning, phase, layers)
        values = quantities.short(sum(params[name] for name in names))
        rate = training.learning_rate * phase.rate
        lines.append(
            f"Epochs {begun + 1} to {end}: {len(names)} of {len(layers)} layers, {values} values, rate {rate:.3g}"
            if names
            else f"Epochs {begun + 1} to {end}: no layer is {phase.train}"
        )
        begun = end
    if left := len(tuning.phases) - len(ends) if tuning.phases else 0:
        lines.append(f"With {training.epochs} epochs, {quantities.counted(left, 'phase')} would not be reached.")
    for rate_of in tuning.rates:
        if not selected(rate_of.part, layers):
            lines.append(f"No layer is {rate_of.part}")
    if factors := part_factors(tuning, layers):
        lines.append(f"{quantities.counted(len(factors), 'layer')} with a rate of their own")
    return lines or [_NO_PHASES]


def _line(parent: QWidget, name: str, placeholder: str, tip: str) -> QLineEdit:
    line = QLineEdit(parent)
    line.setAccessibleName(name)
    line.setPlaceholderText(placeholder)
    line.setToolTip(tip)
    return line
