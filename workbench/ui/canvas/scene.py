"""The scene: an item for each node and wire of the graph that is shown, kept in step with the document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from time import perf_counter
from typing import TypeVar

from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from workbench.graph import Node, NodeAdded, NodeChanged, NodeId, NodeRemoved, Wire, WireAdded, WireRemoved
from workbench.project import Change
from workbench.ui.canvas.dots import Dots
from workbench.ui.canvas.geometry import PortRef, Position, may_pass, room_of, wire_path
from workbench.ui.canvas.ghosts import Ghosts
from workbench.ui.canvas.ink import Ink
from workbench.ui.canvas.look import NO_PROBLEMS, NodeLook, Problems, node_look, problems_by_node, wire_look
from workbench.ui.canvas.measures import AnyOverlay, DiffOverlay, Measure, RunStates, measures
from workbench.ui.canvas.neighbourhood import Neighbourhood
from workbench.ui.canvas.node_item import NodeItem
from workbench.ui.canvas.overview import Overview
from workbench.ui.canvas.wire_item import WireItem
from workbench.ui.document import Document

Item = TypeVar("Item", bound=QGraphicsItem)

_MARK_ROOM = 24.0
"""How far the mark of a problem stands out from a node that is seen from afar."""
_AT_ONCE = 150
"""Nodes that are given other looks in one go; more come in slices."""
_SLICE, _SLICE_SECONDS = 20, 0.02
_OVERVIEW_SECONDS = 0.25
"""While slices come in, the overview, which is painted as a whole, follows at this pace."""


class CanvasScene(QGraphicsScene):
    """Follows the document. Nothing here changes it."""

    def __init__(self, document: Document, ink: Ink) -> None:
        super().__init__()
        self.document = document
        self.ink = ink
        self.overview = Overview()
        self.nodes: dict[NodeId, NodeItem] = {}
        self.wires: dict[Wire, WireItem] = {}
        self._standing: Neighbourhood[NodeId] = Neighbourhood()
        self._rooms: Neighbourhood[Wire] = Neighbourhood()
        """Of the wires that may have nodes in their way: where these would be."""
        self._laid_around: dict[NodeId, QRectF] = {}
        """Bodies as they were when the wires that pass them were last laid; a gesture's moves are not in it."""
        self._painted_at = 0.0
        self._chosen: list[NodeId] | None = None
        """What is selected, while it is known: many ask, and selection or places seldom change."""
        self._problems: dict[NodeId, Problems] = {}
        self.overlay: AnyOverlay | None = None
        self.runs: RunStates = {}
        """What the training says of nodes."""
        self._measures: Mapping[NodeId, Measure] = {}
        self.ghosts = Ghosts()
        self._waiting: set[NodeId] = set()
        self._slices = QTimer(self)
        self._slices.timeout.connect(self._say_more)
        self._in_overview = False
        self._dots = Dots()
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        document.changed.connect(self._on_changed)
        document.analysed.connect(self._on_analysed)
        self.selectionChanged.connect(self._look_again)
        self.rebuild()

    # -- asking ----------------------------------------------------------------------------------------------------
    def chosen(self) -> list[NodeId]:
        """Ids of the selected nodes, left to right and top to bottom."""
        if self._chosen is None:
            bodies = {item.node: item.body for item in self.selectedItems() if isinstance(item, NodeItem)}
            self._chosen = sorted(bodies, key=lambda node: (bodies[node].left(), bodies[node].top(), node))
        return list(self._chosen)

    def chosen_wires(self) -> list[Wire]:
        """The selected wires."""
        return sorted(item.wire for item in self.selectedItems() if isinstance(item, WireItem))

    def node_at(self, place: QPointF) -> NodeItem | None:
        """The topmost node whose body is at a place."""
        return next((item for item in self._nodes_near(place, 1) if item.body.contains(place)), None)

    def port_at(self, place: QPointF) -> PortRef | None:
        """The port at a place."""
        found = (item.port_at(place) for item in self._nodes_near(place, 4))
        return next((port for port in found if port is not None), None)

    def wire_at(self, place: QPointF, reach: float) -> WireItem | None:
        """The topmost wire that passes within `reach` of a place."""
        square = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
        return next((item for item in self.items(square) if isinstance(item, WireItem) and item.passes(square)), None)

    def bounds(self) -> QRectF:
        """The rectangle around all nodes, and what a comparison shows beside them; empty when there is none."""
        self.overview.gather(self.nodes.values(), self.wires.values())
        bounds = QRectF(self.overview.bounds)
        for ghost in self.ghosts.items:
            bounds |= ghost.sceneBoundingRect()
        return bounds

    def problems_of(self, node: NodeId) -> Problems:
        """What analysis says is wrong with a node."""
        return self._problems.get(node, NO_PROBLEMS)

    def _nodes_near(self, place: QPointF, reach: float) -> Iterable[NodeItem]:
        square = QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach)
        mode = Qt.ItemSelectionMode.IntersectsItemBoundingRect
        return (item for item in self.items(square, mode) if isinstance(item, NodeItem))

    # -- showing ---------------------------------------------------------------------------------------------------
    def show_ink(self, ink: Ink) -> None:
        """Draw everything in other colours."""
        self.ink = ink
        for item in self.nodes.values():
            item.show_look(item.look, ink)
        for wire in self.wires.values():
            wire.show_look(wire.look, ink)
        self._show_ghosts()
        self.overview.expire()
        self.update()

    def show_as_overview(self, overview: bool) -> None:
        """From afar the background draws all nodes and wires at once, and the items themselves paint nothing."""
        if overview != self._in_overview:
            self._in_overview = overview
            for item in (*self.nodes.values(), *self.wires.values()):
                item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents, overview)
            self.update()

    def put(self, positions: dict[NodeId, Position]) -> None:
        """Show nodes elsewhere while a gesture lasts; the document does not know of it."""
        self._chosen = None
        stale = self._extent(positions)
        for node, (x, y) in positions.items():
            self.nodes[node].place(x, y)
            self._standing.put(node, self.nodes[node].body)
        self._reroute(positions)
        self.overview.expire()
        if self._in_overview:
            self.update(stale | self._extent(positions))

    def put_back(self, nodes: Iterable[NodeId]) -> None:
        """Show nodes where the document has them."""
        graph = self.document.graph
        self.put({node: graph.node(node).position for node in nodes if node in self.nodes and node in graph})

    def offer_ports(self, is_output: bool | None) -> None:
        """Mark all inputs, all outputs, or (None) nothing as ends for a wire in the making."""
        for item in self.nodes.values():
            item.offer(is_output)

    def _extent(self, nodes: Iterable[NodeId]) -> QRectF:
        """All that nodes and their wires paint on, seen from near or afar."""
        extent = QRectF()
        for node in nodes:
            extent |= self.nodes[node].body.adjusted(-_MARK_ROOM, -_MARK_ROOM, _MARK_ROOM, _MARK_ROOM)
        for wire in self._wires_of(nodes):
            extent |= self.wires[wire].boundingRect()
        return extent

    # -- following -------------------------------------------------------------------------------------------------
    def rebuild(self) -> None:
        """Forget everything and show the document's graph."""
        self._slices.stop()
        self._waiting.clear()
        self._chosen = None
        self.clear()
        self.ghosts.forget()
        self.nodes.clear()
        self.wires.clear()
        self._standing.clear()
        self._rooms.clear()
        self._laid_around.clear()
        graph = self.document.graph
        self._problems = problems_by_node(self.document.problems)
        self._measures = measures(self.document.graph_analysis, self.overlay, self.runs)
        for node in graph:
            self._add_node(node.id)
        for wire in graph.wires:
            self._add_wire(wire)
        self._reroute(self.nodes)
        self.overview.expire()

    def _on_changed(self, change: Change) -> None:
        reshaped: set[NodeId] = set()
        moved: set[NodeId] = set()
        for event in self.document.events_of(change):
            match event:
                case NodeAdded(node) if node in self.document.graph:
                    self._add_node(node)
                    moved.add(node)
                case NodeRemoved(node) if node in self.nodes:
                    self.removeItem(self.nodes.pop(node))
                    self._standing.remove(node)
                    moved.add(node)
                case WireAdded(wire) if self.document.graph.has_wire(wire):
                    self._add_wire(wire)
                    reshaped |= {wire.source, wire.target}
                case WireRemoved(wire) if wire in self.wires:
                    self.removeItem(self.wires.pop(wire))
                    self._rooms.remove(wire)
                    reshaped |= {wire.source, wire.target}
                case NodeChanged(node, fields):
                    reshaped.add(node)
                    if "position" in fields:
                        moved.add(node)
                case _:
                    pass
        self._refresh(reshaped)
        self._lay_around(moved)
        self._look_again()

    def _on_analysed(self, ids: frozenset[NodeId]) -> None:
        before, self._problems = self._problems, problems_by_node(self.document.problems)
        known, self._measures = self._measures, measures(self.document.graph_analysis, self.overlay, self.runs)
        ids |= {node for node in {*known, *self._measures} if known.get(node) != self._measures.get(node)}
        differ = {node for node in {*before, *self._problems} if before.get(node) != self._problems.get(node)}
        self._say_again(ids | differ)

    def _say_again(self, ids: Iterable[NodeId]) -> None:
        """Nodes look different where they stand. Of many, those in view come at once and the others soon after."""
        due = set(ids)
        if len(due) > _AT_ONCE:
            seen = [view.mapToScene(view.viewport().rect()).boundingRect() for view in self.views()]
            near = {node for node in due & self.nodes.keys() if any(self.nodes[node].body.intersects(s) for s in seen)}
            self._waiting |= due - near
            due = near if len(near) <= _AT_ONCE else set()
            self._waiting |= near - due
            self._slices.start()
        self._refresh(due, moved=False)
        if not self._waiting:
            self._look_again()

    def _say_more(self) -> None:
        """Another slice of what waits: short enough that the window answers in between."""
        ends = perf_counter() + _SLICE_SECONDS
        while self._waiting and perf_counter() < ends:
            self._refresh([self._waiting.pop() for _ in range(min(_SLICE, len(self._waiting)))], moved=False)
        if not self._waiting:
            self._slices.stop()
        if not self._waiting or perf_counter() > self._painted_at + _OVERVIEW_SECONDS:
            self._look_again()

    def _look(self, node: Node) -> NodeLook:
        look = node_look(self.document.graph_analysis, node, self.problems_of(node.id))
        measure, run = self._measures.get(node.id), self.runs.get(node.id)
        alarm = run.alarm if run else ""
        return replace(look, measure=measure, alarm=alarm) if measure or alarm else look

    def show_overlay(self, overlay: AnyOverlay | None) -> None:
        """Tint nodes by something else, or (None) not at all."""
        self.overlay = overlay
        self._measures = measures(self.document.graph_analysis, overlay, self.runs)
        self._say_again(self.nodes)
        self._show_ghosts()

    def _show_ghosts(self) -> None:
        """What a comparison says is gone."""
        gone = self.overlay.ghosts if isinstance(self.overlay, DiffOverlay) else ()
        self.ghosts.show(self, gone, self.nodes, self.ink)

    def show_runs(self, runs: RunStates) -> None:
        """Show what a training says of nodes now. Only those that look different are painted again."""
        before, self.runs = self.runs, runs
        known, self._measures = self._measures, measures(self.document.graph_analysis, self.overlay, runs)
        alarmed = {node for node in {*before, *runs} if _alarm(before, node) != _alarm(runs, node)}
        differ = {node for node in {*known, *self._measures} if known.get(node) != self._measures.get(node)}
        self._say_again(alarmed | differ)

    def _add_node(self, node: NodeId) -> None:
        if node in self.nodes:
            return
        value = self.document.graph.node(node)
        item = NodeItem(node, self._look(value), self.ink)
        item.place(*value.position)
        self.nodes[node] = self._admit(item)
        self._standing.put(node, item.body)
        self._laid_around[node] = item.body

    def _add_wire(self, wire: Wire) -> None:
        if wire not in self.wires and wire.source in self.nodes and wire.target in self.nodes:
            look = wire_look(self.document.graph_analysis, wire, self.problems_of(wire.target))
            self.wires[wire] = self._admit(WireItem(wire, look, self.ink))

    def _admit(self, item: Item) -> Item:
        item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents, self._in_overview)
        self.addItem(item)
        return item

    def _refresh(self, ids: Iterable[NodeId], *, moved: bool = True) -> None:
        """Take looks and places of nodes, and of the wires that touch them, from the document again.

        Wires are laid anew where nodes `moved` or have other ports.
        """
        graph = self.document.graph
        present = [node for node in ids if node in self.nodes and node in graph]
        reshaped = set(present) if moved else set()
        for node in present:
            value, item = graph.node(node), self.nodes[node]
            look = self._look(value)
            if moved:
                item.place(*value.position)
            if look != item.look:
                if look.shape != item.look.shape:
                    reshaped.add(node)
                item.show_look(look, self.ink)
            if node in reshaped:
                self._standing.put(node, item.body)
        for wire in self._wires_of(present):
            self._refresh_wire(wire)
        self._reroute(reshaped)

    def _look_again(self) -> None:
        """From afar the background must be told what changed; near by, items tell Qt themselves."""
        self._chosen = None
        self.overview.expire()
        self._painted_at = perf_counter()
        if self._in_overview:
            self.update()

    def _refresh_wire(self, wire: Wire) -> None:
        item = self.wires.get(wire)
        if item is not None:
            look = wire_look(self.document.graph_analysis, wire, self.problems_of(wire.target))
            if look != item.look:
                item.show_look(look, self.ink)

    # -- routing ---------------------------------------------------------------------------------------------------
    def _reroute(self, nodes: Iterable[NodeId]) -> None:
        """Lay the wires of some nodes anew."""
        for wire in self._wires_of(nodes):
            self._route(wire)

    def _lay_around(self, moved: Iterable[NodeId]) -> None:
        """Nodes came, went or stand elsewhere: lay the wires anew that one is in the way of, or no longer is."""
        places = [body for node in moved if (body := self._laid_around.pop(node, None)) is not None]
        for node in moved:
            if node in self.nodes:
                places.append(self.nodes[node].body)
                self._laid_around[node] = self.nodes[node].body
        for wire in {wire for place in places for wire in self._rooms.near(place)}:
            self._route(wire)

    def _wires_of(self, nodes: Iterable[NodeId]) -> set[Wire]:
        graph = self.document.graph
        wires = (wire for node in nodes if node in graph for wire in (*graph.wires_into(node), *graph.wires_from(node)))
        return {wire for wire in wires if wire in self.wires}

    def _route(self, wire: Wire) -> None:
        source, target = self.nodes[wire.source], self.nodes[wire.target]
        siblings = [w for w in self.document.graph.wires_into(wire.target) if w.target_port == wire.target_port]
        place = siblings.index(wire) if wire in siblings else 0
        start = source.port_place(wire.source_port, is_output=True)
        end = target.pos() + target.look.shape.wire_end(wire.target_port, place)
        if may_pass(QLineF(start, end)):
            self._rooms.put(wire, room_of(QLineF(start, end)))
        else:
            self._rooms.remove(wire)
        self.wires[wire].run(self.path_between(start, end))

    def path_between(self, start: QPointF, end: QPointF) -> QPainterPath:
        """The way of a wire, around the nodes that stand between its ends."""
        return wire_path(start, end, self._in_the_way(start, end))

    def _in_the_way(self, start: QPointF, end: QPointF) -> list[QRectF]:
        chord = QLineF(start, end)
        return list(self._standing.near(room_of(chord)).values()) if may_pass(chord) else []

    # -- painting --------------------------------------------------------------------------------------------------
    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.fillRect(rect, self.ink.canvas)
        if self._in_overview:
            self.overview.gather(self.nodes.values(), self.wires.values())
            self.overview.paint(painter, self.ink)
        else:
            self._dots.paint(painter, QRectF(rect), self.ink)


def _alarm(runs: RunStates, node: NodeId) -> str:
    return runs[node].alarm if node in runs else ""
