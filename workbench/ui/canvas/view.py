"""The canvas, as the window knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, QPointF, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QWidget

from workbench.graph import NodeId
from workbench.ui.canvas import connections
from workbench.ui.canvas.interaction import InteractiveView
from workbench.ui.canvas.menu import SEPARATOR, Row, context_menu
from workbench.ui.document import Document
from workbench.ui.places import Place, is_block
from workbench.ui.theme import Theme

NO_SUCH_TYPE = "The plugin of this layer does not work: see Tools › Plugins."


class CanvasView(InteractiveView):
    """Draws and edits the document's graph. Every change is one undoable step of the document."""

    head_asked = Signal()
    """Another head is wanted on the network that is shown."""
    activations_asked = Signal(str)
    """The id of the node whose output somebody wants to see."""
    selection_changed = Signal(list)
    """Ids of the selected nodes."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(document, theme, parent)
        self.setAccessibleName("Canvas")
        self.canvas_scene.selectionChanged.connect(self._on_selection)
        document.replaced.connect(self._on_replaced)
        document.shown.connect(self._on_shown)
        document.refused.connect(self._on_refused)
        self._place = document.place
        self._seen: dict[Place, tuple[float, QPointF]] = {}

    # -- selection
    def select(self, ids: Iterable[NodeId]) -> None:
        """Make these nodes the selection."""
        self.operations.select(ids)

    def select_all(self) -> None:
        """Select every node."""
        self.operations.select(self.canvas_scene.nodes)

    def select_after(self) -> None:
        """Go along a wire to the next node."""
        self._step(lambda node: [wire.target for wire in self.document.graph.wires_from(node)])

    def select_before(self) -> None:
        """Go along a wire to the node before."""
        self._step(lambda node: [wire.source for wire in self.document.graph.wires_into(node)])

    def _step(self, neighbours: Callable[[NodeId], list[NodeId]]) -> None:
        chosen = self.canvas_scene.chosen() or sorted(self.canvas_scene.nodes, key=self._reading_order)[:1]
        near = [other for node in chosen[-1:] for other in neighbours(node)] or chosen[-1:]
        if near:
            self.operations.select(near[:1])
            self.camera.reveal(self.canvas_scene.nodes[near[0]].body)

    def _reading_order(self, node: NodeId) -> tuple[float, float]:
        item = self.canvas_scene.nodes[node]
        return item.y(), item.x()

    def center_on(self, node: NodeId) -> None:
        """Bring a node to the middle, large enough to read."""
        item = self.canvas_scene.nodes.get(node)
        if item is not None:
            if self.camera.zoom < 0.75:
                self.camera.zoom_by(1.0 / self.camera.zoom)
            self.look_at(item.body.center())

    # -- editing
    def add_layer(self, type_key: str) -> NodeId | None:
        """Add a layer after the selected ones, wired to them where that fits; in the middle when none is selected.

        None where its plugin does not work.
        """
        layer = self.document.catalogue.get(type_key)
        if layer is None:
            self.say(NO_SUCH_TYPE, self._pointer_place(), refusal=True)
            return None
        node = self.operations.add_beside(layer, self.camera.seen().center())
        if node in self.canvas_scene.nodes:
            self.camera.reveal(self.canvas_scene.nodes[node].body)
        return node

    def copy(self) -> None:
        """Copy the selected nodes to the clipboard."""
        self.operations.copy()

    def cut(self) -> None:
        """Copy and remove the selected nodes."""
        self.operations.cut()

    def paste(self) -> None:
        """Add what is on the clipboard, or say that it is no part of a network."""
        if not self.operations.paste(self.camera.seen()):
            self.say("The clipboard holds no layers. Copy some from a canvas first.", self._pointer_place())

    def duplicate(self) -> None:
        """Add a copy of the selected nodes."""
        self.operations.duplicate(self.camera.seen())

    def delete_selection(self) -> None:
        """Remove the selected nodes and wires."""
        self.operations.delete()

    def connect_selected(self) -> None:
        """Draw a wire between two selected nodes, from the left one to the right one."""
        chosen = self.canvas_scene.chosen()
        analysis = self.document.graph_analysis
        ports = [connections.best_port(analysis, node, index == 0) for index, node in enumerate(chosen)]
        if len(ports) != 2 or ports[0] is None or ports[1] is None:
            self.say("Select a layer with an output and one with an input to connect them.", self._pointer_place())
            return
        verdict = connections.judge(analysis, ports[0], ports[1])
        if verdict.wire and verdict.allowed:
            self.operations.connect(verdict.wire)
        text = verdict.refusal or verdict.notice
        if text:
            self.say(text, self._pointer_place(), refusal=not verdict.allowed)

    def rename_selected(self) -> None:
        """Edit the name of the selected node in place."""
        chosen = self.canvas_scene.chosen()
        if len(chosen) == 1:
            self.rename(chosen[0])

    def enter_selected(self) -> None:
        """Look inside the selected block; of a layer, edit the name."""
        chosen = self.canvas_scene.chosen()
        if len(chosen) == 1 and is_block(self.document.graph_analysis, chosen[0]):
            self.look_inside(chosen[0])
        else:
            self.rename_selected()

    def leave(self) -> None:
        """Back from inside a block to where it is used."""
        place = self.document.place
        if place.inside:
            self.document.show(Place(place.graph, place.inside[:-1]))
            self.select(place.inside[-1:])
        elif place.is_definition:
            self.document.show(self.document.root)

    def auto_layout(self) -> None:
        """Lay the graph out anew and show all of it."""
        self.operations.auto_layout()
        self.fit()

    # -- following
    def _on_selection(self) -> None:
        chosen = self.canvas_scene.chosen()
        if len(chosen) == 1:
            look = self.canvas_scene.nodes[chosen[0]].look
            self.setAccessibleDescription(f"{look.name}, {look.category}, {look.summary}, {look.cost}")
        else:
            self.setAccessibleDescription(f"{len(chosen)} layers selected")
        self.selection_changed.emit(chosen)

    def _on_replaced(self) -> None:
        self._seen.clear()
        self._show_anew()
        self.fit()

    def _on_shown(self) -> None:
        """Each graph is seen again as it was left."""
        if self._place == self.document.place:
            self._show_anew()
            return
        self._seen[self._place] = (self.camera.zoom, self.camera.seen().center())
        self._show_anew()
        seen = self._seen.get(self._place)
        if seen is None:
            self.fit()
        else:
            self.camera.zoom_by(seen[0] / self.camera.zoom)
            self.look_at(seen[1])

    def _show_anew(self) -> None:
        self._place = self.document.place
        self.drop_gesture()
        for overlay in (self.popup, self.name_editor, self.card, self.notice):
            overlay.hide()
        self.canvas_scene.rebuild()
        self._refresh_overlays()
        self._on_selection()

    def _on_refused(self, text: str) -> None:
        """What was moved or drawn goes back, and the reason is told."""
        self.canvas_scene.put_back(self.canvas_scene.nodes)
        self.say(text, self._pointer_place(), refusal=True)

    def _pointer_place(self) -> QPoint:
        return self.viewport().rect().center()

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
            ("Connect", self.connect_selected, len(chosen) == 2),
            (
                "Look inside",
                self.enter_selected,
                len(chosen) == 1 and is_block(self.document.graph_analysis, chosen[0]),
            ),
            ("Show activations", lambda: self.activations_asked.emit(chosen[0]), len(chosen) == 1),
            ("Rename", self.rename_selected, len(chosen) == 1),
            ("Replace the head…", self.head_asked.emit, self.document.place.is_network),
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
