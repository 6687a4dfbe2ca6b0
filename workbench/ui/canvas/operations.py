"""What the canvas does to the document: each call is one undoable step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QGuiApplication

from workbench.graph import NodeId, Wire, edits
from workbench.graph.layout import COLUMN, layered
from workbench.layers import NodeType
from workbench.project import Pasted, copy_nodes, paste_nodes
from workbench.ui.canvas import connections
from workbench.ui.canvas.geometry import GRID, NODE_HEIGHT, NODE_WIDTH, PortRef, Position, free_place, snap_all
from workbench.ui.canvas.scene import CanvasScene

_PASTE_STEP = 4 * GRID


class Operations:
    """Changes of the graph that is shown. Methods that add nodes select them."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._document = scene.document

    # -- selecting
    def select(self, ids: Iterable[NodeId]) -> None:
        """Make these nodes the selection; unknown ids are left out."""
        wanted = set(ids)
        self._scene.blockSignals(True)
        self._scene.clearSelection()
        for node in wanted & self._scene.nodes.keys():
            self._scene.nodes[node].setSelected(True)
        self._scene.blockSignals(False)
        self._scene.selectionChanged.emit()

    # -- adding
    def add_at(self, layer: NodeType, middle: QPointF) -> NodeId:
        """A node with its middle at a place."""
        return self._add(layer, (middle.x() - NODE_WIDTH / 2, middle.y() - NODE_HEIGHT / 2), ())

    def add_beside(self, layer: NodeType, middle: QPointF) -> NodeId:
        """A node after the selected ones, fed by them where that fits; at `middle` when nothing is selected."""
        chosen = self._scene.chosen()
        if not chosen:
            corner = (middle.x() - NODE_WIDTH / 2, middle.y() - NODE_HEIGHT / 2)
            return self._add(layer, free_place(corner, self._taken()), ())
        bodies = [self._scene.nodes[node].body for node in chosen]
        wanted = (max(body.left() for body in bodies) + COLUMN, bodies[0].top())
        return self._add(layer, free_place(wanted, self._taken()), self.feeders(layer))

    def feeders(self, layer: NodeType) -> list[PortRef]:
        """The selected nodes' outputs that a new layer of this type would be wired to."""
        if not layer.inputs:
            return []
        chosen = self._scene.chosen()
        if len(chosen) > 1 and not layer.inputs[0].variadic:
            return []
        analysis = self._document.graph_analysis
        ports = [connections.best_port(analysis, node, is_output=True) for node in chosen]
        sources = [port for port in ports if port is not None]
        specs = [analysis.report(port.node).outputs.get(port.name) for port in sources]
        known = [spec for spec in specs if spec is not None]
        if len(known) == len(sources) and analysis.misfit(layer, known):
            return []
        return sources

    def add_fed_by(self, layer: NodeType, source: PortRef, end: QPointF) -> NodeId:
        """A node whose first input is where a wire from `source` was let go."""
        return self._add(layer, (end.x(), end.y() - NODE_HEIGHT / 2), [source])

    def add_feeding(self, layer: NodeType, target: PortRef, end: QPointF) -> NodeId:
        """A node whose first output is where a wire into `target` was let go."""
        corner = (end.x() - NODE_WIDTH, end.y() - NODE_HEIGHT / 2)
        node = connections.new_node(self._document.graph, layer, self._snapped(corner))
        self._document.edit(connections.add_before(self._document.graph_analysis, node, layer, target))
        self.select([node.id])
        return node.id

    def add_into(self, layer: NodeType, wire: Wire, middle: QPointF) -> NodeId:
        """A node put into a wire."""
        corner = (middle.x() - NODE_WIDTH / 2, middle.y() - NODE_HEIGHT / 2)
        node = connections.new_node(self._document.graph, layer, self._snapped(corner))
        self._document.edit(connections.insert(node, layer, wire, edits.Add((node,))))
        self.select([node.id])
        return node.id

    def _add(self, layer: NodeType, corner: Position, sources: Sequence[PortRef]) -> NodeId:
        node = connections.new_node(self._document.graph, layer, self._snapped(corner))
        self._document.edit(connections.add_after(node, layer, sources))
        self.select([node.id])
        return node.id

    def _taken(self) -> list[Position]:
        return [node.position for node in self._document.graph]

    def _snapped(self, corner: Position) -> Position:
        return snap_all({NodeId(""): corner})[NodeId("")]

    # -- wires
    def connect(self, wire: Wire, instead_of: Wire | None = None) -> None:
        """Draw a wire, in place of one that was picked up."""
        self._document.edit(connections.connect(self._document.graph_analysis, wire, instead_of))

    def disconnect(self, wire: Wire) -> None:
        """Take a wire away."""
        graph = self._document.graph
        label = f"Disconnect {graph.node(wire.source).name} from {graph.node(wire.target).name}"
        self._document.edit(edits.Remove(wires=(wire,), label=label))

    def insertable(self, node: NodeId) -> bool:
        """True for a node without wires that a wire could run through."""
        graph = self._document.graph
        layer = self._document.graph_analysis.catalogue.get(graph.node(node).type)
        return connections.can_insert(layer) and not graph.topology.degree(node)

    def insert(self, node: NodeId, wire: Wire, position: Position) -> None:
        """Move a node that has no wires into a wire."""
        value = self._document.graph.node(node)
        layer = self._document.graph_analysis.catalogue[value.type]
        moved = edits.move(self._document.graph, snap_all({node: position}))
        self._document.edit(connections.insert(value, layer, wire, moved))

    # -- nodes
    def move(self, positions: Mapping[NodeId, Position]) -> None:
        """Put nodes elsewhere, on the grid; nothing happens when they are there already."""
        snapped = snap_all(positions)
        changed = {node: place for node, place in snapped.items() if self._document.graph.node(node).position != place}
        if changed:
            self._document.edit(edits.move(self._document.graph, changed))
        else:
            self._scene.put(snapped)

    def auto_layout(self) -> None:
        """Lay the whole graph out anew."""
        positions = layered(self._document.graph)
        graph = self._document.graph
        changed = {node: place for node, place in positions.items() if graph.node(node).position != place}
        if changed:
            edit = edits.move(graph, changed)
            self._document.edit(edits.Update(edit.nodes, "Lay out"))

    def delete(self) -> None:
        """Remove the selected nodes with their wires, and the selected wires."""
        nodes, wires = self._scene.chosen(), self._scene.chosen_wires()
        if nodes or wires:
            self._document.edit(
                edits.Remove(tuple(nodes), tuple(wires), self._naming("Delete", nodes) or "Delete wire")
            )

    def rename(self, node: NodeId, name: str) -> str:
        """Give a node another name; returns why it may not have it, or an empty text."""
        graph = self._document.graph
        if name == graph.node(node).name:
            return ""
        problem = _name_problem(name)
        if not problem and graph.find_name(name) is not None:
            problem = f"Another layer is called {name}. Names must be different."
        if not problem:
            self._document.edit(edits.rename(graph, node, name))
        return problem

    def set_trainable(self, trainable: bool) -> None:
        """Freeze or thaw the selected nodes."""
        graph = self._document.graph
        changed = [node for node in self._scene.chosen() if graph.node(node).trainable is not trainable]
        if changed:
            self._document.edit(edits.set_trainable(graph, changed, trainable))

    # -- clipboard
    def copy(self) -> None:
        """Put the selected nodes, with the wires among them, on the system's clipboard."""
        if self._scene.chosen():
            QGuiApplication.clipboard().setText(self._fragment())

    def cut(self) -> None:
        """Copy, then remove in one step."""
        nodes = self._scene.chosen()
        if nodes:
            self.copy()
            self._document.edit(edits.Remove(tuple(nodes), label=self._naming("Cut", nodes)))

    def paste(self, visible: QRectF) -> bool:
        """Add what is on the clipboard; False when that is not a part of a network."""
        return self._insert_fragment(QGuiApplication.clipboard().text(), visible, "")

    def duplicate(self, visible: QRectF) -> None:
        """Add a copy of the selected nodes; the clipboard stays as it is."""
        nodes = self._scene.chosen()
        if nodes:
            self._insert_fragment(self._fragment(), visible, self._naming("Duplicate", nodes))

    def _fragment(self) -> str:
        return copy_nodes(self._document.graph_analysis, self._scene.chosen(), self._document.project.blocks)

    def _insert_fragment(self, text: str, visible: QRectF, label: str) -> bool:
        """Add a fragment beside its original, or in the middle of the view when that is out of sight."""
        plain = self._pasted(text)
        if plain is None:
            return False
        nodes = plain.nodes.nodes
        left, top = (min(node.position[axis] for node in nodes) for axis in (0, 1))
        x, y = left + _PASTE_STEP, top + _PASTE_STEP
        if not visible.contains(QPointF(x, y)):
            x, y = visible.center().x(), visible.center().y()
        corners = set(self._taken())
        (x, y) = self._snapped((x, y))
        while any((node.position[0] + x - left, node.position[1] + y - top) in corners for node in nodes):
            x, y = x + _PASTE_STEP, y + _PASTE_STEP
        pasted = self._pasted(text, (x - left, y - top))
        assert pasted is not None  # the same text was a fragment a moment ago
        added = edits.Add(pasted.nodes.nodes, pasted.nodes.wires, label or pasted.nodes.label)
        self._document.edit(added, *pasted.blocks)
        self.select([node.id for node in added.nodes])
        return True

    def _pasted(self, text: str, offset: Position = (0.0, 0.0)) -> Pasted | None:
        return paste_nodes(self._document.project, self._document.graph, text, offset)

    def _naming(self, verb: str, nodes: Sequence[NodeId]) -> str:
        if not nodes:
            return ""
        return f"{verb} {self._document.graph.node(nodes[0]).name if len(nodes) == 1 else f'{len(nodes)} nodes'}"


def _name_problem(name: str) -> str:
    if not name:
        return "A layer needs a name."
    if "/" in name:
        return "Expected a name without '/': Keras does not allow it."
    return ""
