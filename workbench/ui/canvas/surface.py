"""A view of the scene that can be looked around in, and what floats over it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from workbench.graph import NodeId
from workbench.ui.canvas.camera import STEP, Camera
from workbench.ui.canvas.geometry import PortRef
from workbench.ui.canvas.ink import Ink
from workbench.ui.canvas.layer_search import LayerSearch
from workbench.ui.canvas.legend import Legend
from workbench.ui.canvas.measures import AnyOverlay, RunStates, largest_text
from workbench.ui.canvas.minimap import Minimap
from workbench.ui.canvas.name_editor import NameEditor
from workbench.ui.canvas.operations import Operations
from workbench.ui.canvas.overlays import Card, EmptyHint, Notice, card_html
from workbench.ui.canvas.progress_line import ProgressLine
from workbench.ui.canvas.run_states import NO_RUN
from workbench.ui.canvas.scene import CanvasScene
from workbench.ui.canvas.search import SearchPopup
from workbench.ui.document import Document
from workbench.ui.places import Place
from workbench.ui.theme import Theme

_WHEEL_NOTCH = 120.0
_CORNER = 12
_REFRESH_MS = 60
"""Changes that come faster than this are shown in the minimap together."""


class Surface(QGraphicsView):
    """Zoom, pan, messages, search, names: all that needs no gesture."""

    overlay_shown = Signal(object)
    """The overlay that nodes are tinted by now, or None."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self._theme = theme
        scene = CanvasScene(document, Ink(theme, self.font()))
        scene.setParent(self)
        self.setScene(scene)
        self.canvas_scene = scene
        self.operations = Operations(scene)
        self.camera = Camera(self, scene)
        self.notice = Notice(theme, self)
        self.card = Card(theme, self)
        self.hint = EmptyHint(self)
        self.legend = Legend(scene.ink, self)
        self.progress = ProgressLine(scene.ink, self)
        self.minimap = Minimap(scene, self)
        self.popup = SearchPopup(theme, self)
        self.name_editor = NameEditor(self, lambda problem: self.say(problem, self._below_editor(), refusal=True))
        self._search = LayerSearch(self.popup, scene, self.operations)
        self._minimap_wanted = True
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(_REFRESH_MS)
        self._set_up()
        self._wire_up()
        self._refresh_overlays()

    def _wire_up(self) -> None:
        self.popup.chosen.connect(lambda _: self._after_search())
        self.popup.dismissed.connect(self.setFocus)
        self.minimap.wanted.connect(self.look_at)
        self._refresh_timer.timeout.connect(self._refresh_overlays)
        self.canvas_scene.changed.connect(self._refresh_soon)
        self._theme.changed.connect(self._on_theme)

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

    # -- looking around
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

    def look_at(self, place: QPointF) -> None:
        """Bring a place to the middle."""
        self.camera.look_at(place)
        self.on_moved()

    def _zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        self.camera.zoom_by(factor, anchor)
        self.on_moved()

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

    def on_moved(self) -> None:
        """What is seen has changed."""
        self.card.hide()
        self.minimap.show_seen(self.camera.seen())
        self._refresh_soon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.hint.fill()
        self.progress.setGeometry(0, 0, self.width(), self.progress.height())
        low = self.viewport().geometry().bottomLeft()
        self.legend.move(low + QPoint(_CORNER, -self.legend.height() - _CORNER))
        corner = self.viewport().geometry().bottomRight()
        self.minimap.move(corner - QPoint(self.minimap.width() + _CORNER, self.minimap.height() + _CORNER))
        self.on_moved()

    # -- what floats over it
    def say(self, text: str, at: QPoint, *, refusal: bool = False) -> None:
        """Show a short message beside a point of the view."""
        self.card.hide()
        self.notice.show_text(text, at, refusal=refusal)

    def hush(self) -> None:
        """Take the message away."""
        self.notice.hide()

    def show_card(self, node: NodeId | None, at: QPoint) -> None:
        """Tell all that is known of a node; None takes the card away."""
        if node is None or node not in self.canvas_scene.nodes or not self.popup.isHidden():
            self.card.hide()
            return
        problems = self.canvas_scene.problems_of(node)
        self.hush()
        run = self.canvas_scene.runs.get(node, NO_RUN)
        self.card.show_text(card_html(self.document.graph_analysis, node, problems, run), at)

    def show_overlay(self, overlay: AnyOverlay | None) -> None:
        """Tint nodes by something else, or (None) not at all."""
        self.canvas_scene.show_overlay(overlay)
        self._refresh_overlays()
        self.overlay_shown.emit(overlay)

    def show_runs(self, runs: RunStates) -> None:
        """Show what a training says of nodes; nothing where it is empty."""
        if runs != self.canvas_scene.runs:
            self.canvas_scene.show_runs(runs)
            self._refresh_legend()

    def show_progress(self, share: float | None) -> None:
        """Show how far a training is, from 0 to 1; None where none runs."""
        self.progress.tell(share, self.canvas_scene.ink)

    def _refresh_legend(self) -> None:
        overlay = self.canvas_scene.overlay
        most = "" if overlay is None else largest_text(self.document.graph_analysis, overlay, self.canvas_scene.runs)
        if overlay is None or not most:
            self.legend.hide()
        else:
            self.legend.tell(overlay.title, most, self.canvas_scene.ink)

    def toggle_minimap(self) -> None:
        """Show or hide the overview in the corner; it is there only while some nodes are out of sight."""
        self._minimap_wanted = not self._minimap_wanted
        self._refresh_overlays()

    def _refresh_soon(self) -> None:
        if not self._refresh_timer.isActive():
            self._refresh_timer.start()

    def _refresh_overlays(self) -> None:
        bounds = self.canvas_scene.bounds()
        self.hint.setVisible(not bounds.isValid())
        all_seen = not bounds.isValid() or self.camera.seen().contains(bounds)
        self.minimap.setVisible(self._minimap_wanted and not all_seen)
        self._refresh_legend()
        self.minimap.update()

    # -- searching and naming
    def search_at(self, view: QPoint) -> None:
        """Search for a layer to add at a point of the view."""
        self._search.at(view, self.mapToScene(view))

    def search_for_wire(self, port: PortRef, place: QPointF) -> None:
        """Search for a layer for the open end of a wire."""
        self._search.for_wire(self.mapFromScene(place), place, port)

    def search_layers(self) -> None:
        """Search for a layer to add after the selected nodes, or in the middle of the view."""
        middle = self.viewport().rect().center()
        chosen = self.canvas_scene.chosen()
        if chosen:
            self.camera.reveal(self.canvas_scene.nodes[chosen[-1]].body)
            corner = self.canvas_scene.nodes[chosen[-1]].body.topRight()
            at = self.mapFromScene(corner + QPointF(24, 0))
        else:
            at = middle - QPoint(self.popup.width() // 2, self.popup.height() // 2)
        self._search.after_selection(at, self.mapToScene(middle))

    def _after_search(self) -> None:
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        for node in self.canvas_scene.chosen():
            self.camera.reveal(self.canvas_scene.nodes[node].body)

    def rename(self, node: NodeId) -> None:
        """Edit a node's name in place."""
        self.camera.reveal(self.canvas_scene.nodes[node].body)
        body = self.mapFromScene(self.canvas_scene.nodes[node].body).boundingRect()
        corner = self.viewport().mapTo(self, body.topLeft())
        place = QRect(corner.x(), corner.y(), max(body.width(), 140), 28)
        name = self.document.graph.node(node).name
        self.name_editor.open_over(place, name, lambda new: self.operations.rename(node, new))

    def look_inside(self, node: NodeId) -> None:
        """Show what a block is made of: the definition of one's own to edit, a built-in one's expansion to look at."""
        value = self.document.graph.node(node)
        own = value.type in self.document.project.blocks
        place = Place(value.type) if own else self.document.place.into(node)
        if self.document.exists(place):
            self.document.show(place)
        else:
            at = self.mapFromScene(self.canvas_scene.nodes[node].body.center())
            self.say(f"{value.name} has nothing inside yet: its inputs are not connected, or do not fit.", at)

    def _below_editor(self) -> QPoint:
        return self.name_editor.geometry().bottomLeft()

    def _on_theme(self) -> None:
        self.canvas_scene.show_ink(Ink(self._theme, self.font()))
        self._refresh_legend()
        self.minimap.update()
