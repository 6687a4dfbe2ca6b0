"""Drawing a wire from a port, or picking up the end of one that is there."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QApplication, QGraphicsPathItem

from workbench.graph import Wire
from workbench.ui.canvas import connections
from workbench.ui.canvas.connections import Verdict
from workbench.ui.canvas.geometry import PortRef
from workbench.ui.canvas.gestures.gesture import Pointer, Stage

_INSIST = "\nHold Ctrl to connect all the same."


class ConnectGesture:
    """A wire from a port to the mouse. Over a port it says at once whether, and if not why not.

    From an output, a free input or one that takes several, the wire is new. From an input that has its one wire, that
    wire is picked up: let go on another input it moves there, let go on empty canvas it is gone.
    """

    def __init__(self, stage: Stage, pointer: Pointer, port: PortRef) -> None:
        self._stage = stage
        self._scene = stage.canvas_scene
        self._analysis = self._scene.document.graph_analysis
        self._start = pointer
        self._under_way = False
        self._picked = self._wire_in(port)
        self._fixed = PortRef(self._picked.source, self._picked.source_port, True) if self._picked else port
        self._line = QGraphicsPathItem()
        self._line.setZValue(5)

    def move(self, pointer: Pointer) -> None:
        if not self._under_way:
            if (pointer.view - self._start.view).manhattanLength() < QApplication.startDragDistance():
                return
            self._begin()
        end = self._end_at(pointer.place)
        verdict = self._judge(end) if end else None
        self._draw(self._place_of(end) if end else pointer.place, verdict)
        if verdict is None:
            self._stage.hush()
        elif not _accepted(verdict, pointer):
            insist = _INSIST if verdict.insist else ""
            self._stage.say(verdict.refusal + insist, pointer.view, refusal=True)
        elif verdict.notice:
            self._stage.say(verdict.notice, pointer.view)
        else:
            self._stage.hush()

    def finish(self, pointer: Pointer) -> None:
        self.move(pointer)
        if not self._under_way:
            return
        self._end()
        end = self._end_at(pointer.place)
        if end is None:
            self._stage.hush()
            self._let_go(pointer)
            return
        verdict = self._judge(end)
        if verdict.wire and _accepted(verdict, pointer):
            self._stage.operations.connect(verdict.wire, self._picked)
            if not verdict.notice:
                self._stage.hush()

    def cancel(self) -> None:
        if self._under_way:
            self._end()
        self._stage.hush()

    def _wire_in(self, port: PortRef) -> Wire | None:
        """The one wire into an input that takes one."""
        if port.is_output or connections.takes_several(self._analysis, port):
            return None
        into = (wire for wire in self._analysis.graph.wires_into(port.node) if wire.target_port == port.name)
        return next(into, None)

    def _begin(self) -> None:
        self._under_way = True
        self._scene.addItem(self._line)
        self._scene.offer_ports(not self._fixed.is_output)
        self._fade_picked(0.25)

    def _end(self) -> None:
        self._scene.removeItem(self._line)
        self._scene.offer_ports(None)
        self._fade_picked(1.0)

    def _fade_picked(self, opacity: float) -> None:
        if self._picked in self._scene.wires:
            self._scene.wires[self._picked].setOpacity(opacity)

    def _let_go(self, pointer: Pointer) -> None:
        if self._picked:
            self._stage.operations.disconnect(self._picked)
        else:
            self._stage.search_for_wire(self._fixed, pointer.place)

    def _end_at(self, place: QPointF) -> PortRef | None:
        """The port under the mouse, or the one that the node under it would take the wire with."""
        port = self._scene.port_at(place)
        if port is not None and port != self._fixed:
            return port
        item = self._scene.node_at(place)
        if item is None or item.node == self._fixed.node:
            return None
        return connections.best_port(self._analysis, item.node, not self._fixed.is_output)

    def _judge(self, end: PortRef) -> Verdict:
        if self._picked and end == PortRef(self._picked.target, self._picked.target_port, False):
            return Verdict(notice="The wire stays where it was.")
        return connections.judge(self._analysis, self._fixed, end)

    def _place_of(self, port: PortRef) -> QPointF:
        return self._scene.nodes[port.node].port_place(port.name, port.is_output)

    def _draw(self, end: QPointF, verdict: Verdict | None) -> None:
        start = self._place_of(self._fixed)
        first, last = (start, end) if self._fixed.is_output else (end, start)
        self._line.setPath(self._scene.path_between(first, last))
        refused = verdict is not None and bool(verdict.refusal)
        self._line.setPen(self._pen(self._scene.ink.error if refused else self._scene.ink.accent, dashed=refused))

    def _pen(self, color: QColor, *, dashed: bool) -> QPen:
        pen = QPen(color, 2.5)
        if dashed:
            pen.setDashPattern([3.0, 3.0])
        return pen


def _accepted(verdict: Verdict, pointer: Pointer) -> bool:
    """Sound, or a misfit that the user insists on."""
    return not verdict.refusal or (verdict.insist and pointer.insists)
