"""How much a layer covers the image below it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

_PAGE = 10


class OpacitySlider(QWidget):
    """From 0, nothing of the layer, to 100 percent, nothing of the image."""

    changed = Signal(float)
    """The share that is covered, from 0 to 1."""

    def __init__(self, title: str, percent: int = 50, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = QLabel(title, self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, 100)
        self.slider.setPageStep(_PAGE)
        self.slider.setValue(percent)
        self.slider.setMinimumWidth(64)
        self.label.setBuddy(self.slider)
        self._on_value(percent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.label)
        row.addWidget(self.slider, 1)
        self.slider.valueChanged.connect(self._on_value)

    @property
    def value(self) -> float:
        """From 0 to 1."""
        return self.slider.value() / 100

    def set_title(self, title: str) -> None:
        """What the layer is."""
        self.label.setText(title)
        self._on_value(self.slider.value())

    def _on_value(self, percent: int) -> None:
        words = f"Opacity of the {self.label.text().lower()}"
        self.slider.setAccessibleName(words)
        self.slider.setToolTip(f"{words}: {percent} %")
        self.changed.emit(percent / 100)
