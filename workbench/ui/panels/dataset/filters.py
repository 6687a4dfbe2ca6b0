"""Which images are shown: of a part, of a class, with a problem; and how large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from workbench.ui import quantities
from workbench.ui.fields.field import Combo
from workbench.ui.panels.dataset.grid import SIDES
from workbench.ui.panels.dataset.parts import PART_WORDS
from workbench.ui.theme import figures

if TYPE_CHECKING:
    from workbench.ui.panels.dataset.samples import Samples

_SLIDER_WIDTH = 72
_LEAST = 4
"""Letters that a combo shows at least."""


@dataclass(frozen=True)
class Filter:
    """None: do not ask. `problem` is the name of a kind of problem."""

    label: int | None = None
    part: int | None = None
    problem: str | None = None


class FilterBar(QWidget):
    """Combos with counts, the number of images shown, and the slider for their size."""

    changed = Signal(object)
    zoomed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parts = _combo(self, "Part")
        self.classes = _combo(self, "Class")
        self.problems = _combo(self, "Problem")
        self.count = QLabel(self)
        self.count.setFont(figures(self.font()))
        self.count.setProperty("role", "muted")
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(*SIDES)
        self.slider.setFixedWidth(_SLIDER_WIDTH)
        self.slider.setAccessibleName("Size of the thumbnails")
        self.slider.setToolTip("Size of the thumbnails (Ctrl and the wheel)")
        self.slider.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for combo in self._combos:
            row.addWidget(combo, 1)
            combo.activated.connect(lambda _: self.changed.emit(self.filter))
        row.addWidget(self.count)
        row.addWidget(self.slider)
        self.slider.valueChanged.connect(self.zoomed)

    @property
    def _combos(self) -> tuple[Combo, ...]:
        return (self.parts, self.classes, self.problems)

    @property
    def filter(self) -> Filter:
        """What is asked for."""
        return Filter(self.classes.currentData(), self.parts.currentData(), self.problems.currentData())

    def set_filter(self, wanted: Filter) -> None:
        """Asks for something else, without telling so."""
        for combo, value in zip(self._combos, (wanted.part, wanted.label, wanted.problem), strict=True):
            combo.setCurrentIndex(max(0, combo.findData(value)))

    def use(self, samples: Samples, problems: dict[str, int]) -> None:
        """Other samples; `problems`: how many samples have each kind of problem. What was asked for stays if it can."""
        asked = self.filter
        counts = samples.counts
        parts = enumerate(counts.sum(axis=0).tolist())
        _fill(self.parts, "All parts", [(f"{PART_WORDS[i]} ({count:,})", i) for i, count in parts if count])
        by_class = [] if samples.source.masked else list(enumerate(counts.sum(axis=1).tolist()))
        classes = [(f"{samples.class_names[i]} ({count:,})", i) for i, count in by_class if count]
        _fill(self.classes, "All classes", classes)
        _fill(self.problems, "All images", [(f"{name} ({n:,})", name) for name, n in problems.items()])
        self.problems.setVisible(bool(problems))
        self.classes.setVisible(bool(classes))
        self.set_filter(asked)

    def show_count(self, shown: int) -> None:
        """How many images are shown."""
        self.count.setText(quantities.counted(shown, "image"))

    def show_side(self, side: int) -> None:
        """The size was changed elsewhere."""
        self.slider.blockSignals(True)
        self.slider.setValue(side)
        self.slider.blockSignals(False)


def _combo(parent: QWidget, name: str) -> Combo:
    combo = Combo(parent)
    combo.setAccessibleName(name)
    combo.setToolTip(f"{name} of the images that are shown")
    combo.setMaximumWidth(220)
    combo.setMinimumContentsLength(_LEAST)
    return combo


def _fill(combo: Combo, everything: str, choices: Sequence[tuple[str, object]]) -> None:
    combo.clear()
    combo.addItem(everything, None)
    for text, value in choices:
        combo.addItem(text, value)
