"""Dragging the paper."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from workbench.ui.canvas.gestures.gesture import Pointer, Stage


class PanGesture:
    """Keeps the place that was grabbed under the mouse."""

    def __init__(self, stage: Stage, pointer: Pointer) -> None:
        self._stage = stage
        self._start = self._last = pointer.view

    def move(self, pointer: Pointer) -> None:
        self._pan_to(pointer.view)

    def finish(self, pointer: Pointer) -> None:
        self._pan_to(pointer.view)

    def cancel(self) -> None:
        self._pan_to(self._start)

    def _pan_to(self, view: QPoint) -> None:
        step = view - self._last
        self._last = view
        self._stage.pan_by(step.x(), step.y())
