"""Mouse and keys of the canvas, turned into gestures and operations."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QWidget

from workbench.graph import NodeId
from workbench.ui.canvas.drops import LayerDrop
from workbench.ui.canvas.geometry import Position
from workbench.ui.canvas.gestures import BandGesture, ConnectGesture, Gesture, MoveGesture, PanGesture, Pointer
from workbench.ui.canvas.keys import NUDGES, method_for
from workbench.ui.canvas.measures import DiffOverlay
from workbench.ui.canvas.surface import Surface
from workbench.ui.document import Document
from workbench.ui.places import is_block
from workbench.ui.theme import Theme

_CARD_DELAY_MS = 500
_WIRE_REACH = 6.0


class InteractiveView(Surface):
    """A surface whose input is all its own: Qt's item dragging and rubber band are off."""

    comparison_left = Signal()
    """Escape, while the canvas shows how two networks differ."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(document, theme, parent)
        self._drop = LayerDrop(self.canvas_scene, self.operations)
        self._gesture: Gesture | None = None
        self._held = Qt.MouseButton.NoButton
        self._space = False
        self._nudged: dict[NodeId, Position] = {}
        self._hovered: tuple[NodeId, QPoint] | None = None
        self._card_timer = QTimer(self)
        self._card_timer.setSingleShot(True)
        self._card_timer.setInterval(_CARD_DELAY_MS)
        self._card_timer.timeout.connect(self._show_card_here)
        document.changed.connect(self._on_changed)

    def _on_changed(self) -> None:
        """A change from elsewhere (undo, the inspector) ends what is under way: it may be about what is gone."""
        self.drop_gesture()
        self._drop_nudge()

    def drop_gesture(self) -> None:
        """Give up the gesture under way, and leave everything as it was."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
        self._show_cursor()

    # -- mouse
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._forget_card()
        if self._gesture is not None:
            if event.button() != self._held:
                return
            self.drop_gesture()  # its release went to another window
        self._held = event.button()
        self._commit_nudge()
        pointer = self._pointer(event)
        if event.button() == Qt.MouseButton.MiddleButton or (
            self._space and event.button() == Qt.MouseButton.LeftButton
        ):
            self._gesture = PanGesture(self, pointer)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.hush()
            self._gesture = self._pressed(pointer)
        self._show_cursor()

    def _pressed(self, pointer: Pointer) -> Gesture | None:
        """What a press of the left button begins, by what is under the mouse."""
        scene = self.canvas_scene
        port = scene.port_at(pointer.place)
        if port is not None:
            return ConnectGesture(self, pointer, port)
        node = scene.node_at(pointer.place)
        if node is not None:
            if pointer.extends:
                node.setSelected(not node.isSelected())
            elif not node.isSelected():
                self.operations.select([node.node])
            return MoveGesture(self, pointer, node.node) if node.isSelected() else None
        wire = scene.wire_at(pointer.place, _WIRE_REACH / self.camera.zoom)
        if wire is not None:
            if not pointer.extends:
                scene.clearSelection()
            wire.setSelected(True)
            return None
        return BandGesture(self, pointer)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._gesture is not None:
            self._gesture.move(self._pointer(event))
            return
        self._hover(self._pointer(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != self._held:
            return
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.finish(self._pointer(event))
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        pointer = self._pointer(event)
        node = self.canvas_scene.node_at(pointer.place)
        if node is not None and is_block(self.document.graph_analysis, node.node):
            self.look_inside(node.node)
        elif node is not None:
            self.rename(node.node)
        elif self.canvas_scene.wire_at(pointer.place, _WIRE_REACH / self.camera.zoom) is None:
            self.search_at(pointer.view)

    def _pointer(self, event: QMouseEvent) -> Pointer:
        at = event.position()
        return Pointer(at.toPoint(), self.mapToScene(at.toPoint()), event.modifiers())

    def _hover(self, pointer: Pointer) -> None:
        """Wait a moment over a node, then tell about it; show over a port that it can be dragged."""
        port = self.canvas_scene.port_at(pointer.place)
        node = self.canvas_scene.node_at(pointer.place)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor if port else self._resting_cursor())
        if node is None or port is not None:
            self._forget_card()
        elif self._hovered is None or self._hovered[0] != node.node:
            self._forget_card()
            self._hovered = (node.node, pointer.view)
            self._card_timer.start()
        else:
            self._hovered = (node.node, pointer.view)

    def _show_card_here(self) -> None:
        if self._hovered is not None and self._gesture is None:
            self.show_card(*self._hovered)

    def _forget_card(self) -> None:
        self._hovered = None
        self._card_timer.stop()
        self.show_card(None, QPoint())

    def _resting_cursor(self) -> Qt.CursorShape:
        return Qt.CursorShape.OpenHandCursor if self._space else Qt.CursorShape.ArrowCursor

    def _show_cursor(self) -> None:
        panning = isinstance(self._gesture, PanGesture)
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor if panning else self._resting_cursor())

    def leaveEvent(self, event: QEvent) -> None:
        self._forget_card()
        super().leaveEvent(event)

    # -- drag and drop
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.dragMoveEvent(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        layer = self._drop.layer(event.mimeData())
        if layer is None:
            event.ignore()
            return
        self._drop.hover(layer, self.mapToScene(event.position().toPoint()))
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        layer = self._drop.layer(event.mimeData())
        if layer is None:
            event.ignore()
            return
        self._drop.drop(layer, self.mapToScene(event.position().toPoint()))
        event.acceptProposedAction()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- keys
    def event(self, event: QEvent) -> bool:
        """Tab opens the search here instead of leaving; Shift+Tab leaves."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
            self.keyPressEvent(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._escape()
        elif key == Qt.Key.Key_Space:
            self._space = True
            self._show_cursor()
        elif key in NUDGES and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._nudge(*NUDGES[key], event)
        else:
            method = method_for(event)
            if method is None:
                super().keyPressEvent(event)
            elif self._gesture is None:
                getattr(self, method)()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            self._space = False
            self._show_cursor()
        elif event.key() in NUDGES:
            self._commit_nudge()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space = False
        self._commit_nudge()
        super().focusOutEvent(event)

    def _escape(self) -> None:
        if self._gesture is not None:
            self.drop_gesture()
        elif self._nudged:
            self._drop_nudge()
        elif isinstance(self.canvas_scene.overlay, DiffOverlay):
            self.comparison_left.emit()
        else:
            self.hush()
            self.canvas_scene.clearSelection()

    def _nudge(self, dx: int, dy: int, event: QKeyEvent) -> None:
        """Move the selection by the grid until the key is let go; with nothing selected, move the paper."""
        factor = 4 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        chosen = self.canvas_scene.chosen()
        if not chosen:
            self.pan_by(-dx * 5 * factor, -dy * 5 * factor)
        elif self._gesture is None:
            items = {node: self.canvas_scene.nodes[node] for node in chosen}
            self._nudged = {node: (item.x() + dx * factor, item.y() + dy * factor) for node, item in items.items()}
            self.canvas_scene.put(self._nudged)

    def _drop_nudge(self) -> None:
        nudged, self._nudged = self._nudged, {}
        if nudged:
            self.canvas_scene.put_back(nudged)

    def _commit_nudge(self) -> None:
        nudged, self._nudged = self._nudged, {}
        if nudged:
            self.operations.move(nudged)
