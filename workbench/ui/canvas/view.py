"""The canvas: what the window calls, and what floats over the view."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from workbench.graph import NodeId
from workbench.ui.canvas.geometry import PortRef
from workbench.ui.canvas.ink import Ink
from workbench.ui.canvas.interaction import InteractiveView
from workbench.ui.canvas.layer_search import LayerSearch
from workbench.ui.canvas.menu import SEPARATOR, Row, context_menu
from workbench.ui.canvas.minimap import Minimap
from workbench.ui.canvas.name_editor import NameEditor
from workbench.ui.canvas.overlays import Card, EmptyHint, Notice, card_html
from workbench.ui.canvas.scene import CanvasScene
from workbench.ui.canvas.search import SearchPopup
from workbench.ui.document import Document
from workbench.ui.theme import Theme

_CORNER = 12
_REFRESH_MS = 60
"""Changes that come faster than this are shown in the minimap together."""


class CanvasView(InteractiveView):
    """Draws and edits the document's graph. Every change is one undoable step of the document."""

    selection_changed = Signal(list)
    """Ids of the selected nodes."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(CanvasScene(document, Ink(theme, QWidget().font())), parent)
        self.document = document
        self._theme = theme
        scene = self.canvas_scene
        self.notice = Notice(theme, self)
        self.card = Card(theme, self)
        self.hint = EmptyHint(self)
        self.minimap = Minimap(scene, self)
        self.popup = SearchPopup(theme, self)
        self.name_editor = NameEditor(self, lambda problem: self.say(problem, self._below_editor(), refusal=True))
        self._search = LayerSearch(self.popup, scene, self.operations)
        self.setAccessibleName("Canvas")
        self.popup.chosen.connect(lambda _: self._after_search())
        self.popup.dismissed.connect(self.setFocus)
        self.minimap.wanted.connect(self._look_at)
        scene.selectionChanged.connect(self._on_selection)
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(_REFRESH_MS)
        self._refresh_timer.timeout.connect(self._refresh_overlays)
        scene.changed.connect(self._refresh_soon)
        document.replaced.connect(self._on_replaced)
        theme.changed.connect(self._on_theme)
        self._minimap_wanted = True
        self._refresh_overlays()

    # -- what the window calls
    def select(self, ids: Iterable[NodeId]) -> None:
        """Make these nodes the selection."""
        self.operations.select(ids)

    def center_on(self, node: NodeId) -> None:
        """Bring a node to the middle, large enough to read."""
        item = self.canvas_scene.nodes.get(node)
        if item is not None:
            if self.camera.zoom < 0.75:
                self.camera.zoom_by(1.0 / self.camera.zoom)
            self._look_at(item.body.center())

    def add_layer(self, type_key: str) -> NodeId:
        """Add a layer after the selected ones, wired to them where that fits; in the middle when none is selected."""
        layer = self.document.graph_analysis.catalogue[type_key]
        node = self.operations.add_beside(layer, self.camera.seen().center())
        self.camera.reveal(self.canvas_scene.nodes[node].body)
        return node

    def auto_layout(self) -> None:
        """Lay the graph out anew and show all of it."""
        self.operations.auto_layout()
        self.fit()

    def paste(self) -> None:
        """Add what is on the clipboard, or say that it is no part of a network."""
        if not self.operations.paste(self.camera.seen()):
            self.say("The clipboard holds no layers. Copy some from a canvas first.", self._pointer_place())

    def rename_selected(self) -> None:
        """Edit the name of the selected node in place."""
        chosen = self.canvas_scene.chosen()
        if len(chosen) == 1:
            self.rename(chosen[0])

    def rename(self, node: NodeId) -> None:
        """Edit a node's name in place."""
        self.camera.reveal(self.canvas_scene.nodes[node].body)
        body = self.mapFromScene(self.canvas_scene.nodes[node].body).boundingRect()
        corner = self.viewport().mapTo(self, body.topLeft())
        place = QRect(corner.x(), corner.y(), max(body.width(), 140), 28)
        name = self.document.graph.node(node).name
        self.name_editor.open_over(place, name, lambda new: self.operations.rename(node, new))

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

    def toggle_minimap(self) -> None:
        """Show or hide the overview in the corner; it is there only while some nodes are out of sight."""
        self._minimap_wanted = not self._minimap_wanted
        self._refresh_overlays()

    # -- what gestures call
    def say(self, text: str, at: QPoint, *, refusal: bool = False) -> None:
        """Show a short message beside a point of the view."""
        self.card.hide()
        self.notice.show_text(text, at, refusal=refusal)

    def hush(self) -> None:
        """Take the message away."""
        self.notice.hide()

    def search_at(self, view: QPoint) -> None:
        """Search for a layer to add at a point of the view."""
        self._search.at(view, self.mapToScene(view))

    def search_for_wire(self, port: PortRef, place: QPointF) -> None:
        """Search for a layer for the open end of a wire."""
        self._search.for_wire(self.mapFromScene(place), place, port)

    # -- following
    def show_card(self, node: NodeId | None, at: QPoint) -> None:
        """Tell all that is known of a node; None takes the card away."""
        if node is None or node not in self.canvas_scene.nodes or not self.popup.isHidden():
            self.card.hide()
            return
        problems = self.canvas_scene.problems_of(node)
        self.hush()
        self.card.show_text(card_html(self.document.graph_analysis, node, problems), at)

    def _on_selection(self) -> None:
        chosen = self.canvas_scene.chosen()
        if len(chosen) == 1:
            look = self.canvas_scene.nodes[chosen[0]].look
            self.setAccessibleDescription(f"{look.name}, {look.category}, {look.summary}, {look.cost}")
        else:
            self.setAccessibleDescription(f"{len(chosen)} layers selected")
        self.selection_changed.emit(chosen)

    def _on_replaced(self) -> None:
        self.drop_gesture()
        self.popup.hide()
        self.name_editor.hide()
        self.card.hide()
        self.hush()
        self.fit()
        self._on_selection()

    def _on_theme(self) -> None:
        self.canvas_scene.show_ink(Ink(self._theme, self.font()))
        self.minimap.update()

    def _after_search(self) -> None:
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        for node in self.canvas_scene.chosen():
            self.camera.reveal(self.canvas_scene.nodes[node].body)

    def _look_at(self, place: QPointF) -> None:
        self.camera.look_at(place)
        self.on_moved()

    def _refresh_soon(self) -> None:
        if not self._refresh_timer.isActive():
            self._refresh_timer.start()

    def _refresh_overlays(self) -> None:
        bounds = self.canvas_scene.bounds()
        self.hint.setVisible(not bounds.isValid())
        all_seen = not bounds.isValid() or self.camera.seen().contains(bounds)
        self.minimap.setVisible(self._minimap_wanted and not all_seen)
        self.minimap.update()

    def _below_editor(self) -> QPoint:
        return self.name_editor.geometry().bottomLeft()

    def _pointer_place(self) -> QPoint:
        return self.viewport().rect().center()

    def on_moved(self) -> None:
        """What is seen has changed."""
        self.card.hide()
        self.minimap.show_seen(self.camera.seen())
        self._refresh_soon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.hint.fill()
        corner = self.viewport().geometry().bottomRight()
        self.minimap.move(corner - QPoint(self.minimap.width() + _CORNER, self.minimap.height() + _CORNER))
        self.on_moved()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.drop_gesture()
        node = self.canvas_scene.node_at(self.mapToScene(event.pos()))
        if node is not None and not node.isSelected():
            self.select([node.node])
        context_menu(self, self._menu_rows(event.pos())).popup(event.globalPos())

    def _menu_rows(self, at: QPoint) -> Iterable[Row]:
        chosen = self.canvas_scene.chosen()
        frozen = bool(chosen) and all(not self.document.graph.node(node).trainable for node in chosen)
        wires = self.canvas_scene.chosen_wires()
        return (
            ("Add layer…", lambda: self.search_at(at), True),
            SEPARATOR,
            ("Rename", self.rename_selected, len(chosen) == 1),
            ("Thaw" if frozen else "Freeze", lambda: self.operations.set_trainable(frozen), bool(chosen)),
            ("Duplicate", self.duplicate, bool(chosen)),
            ("Delete", self.delete_selection, bool(chosen or wires)),
            SEPARATOR,
            ("Copy", self.copy, bool(chosen)),
            ("Cut", self.cut, bool(chosen)),
            ("Paste", self.paste, True),
            SEPARATOR,
            ("Lay out", self.auto_layout, bool(self.canvas_scene.nodes)),
            ("Fit", self.fit, bool(self.canvas_scene.nodes)),
        )
