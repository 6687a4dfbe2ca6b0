"""How many layers are frozen from the input on: a slider whose drag is one step of undo."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from workbench.ui.theme import figures

_SETTLE_MS = 400
"""After the last press of a key the value counts as given: holding an arrow down is one change, not fifty."""


class DepthSlider(QWidget):
    """`sliding` tells every place that it passes, `settled` where it comes to rest."""

    sliding = Signal(int)
    settled = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = _Slider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName("Layers frozen from the input on")
        self.told = QLabel(self)
        self.told.setFont(figures(self.font()))
        self.told.setMinimumWidth(self.fontMetrics().horizontalAdvance("first 000 of 000 layers"))
        self._shown: tuple[int, int] | None = None
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self._settle)
        label = QLabel("From the input", self)
        label.setBuddy(self.slider)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.told)
        self.slider.valueChanged.connect(self._slide)
        self.slider.sliderReleased.connect(self._settle)

    def show_depth(self, count: int, of: int) -> None:
        """Where it stands in the project."""
        self._settling.stop()
        self._shown = (count, of)
        self.slider.blockSignals(True)
        self.slider.setRange(0, of)
        self.slider.setPageStep(max(1, of // 10))
        self.slider.setValue(count)
        self.slider.blockSignals(False)
        self.setEnabled(of > 0)
        self._tell()

    def _slide(self, count: int) -> None:
        self._tell()
        self.sliding.emit(count)
        if not self.slider.isSliderDown():
            self._settling.start()

    def _settle(self) -> None:
        self._settling.stop()
        if self._shown != (self.slider.value(), self.slider.maximum()):
            self.settled.emit(self.slider.value())

    def _tell(self) -> None:
        self.told.setText(f"first {self.slider.value()} of {self.slider.maximum()} layers")


class _Slider(QSlider):
    """The wheel scrolls what it is in; it changes nothing by accident."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
