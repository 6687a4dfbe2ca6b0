"""Incremental analysis of one graph: an edit re-infers only what it can reach and stops where nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from heapq import heapify, heappop, heappush

from workbench.analysis.context import AnalysisContext
from workbench.analysis.diagnostics import Diagnostic
from workbench.analysis.graph_checks import CHECKS, Subject
from workbench.analysis.infer import Arrival, check_node, infer_layer, recorded_report, unknown_port
from workbench.analysis.report import UNKNOWN, LayerReport, Totals
from workbench.graph import (
    Graph,
    GraphEvent,
    Node,
    NodeAdded,
    NodeChanged,
    NodeId,
    NodeRemoved,
    Wire,
)
from workbench.layers import CATALOGUE, Catalogue, LayerType, TensorSpec

_MATTERS = frozenset({"type", "params", "trainable", "call_args", "shares"})
"""Fields of a node that its report depends on; a move or a rename needs no inference."""


class GraphAnalysis:
    """Follows a graph and knows the report of every node. Never raises for what a user drew.

    Listeners get the ids of the nodes whose report or own problems changed, after every change of the graph.
    """

    def __init__(self, graph: Graph, catalogue: Catalogue = CATALOGUE, context: AnalysisContext | None = None) -> None:
        self.graph = graph
        self.catalogue = catalogue
        self._context = context or AnalysisContext()
        self._reports: dict[NodeId, LayerReport] = {}
        self._problems: dict[NodeId, tuple[Diagnostic, ...]] = {}
        self._totals = Totals()
        self._whole: tuple[Diagnostic, ...] | None = None
        self._on_cycles = graph.wires_on_cycles
        self._listeners: list[Callable[[frozenset[NodeId]], None]] = []
        self._infer(graph.topology)
        self.close = graph.subscribe(self._on_events)

    # -- reading
    @property
    def context(self) -> AnalysisContext:
        """Facts beside the graph; assigning others re-checks what depends on them."""
        return self._context

    @context.setter
    def context(self, context: AnalysisContext) -> None:
        changed = context.dtype_policy != self._context.dtype_policy
        self._context = context
        self._whole = None
        if changed:
            self._publish(self._infer(self.graph.topology))

    @property
    def totals(self) -> Totals:
        """Sums over all layers."""
        return self._totals

    def report(self, node: NodeId) -> LayerReport:
        """What is known of a node; an empty report when its shapes are not known."""
        return self._reports.get(node, UNKNOWN)

    def wire_spec(self, wire: Wire) -> TensorSpec | None:
        """What flows on a wire, or None when it is not known."""
        return self.report(wire.source).outputs.get(wire.source_port)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every problem, those of the graph as a whole first, then by node in topological order."""
        if self._whole is None:
            subject = Subject(self.graph, self.catalogue, self._context, self.report)
            self._whole = tuple(problem for check in CHECKS for problem in check(subject))
        by_node = (problem for node in sorted(self._problems, key=self.graph.rank) for problem in self._problems[node])
        return tuple(replace(problem, graph=self.graph.name) for problem in (*self._whole, *by_node))

    def subscribe(self, listener: Callable[[frozenset[NodeId]], None]) -> Callable[[], None]:
        """Call `listener` with ids after every change; returns the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def predict(self, wire: Wire) -> str | None:
        """Why a wire that is not drawn yet would not fit, or None; nothing is changed."""
        node = self.graph.node(wire.target)
        layer = self.catalogue.get(node.type)
        spec = self.wire_spec(wire)
        if layer is None or spec is None or layer.param_problems(node.params):
            return None
        ports = {port.name: port for port in layer.inputs}
        if wire.target_port not in ports:
            return unknown_port(wire.target_port, ports)
        others = [
            other
            for other in self.graph.wires_into(node.id)
            if other.target_port in ports
            and (other.target_port != wire.target_port or ports[wire.target_port].variadic)
        ]
        arrivals = self._arrivals(layer, [*others, wire])
        if arrivals is None or any(not incoming for incoming in arrivals.values()):
            return None
        problems = infer_layer(node, layer, arrivals, self._context.dtype_policy)[1]
        return problems[0].message if problems else None

    # -- following
    def _on_events(self, events: tuple[GraphEvent, ...]) -> None:
        dirty: set[NodeId] = set()
        for event in events:
            match event:
                case NodeAdded(node):
                    dirty.add(node)
                case NodeRemoved(node):
                    self._forget(node)
                    dirty.discard(node)
                case NodeChanged(node, fields):
                    if fields & _MATTERS:
                        dirty.add(node)
                case _:
                    dirty.add(event.wire.target)
        on_cycles, self._on_cycles = self._on_cycles, self.graph.wires_on_cycles
        dirty |= {wire.target for wire in on_cycles ^ self._on_cycles}
        self._whole = None
        self._publish(self._infer(node for node in dirty if node in self.graph))

    def _publish(self, changed: frozenset[NodeId]) -> None:
        for listener in tuple(self._listeners):
            listener(changed)

    def _forget(self, node: NodeId) -> None:
        self._totals = self._totals.plus(self._reports.pop(node, UNKNOWN), -1)
        self._problems.pop(node, None)

    def _infer(self, nodes: Iterable[NodeId]) -> frozenset[NodeId]:
        """Infer nodes and everything downstream that changes, in topological order."""
        rank = self.graph.rank
        queue = [(rank(node), node) for node in nodes]
        heapify(queue)
        done: set[NodeId] = set()
        changed: set[NodeId] = set()
        while queue:
            _, node = heappop(queue)
            if node in done:
                continue
            done.add(node)
            before = self._reports.get(node, UNKNOWN)
            problems_before = self._problems.get(node, ())
            after = self._analyse(node)
            if after != before or self._problems.get(node, ()) != problems_before:
                changed.add(node)
            if (after.outputs, after.receptive_field) != (before.outputs, before.receptive_field):
                for successor in self.graph.topology.successors(node):
                    if rank(successor) > rank(node):
                        heappush(queue, (rank(successor), successor))
        return frozenset(changed)

    def _analyse(self, node_id: NodeId) -> LayerReport:
        """Bring the report and the problems of one node up to date."""
        node = self.graph.node(node_id)
        layer = self.catalogue.get(node.type)
        wires = self.graph.wires_into(node_id)
        problems = check_node(node, layer, wires)
        report = recorded_report(node) if layer is None else UNKNOWN
        if layer is not None and not problems:
            report, problems = self._infer_one(node, layer, wires)
        self._totals = self._totals.plus(self._reports.get(node_id, UNKNOWN), -1).plus(report)
        self._reports[node_id] = report
        self._problems.pop(node_id, None)
        if problems:
            self._problems[node_id] = tuple(problems)
        return report

    def _infer_one(self, node: Node, layer: LayerType, wires: list[Wire]) -> tuple[LayerReport, list[Diagnostic]]:
        arrivals = self._arrivals(layer, wires)
        if arrivals is None:
            return UNKNOWN, []
        return infer_layer(node, layer, arrivals, self._context.dtype_policy)

    def _arrivals(self, layer: LayerType, wires: list[Wire]) -> dict[str, tuple[Arrival, ...]] | None:
        """What comes into each port, or None while something upstream is not known."""
        arrivals: dict[str, list[Arrival]] = {port.name: [] for port in layer.inputs}
        for wire in wires:
            source = self.report(wire.source)
            spec = source.outputs.get(wire.source_port)
            if spec is None or source.receptive_field is None or wire in self._on_cycles:
                return None
            arrivals[wire.target_port].append(Arrival(spec, source.receptive_field))
        return {port: tuple(incoming) for port, incoming in arrivals.items()}
