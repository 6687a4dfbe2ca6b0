"""Mouse, wheel and keys of the canvas, turned into gestures and operations."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from workbench.graph import NodeId
from workbench.ui.canvas.camera import STEP, Camera
from workbench.ui.canvas.drops import LayerDrop
from workbench.ui.canvas.geometry import PortRef, Position
from workbench.ui.canvas.gestures import BandGesture, ConnectGesture, Gesture, MoveGesture, PanGesture, Pointer
from workbench.ui.canvas.keys import NUDGES, method_for
from workbench.ui.canvas.operations import Operations
from workbench.ui.canvas.scene import CanvasScene

_CARD_DELAY_MS = 500
_WIRE_REACH = 6.0
_WHEEL_NOTCH = 120.0


class InteractiveView(QGraphicsView):
    """A view whose input is all its own: Qt's item dragging and rubber band are off."""

    def __init__(self, scene: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        scene.setParent(self)
        self.canvas_scene = scene
        self.operations = Operations(scene)
        self.camera = Camera(self, scene)
        self._drop = LayerDrop(scene, self.operations)
        self._gesture: Gesture | None = None
        self._held = Qt.MouseButton.NoButton
        self._space = False
        self._nudged: dict[NodeId, Position] = {}
        self._card_timer = QTimer(self)
        self._card_timer.setSingleShot(True)
        self._card_timer.setInterval(_CARD_DELAY_MS)
        self._card_timer.timeout.connect(self._show_card_here)
        self._hovered: tuple[NodeId, QPoint] | None = None
        scene.document.changed.connect(self._on_changed)
        self._set_up()

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # -- asked of the view that floats things above this one
    def say(self, text: str, at: QPoint, *, refusal: bool = False) -> None:
        """Show a short message beside a point of the view."""
        raise NotImplementedError

    def hush(self) -> None:
        """Take the message away."""
        raise NotImplementedError

    def search_at(self, view: QPoint) -> None:
        """Search for a layer to add at a point of the view."""
        raise NotImplementedError

    def search_for_wire(self, port: PortRef, place: QPointF) -> None:
        """Search for a layer for the open end of a wire."""
        raise NotImplementedError

    def rename(self, node: NodeId) -> None:
        """Edit a node's name in place."""
        raise NotImplementedError

    def show_card(self, node: NodeId | None, at: QPoint) -> None:
        """Tell all that is known of a node; None takes that away."""
        raise NotImplementedError

    def on_moved(self) -> None:
        """What is seen has changed."""
        raise NotImplementedError

    # -- operations that need no more than the selection and the view
    def copy(self) -> None:
        """Copy the selected nodes to the clipboard."""
        self.operations.copy()

    def cut(self) -> None:
        """Copy and remove the selected nodes."""
        self.operations.cut()

    def duplicate(self) -> None:
        """Add a copy of the selected nodes."""
        self.operations.duplicate(self.camera.seen())

    def delete_selection(self) -> None:
        """Remove the selected nodes and wires."""
        self.operations.delete()

    def select_all(self) -> None:
        """Select every node."""
        self.operations.select(self.canvas_scene.nodes)

    def select_after(self) -> None:
        """Go along a wire to the next node."""
        self._step(lambda node: [wire.target for wire in self.canvas_scene.document.graph.wires_from(node)])

    def select_before(self) -> None:
        """Go along a wire to the node before."""
        self._step(lambda node: [wire.source for wire in self.canvas_scene.document.graph.wires_into(node)])

    def _step(self, neighbours: Callable[[NodeId], list[NodeId]]) -> None:
        chosen = self.canvas_scene.chosen() or sorted(self.canvas_scene.nodes, key=self._reading_order)[:1]
        near = [other for node in chosen[-1:] for other in neighbours(node)] or chosen[-1:]
        if near:
            self.operations.select(near[:1])
            self.camera.reveal(self.canvas_scene.nodes[near[0]].body)

    def _reading_order(self, node: NodeId) -> tuple[float, float]:
        item = self.canvas_scene.nodes[node]
        return item.y(), item.x()

    def fit(self) -> None:
        """Show the whole graph."""
        self.camera.fit(self.canvas_scene.bounds())
        self.on_moved()

    def zoom_in(self) -> None:
        """Come closer."""
        self._zoom_by(STEP)

    def zoom_out(self) -> None:
        """Go farther away."""
        self._zoom_by(1 / STEP)

    def zoom_to_life_size(self) -> None:
        """One scene pixel to one view pixel."""
        self._zoom_by(1 / self.camera.zoom)

    def pan_by(self, dx: int, dy: int) -> None:
        """Move the paper by view pixels."""
        self.camera.pan_by(dx, dy)
        self.on_moved()

    def _zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        self.camera.zoom_by(factor, anchor)
        self.on_moved()

    def _on_changed(self) -> None:
        """A change from elsewhere (undo, the inspector) ends what is under way: it may be about what is gone."""
        self.drop_gesture()
        self._drop_nudge()

    # -- mouse
    def drop_gesture(self) -> None:
        """Give up the gesture under way, and leave everything as it was."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
        self._show_cursor()

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
        if node is not None:
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

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms at the mouse; two fingers on a touchpad move the paper, with Ctrl they zoom."""
        touchpad = event.device().type() is QInputDevice.DeviceType.TouchPad
        zooms = not touchpad or bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if zooms and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._zoom_by(STEP ** (event.angleDelta().y() / _WHEEL_NOTCH), event.position())
        else:
            step = event.pixelDelta() if touchpad and not event.pixelDelta().isNull() else event.angleDelta()
            sideways = not touchpad and not step.x()
            self.pan_by(step.y() if sideways else step.x(), 0 if sideways else step.y())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
            self._zoom_by(1 + event.value(), event.position())
            return True
        return super().viewportEvent(event)

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
