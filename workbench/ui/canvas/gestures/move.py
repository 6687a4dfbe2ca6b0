"""Moving nodes, and dropping one on a wire."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from workbench.graph import NodeId
from workbench.ui.canvas.geometry import Position, snap
from workbench.ui.canvas.gestures.gesture import Pointer, Stage
from workbench.ui.canvas.wire_item import WireItem

DROP_REACH = 10.0
"""How near its middle must come to a wire for a node to be put into it."""


class MoveGesture:
    """Carries the selected nodes, the grabbed one from grid line to grid line."""

    def __init__(self, stage: Stage, pointer: Pointer, grabbed: NodeId) -> None:
        self._stage = stage
        self._scene = stage.canvas_scene
        self._start = pointer
        self._grabbed = grabbed
        self._under_way = False
        self._before: dict[NodeId, Position] = {
            node: (self._scene.nodes[node].x(), self._scene.nodes[node].y()) for node in self._scene.chosen()
        }
        self._now = self._before
        lone = set(self._before) == {grabbed}
        self._insertable = lone and stage.operations.insertable(grabbed)
        self._wire: WireItem | None = None

    def move(self, pointer: Pointer) -> None:
        travelled = (pointer.view - self._start.view).manhattanLength()
        if not self._under_way and travelled < QApplication.startDragDistance():
            return
        self._under_way = True
        step = pointer.place - self._start.place
        x, y = self._before[self._grabbed]
        dx, dy = snap(x + step.x()) - x, snap(y + step.y()) - y
        now = {node: (x + dx, y + dy) for node, (x, y) in self._before.items()}
        if now != self._now:
            self._now = now
            self._scene.put(now)
        if self._insertable:
            self._hover(self._scene.wire_at(self._scene.nodes[self._grabbed].body.center(), DROP_REACH))

    def finish(self, pointer: Pointer) -> None:
        self.move(pointer)
        wire = self._wire.wire if self._wire else None
        self._hover(None)
        if wire:
            self._stage.operations.insert(self._grabbed, wire, self._now[self._grabbed])
        elif self._under_way:
            self._stage.operations.move(self._now)
        elif not self._start.extends:
            self._stage.operations.select([self._grabbed])

    def cancel(self) -> None:
        self._hover(None)
        self._scene.put_back(self._before)

    def _hover(self, wire: WireItem | None) -> None:
        if self._wire is not None:
            self._wire.offer_drop(False)
        self._wire = wire
        if wire is not None:
            wire.offer_drop(True)
