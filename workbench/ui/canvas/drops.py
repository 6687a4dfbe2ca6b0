"""Layers dragged here from the palette: onto empty canvas, or into a wire."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF
from PySide6.QtWidgets import QGraphicsPathItem

from workbench.graph import NodeId
from workbench.layers import NodeType
from workbench.ui import mime
from workbench.ui.canvas.connections import can_insert
from workbench.ui.canvas.geometry import NODE_HEIGHT, NODE_WIDTH, snap
from workbench.ui.canvas.gestures.move import DROP_REACH
from workbench.ui.canvas.operations import Operations
from workbench.ui.canvas.painting import node_outline
from workbench.ui.canvas.scene import CanvasScene
from workbench.ui.canvas.wire_item import WireItem


class LayerDrop:
    """Follows one drag over the canvas."""

    def __init__(self, scene: CanvasScene, operations: Operations) -> None:
        self._scene = scene
        self._operations = operations
        self._wire: WireItem | None = None
        self._ghost: QGraphicsPathItem | None = None

    def layer(self, data: QMimeData) -> NodeType | None:
        """The layer type that is dragged, or None for anything else."""
        if not data.hasFormat(mime.LAYER):
            return None
        key = bytes(data.data(mime.LAYER).data()).decode("utf-8", "replace")
        return self._scene.document.graph_analysis.catalogue.get(key)

    def hover(self, layer: NodeType | None, place: QPointF) -> None:
        """Show where the node would stand, and mark the wire that it would go into."""
        self._show_ghost(layer, place)
        wire = self._scene.wire_at(place, DROP_REACH) if can_insert(layer) else None
        if self._wire is not None and self._wire is not wire:
            self._wire.offer_drop(False)
        self._wire = wire
        if wire is not None:
            wire.offer_drop(True)

    def leave(self) -> None:
        """The drag went elsewhere."""
        self.hover(None, QPointF())

    def drop(self, layer: NodeType, place: QPointF) -> NodeId:
        """Add the layer, in one step."""
        self.hover(layer, place)
        wire = self._wire
        self.leave()
        if wire is not None:
            return self._operations.add_into(layer, wire.wire, place)
        return self._operations.add_at(layer, place)

    def _show_ghost(self, layer: NodeType | None, place: QPointF) -> None:
        """An empty outline on the grid while the drag is over the canvas."""
        if layer is None:
            if self._ghost is not None:
                self._scene.removeItem(self._ghost)
                self._ghost = None
            return
        if self._ghost is None:
            self._ghost = QGraphicsPathItem(node_outline(NODE_HEIGHT))
            self._ghost.setPen(self._scene.ink.band)
            self._ghost.setBrush(self._scene.ink.band_fill)
            self._ghost.setZValue(5)
            self._scene.addItem(self._ghost)
        self._ghost.setPos(snap(place.x() - NODE_WIDTH / 2), snap(place.y() - NODE_HEIGHT / 2))
