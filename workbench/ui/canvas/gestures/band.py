"""Selecting with a rubber band."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QGraphicsRectItem

from workbench.ui.canvas.gestures.gesture import Pointer, Stage


class BandGesture:
    """Selects the nodes that the band touches; with Shift or Ctrl beside those that were selected."""

    def __init__(self, stage: Stage, pointer: Pointer) -> None:
        self._stage = stage
        self._scene = stage.canvas_scene
        self._start = pointer.place
        self._before = frozenset(self._scene.chosen())
        self._kept = self._before if pointer.extends else frozenset()
        self._band = QGraphicsRectItem()
        self._band.setPen(self._scene.ink.band)
        self._band.setBrush(self._scene.ink.band_fill)
        self._band.setZValue(10)
        self._scene.addItem(self._band)
        if not pointer.extends:
            self._scene.clearSelection()

    def move(self, pointer: Pointer) -> None:
        area = QRectF(self._start, pointer.place).normalized()
        self._band.setRect(area)
        touched = {node for node, item in self._scene.nodes.items() if item.body.intersects(area)}
        wanted = self._kept | touched
        if wanted != set(self._scene.chosen()):
            self._stage.operations.select(wanted)

    def finish(self, pointer: Pointer) -> None:
        if pointer.place != self._start:
            self.move(pointer)
        self._scene.removeItem(self._band)

    def cancel(self) -> None:
        self._scene.removeItem(self._band)
        self._stage.operations.select(self._before)
