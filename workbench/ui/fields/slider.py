"""A number between two ends: a slider beside the line that it is written in."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from workbench.layers.params import Integer, Number
from workbench.ui.fields import codecs
from workbench.ui.fields.field import SEVERAL, Field, Line

_NOTCHES = 100
_LINE_WIDTH = 64
_SETTLE_MS = 400
"""After the last press of a key the value counts as given: holding an arrow down is one change, not fifty."""


class SliderField(Field):
    """Both show the same value. `sliding` tells it while the slider moves, `committed` once it rests."""

    sliding = Signal(object)

    def __init__(self, kind: Integer | Number, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        assert kind.minimum is not None
        assert kind.maximum is not None
        self._kind = kind
        self._low, self._reach = float(kind.minimum), float(kind.maximum - kind.minimum)
        self._notches = round(self._reach) if isinstance(kind, Integer) else _NOTCHES
        self.slider = _Slider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, self._notches)
        self.slider.setPageStep(max(1, self._notches // 10))
        self.line = Line(self)
        self.line.setFixedWidth(_LINE_WIDTH)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self._commit_slider)
        self.slider.valueChanged.connect(self._slide)
        self.slider.sliderReleased.connect(self._commit_slider)
        self.line.written.connect(lambda: self.committed.emit(codecs.read(self._kind, self.line.text())))
        self.line.reverted.connect(self.reverted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self.line)
        self.setFocusProxy(self.slider)

    @property
    def value(self) -> int | float:
        """Where the slider stands; its steps have three digits that mean something."""
        if isinstance(self._kind, Integer):
            return round(self._low) + self.slider.value()
        return float(f"{self._low + self._reach * self.slider.value() / self._notches:.3g}")

    def show_value(self, value: Any) -> None:
        self._settling.stop()
        self.line.show_text("" if value is None else codecs.write(self._kind, value))
        if not self.slider.isSliderDown():
            self._place(value)

    def show_several(self) -> None:
        self.line.show_text("", SEVERAL)

    def parts(self) -> tuple[QWidget, ...]:
        return (self.line, self.slider)

    def _place(self, value: Any) -> None:
        self.slider.blockSignals(True)
        if self._kind.accepts(value) and self._reach:
            self.slider.setValue(round((float(value) - self._low) / self._reach * self._notches))
        self.slider.blockSignals(False)

    def _slide(self) -> None:
        self.line.show_text(codecs.write(self._kind, self.value))
        self.sliding.emit(self.value)
        if not self.slider.isSliderDown():
            self._settling.start()

    def _commit_slider(self) -> None:
        self._settling.stop()
        self.committed.emit(self.value)


class _Slider(QSlider):
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Without the keyboard's focus the wheel belongs to the form."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
