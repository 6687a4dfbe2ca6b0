"""What the search on the canvas is opened for: a place, the nodes that are selected, or the open end of a wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QPointF

from workbench.graph import NodeId
from workbench.layers import Catalogue, NodeType
from workbench.ui.canvas.geometry import PortRef
from workbench.ui.canvas.operations import Operations
from workbench.ui.canvas.scene import CanvasScene
from workbench.ui.canvas.search import SearchPopup

Add = Callable[[NodeType], NodeId]


class LayerSearch:
    """Opens the popup and adds what is chosen, each time in the way it was opened for."""

    def __init__(self, popup: SearchPopup, scene: CanvasScene, operations: Operations) -> None:
        self._popup = popup
        self._scene = scene
        self._operations = operations
        self._add: Add | None = None
        popup.chosen.connect(self._chosen)

    def at(self, view: QPoint, place: QPointF) -> None:
        """For a node with its middle at a place."""
        self._open(view, "", self._catalogue().search, lambda layer: self._operations.add_at(layer, place))

    def after_selection(self, view: QPoint, place: QPointF) -> None:
        """For a node after the selected ones; at a place when there are none."""
        names = [self._scene.nodes[node].look.name for node in self._scene.chosen()]
        title = f"After {', '.join(names[:3])}{' …' if len(names) > 3 else ''}" if names else ""
        self._open(view, title, self._catalogue().search, lambda layer: self._operations.add_beside(layer, place))

    def for_wire(self, view: QPoint, place: QPointF, port: PortRef) -> None:
        """For a node that takes, or gives, what a wire let go at a place carries."""
        name = self._scene.nodes[port.node].look.name
        if port.is_output:
            title, find = f"Takes what {name} gives", self._takers(port)
            self._open(view, title, find, lambda layer: self._operations.add_fed_by(layer, port, place))
        else:
            title, find = f"Feeds {name}", self._feeders
            self._open(view, title, find, lambda layer: self._operations.add_feeding(layer, port, place))

    def _open(self, view: QPoint, title: str, find: Callable[[str], Sequence[NodeType]], add: Add) -> None:
        self._add = add
        self._popup.open_at(view, title, find)

    def _chosen(self, key: str) -> None:
        layer = self._catalogue().get(key)
        if layer is not None and self._add is not None:
            self._add(layer)

    def _catalogue(self) -> Catalogue:
        return self._scene.document.offered

    def _takers(self, port: PortRef) -> Callable[[str], list[NodeType]]:
        analysis = self._scene.document.graph_analysis
        spec = analysis.report(port.node).outputs.get(port.name)
        specs = [spec] if spec else []

        def find(text: str) -> list[NodeType]:
            named = (self._catalogue().get(layer.key) for layer in self._catalogue().search(text))
            found = [layer for layer in named if layer is not None and layer.inputs]
            return [layer for layer in found if not specs or analysis.misfit(layer, specs) is None]

        return find

    def _feeders(self, text: str) -> list[NodeType]:
        return [layer for layer in self._catalogue().search(text) if layer.outputs]
