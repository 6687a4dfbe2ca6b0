"""The open network beside another one, on the canvas: what is added, changed and gone, and how far weights moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from workbench.graph import Graph, NodeId
from workbench.project import Change, Project
from workbench.project.compare import GraphDiff, NodeChange, compare_graphs
from workbench.project.compare.graphs import match_nodes
from workbench.ui import quantities
from workbench.ui.canvas import CanvasView
from workbench.ui.canvas.look import type_label
from workbench.ui.canvas.measures import DiffOverlay, Ghost, Measure, decades
from workbench.ui.document import Document, only_moves
from workbench.ui.notices import Level, Notice, NoticeBoard
from workbench.ui.overlay_menu import OverlayMenu
from workbench.ui.session import Session

if TYPE_CHECKING:
    from workbench.project.compare.weights import LayerDistance
    from workbench.ui.panels.runs.comparison import Compared

_TOPIC = "comparison"
_TITLE = "Weights moved"


@dataclass(frozen=True)
class Other:
    """The network that the open one is compared with: the earlier of the two, and the distance of each layer's
    weights from there to the open one, none where a side has no weights."""

    name: str
    project: Project
    distances: tuple[LayerDistance, ...] = ()


class ModelComparison(QObject):
    """Shows a comparison until it is left: by Escape, by its notice, by another overlay or another project."""

    def __init__(
        self, session: Session, canvas: CanvasView, overlays: OverlayMenu, board: NoticeBoard, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session = session
        document = self._document = canvas.document
        self._canvas = canvas
        self._overlays = overlays
        self._board = board
        self.other: Other | None = None
        canvas.comparison_left.connect(self.leave)
        canvas.overlay_shown.connect(self._on_overlay)
        document.replaced.connect(self.leave)
        document.shown.connect(self._show)
        document.changed.connect(self._on_change)

    def open(self, compared: Compared) -> None:
        """The open project beside another; where neither of the two is open, the later one is opened first."""
        if compared.after is None or self._session.start(compared.after):
            self.show(Other(compared.comparison.before, compared.before, compared.comparison.weights))
            self._canvas.fit()

    def show(self, other: Other) -> None:
        """Begins to show how the open network differs from another."""
        self.other = other
        self._show()
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Back to the network alone."""
        if self.other is not None:
            self.other = None
            self._board.withdraw(_TOPIC)
            self._overlays.go_back()

    def _on_overlay(self, overlay: object) -> None:
        if self.other is not None and not isinstance(overlay, DiffOverlay):
            self.other = None
            self._board.withdraw(_TOPIC)

    def _on_change(self, change: Change) -> None:
        if not only_moves(change):
            self._show()

    def _show(self) -> None:
        other = self.other
        if other is None:
            return
        if self._document.place.inside:
            self._canvas.show_overlay(DiffOverlay(_TITLE, {}))
            return
        before = earlier_graph(other.project, self._document)
        diff = compare_graphs(before, self._document.graph, self._document.catalogue)
        distances = _by_node(other.distances, self._document.graph)
        largest = max((value for value in distances.values() if value), default=None)
        marks = {
            node.id: _distance(distances[node.id], largest) for node in self._document.graph if node.id in distances
        }
        marks |= {each.after.id: Measure(_changed(each), 0, "changed") for each in diff.changed}
        marks |= {node.id: Measure("added", 0, "added") for node in diff.added}
        self._canvas.show_overlay(
            DiffOverlay(_TITLE, marks, tuple(self._ghosts(before, diff)), largest, _share(largest or 0))
        )
        self._board.post(
            Notice(Level.INFO, _told(other, diff, largest), buttons=(("Leave", self.leave),), topic=_TOPIC)
        )

    def _ghosts(self, before: Graph, diff: GraphDiff) -> Iterator[Ghost]:
        pairs = match_nodes(before, self._document.graph)
        for node in diff.removed:
            sources = (pairs.get(wire.source, wire.source) for wire in before.wires_into(node.id))
            targets = (pairs.get(wire.target, wire.target) for wire in before.wires_from(node.id))
            label = type_label(self._document.catalogue.get(node.type), node)
            yield Ghost(node, label, tuple(dict.fromkeys(sources)), tuple(dict.fromkeys(targets)))


def earlier_graph(project: Project, document: Document) -> Graph:
    """The graph of the other project that the shown one is to be compared with; an empty one where it has none."""
    name = document.graph.name
    if name in project.graphs or name in project.blocks:
        return project.graph(name)
    if name in document.project.graphs and len(project.graphs) == len(document.project.graphs) == 1:
        return next(iter(project.graphs.values()))
    return Graph(name)


def _by_node(distances: tuple[LayerDistance, ...], graph: Graph) -> Mapping[NodeId, float | None]:
    """The largest relative distance in each drawn node; None for weights that cannot be compared."""
    found: dict[NodeId, float | None] = {}
    for layer in distances:
        node = NodeId(layer.path.partition("/")[0])
        if layer.kind == "removed" or node not in graph:
            continue
        known, value = found.get(node), layer.relative
        found[node] = value if known is None else known if value is None else max(known, value)
    return found


def _distance(value: float | None, largest: float | None) -> Measure:
    if value is None:
        return Measure("weights of another shape", 0)
    if not value or not largest:
        return Measure("the same weights", 0)
    return Measure(f"weights moved {_share(value)}", decades(value, largest))


def _share(value: float) -> str:
    return f"{value:.0%}" if value >= 0.1 else f"{value:.2g}" if value < 1e-4 else f"{value:.2%}"


def _changed(change: NodeChange) -> str:
    first, more = change.changes[0], len(change.changes) - 1
    name = first.place.removeprefix("params.").replace("_", " ")
    rest = f" and {more} more" if more else ""
    return f"{name} {_value(first.before)} → {_value(first.after)}{rest}"


def _value(value: object) -> str:
    return "×".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _told(other: Other, diff: GraphDiff, largest: float | None) -> str:
    counts = (("added", diff.added), ("changed", diff.changed), ("gone", diff.removed))
    parts = [f"{quantities.counted(len(nodes), 'layer')} {what}" for what, nodes in counts if nodes]
    parts += [] if largest is None else [f"weights moved by up to {_share(largest)} of their length"]
    return f"Compared with {other.name}: {', '.join(parts) or 'the same network'}. Esc leaves the comparison."
