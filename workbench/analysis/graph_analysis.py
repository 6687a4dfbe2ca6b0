"""Incremental analysis of one graph: an edit re-infers only what it can reach and stops where nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter

from workbench.analysis.agenda import Agenda
from workbench.analysis.checks import Subject, Warnings, check_node, explained, gathered, unknown_port, whole_graph
from workbench.analysis.context import AnalysisContext
from workbench.analysis.diagnostics import Diagnostic
from workbench.analysis.infer import Arrival, Fields, Inference, Specs, recorded_report
from workbench.analysis.plan import Site, make_site
from workbench.analysis.receptive_field import of_input
from workbench.analysis.report import UNKNOWN, LayerReport, Totals
from workbench.analysis.scope import Scope
from workbench.graph import (
    Graph,
    GraphEvent,
    Listeners,
    Node,
    NodeAdded,
    NodeChanged,
    NodeId,
    NodeRemoved,
    Wire,
)
from workbench.layers import BLOCK_INPUT, CATALOGUE, Catalogue, NodeType, TensorSpec

_MATTERS = frozenset({"type", "params", "trainable", "call_args", "shares", "overrides", "specs"})
"""Fields of a node that its report depends on; a move or a rename needs no inference."""

SLICE = 0.02
"""Seconds of work after which a deferred analysis lets others go first."""
_BETWEEN_LOOKS_AT_THE_CLOCK = 32

Defer = Callable[[Callable[[], None]], None]
"""Calls a function a little later, in the same thread."""


class GraphAnalysis:
    """Follows a graph and knows the report of every node. Never raises for what a user drew.

    Listeners get the ids of the nodes whose report or own problems changed, after every change of the graph. With
    `defer`, long work is done in slices: reports of nodes that still wait are the old ones, and `busy` is true.
    """

    def __init__(
        self,
        graph: Graph,
        catalogue: Catalogue = CATALOGUE,
        context: AnalysisContext | None = None,
        defer: Defer | None = None,
    ) -> None:
        self.graph = graph
        self.catalogue = catalogue
        self._context = context or AnalysisContext()
        self._reports: dict[NodeId, LayerReport] = {}
        self._problems: dict[NodeId, tuple[Diagnostic, ...]] = {}
        self._sites: dict[NodeId, Site | None] = {}
        self._inference = Inference(catalogue, self._context.dtype_policy)
        self._arriving: dict[str, Arrival] = {}
        self._totals = Totals()
        self._told: tuple[Diagnostic, ...] | None = None
        self._told_last: tuple[Diagnostic, ...] = ()
        self._on_cycles = graph.wires_on_cycles
        self._listeners: Listeners[frozenset[NodeId]] = Listeners()
        self._defer = defer
        self._agenda = Agenda(graph.rank)
        self._infer(graph.topology)
        self._warnings = Warnings(self._scope(), self._context)
        self._unsubscribe = graph.subscribe(self._on_events)

    def close(self) -> None:
        """Stop following the graph; what still waits is left."""
        self._unsubscribe()
        self._defer = None
        self._agenda = Agenda(self.graph.rank)

    @property
    def busy(self) -> bool:
        """True while nodes wait for a later slice."""
        return bool(self._agenda)

    # -- reading
    @property
    def context(self) -> AnalysisContext:
        """Facts beside the graph; assigning others re-checks what depends on them."""
        return self._context

    @context.setter
    def context(self, context: AnalysisContext) -> None:
        changed = context.dtype_policy != self._context.dtype_policy
        self._context = context
        self._told = None
        self._warnings.believe(context)
        if changed:
            self._inference = Inference(self.catalogue, context.dtype_policy)
            self._sites.clear()
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
        """Every problem, those of the graph as a whole first, then by node in topological order.

        While nodes wait, those of before: reports that do not agree with one another say nothing of the network.
        """
        if self.busy:
            return tuple(problem for problem in self._told_last if problem.node is None or problem.node in self.graph)
        if self._told is None:
            self._told = tuple(replace(problem, graph=self.graph.name) for problem in self._tell())
            self._told_last = self._told
        return self._told

    def _tell(self) -> list[Diagnostic]:
        subject = Subject(self.graph, self.catalogue, self._context, self.report, self._trial)
        whole = whole_graph(subject)
        warnings = self._read_warnings()
        nodes = sorted({*self._problems, *warnings}, key=self.graph.rank)
        own = explained(subject, [problem for node in nodes for problem in self._problems.get(node, ())])
        doubts = gathered(
            (problem for node in nodes for problem in warnings.get(node, ())), lambda node: self.graph.node(node).name
        )
        by_node = sorted((*own, *doubts), key=lambda problem: self.graph.rank(problem.node or nodes[0]))
        return [*whole, *by_node]

    def _read_warnings(self) -> dict[NodeId, tuple[Diagnostic, ...]]:
        """The warnings, or those of a first slice: the others are told when they are known."""
        if self._defer is None:
            return self._warnings.read()
        found = self._warnings.read(perf_counter() + SLICE)
        if self._warnings.busy:
            self._defer(self._read_on)
        return found

    def _read_on(self) -> None:
        if not self._warnings.busy or self._defer is None or self.busy:
            return
        if self._warnings.look(perf_counter() + SLICE):
            self._publish(frozenset())
        else:
            self._defer(self._read_on)

    def _trial(self, graph: Graph) -> GraphAnalysis:
        return GraphAnalysis(graph, self.catalogue, self._context)

    def _scope(self) -> Scope:
        return Scope(self.graph, self.catalogue, self.report)

    def subscribe(self, listener: Callable[[frozenset[NodeId]], None]) -> Callable[[], None]:
        """Call `listener` with ids after every change; returns the function that ends it."""
        return self._listeners.add(listener)

    def predict(self, wire: Wire) -> str | None:
        """Why a wire that is not drawn yet would not fit, or None; nothing is changed."""
        node = self.graph.node(wire.target)
        kind = self.catalogue.get(node.type)
        if kind is None:
            return None
        ports = {port.name: port for port in kind.inputs}
        if wire.target_port not in ports:
            return unknown_port(wire.target_port, ports)
        others = [
            other
            for other in self.graph.wires_into(node.id)
            if other.target_port != wire.target_port or ports[wire.target_port].variadic
        ]
        if check_node(node, self.catalogue, [*others, wire]):
            return None
        site = make_site(node, kind, [*others, wire], self._context.dtype_policy)
        arriving = self._arriving_at(site)
        return None if arriving is None else self._first_problem(site, *arriving)

    def misfit(self, kind: NodeType, specs: Sequence[TensorSpec]) -> str | None:
        """Why a new node of this type would not take these tensors at its first port, or None."""
        if not kind.inputs:
            return f"{kind.label} takes no input."
        entry, *others = kind.inputs
        if len(specs) < entry.minimum or any(port.minimum for port in others):
            return None
        nowhere = NodeId("")
        wires = [Wire(nowhere, nowhere, target_port=entry.name, order=order) for order in range(len(specs))]
        node = Node(nowhere, kind.key, "", kind.initial_params())
        site = make_site(node, kind, wires, self._context.dtype_policy)
        return self._first_problem(site, tuple(specs), (of_input(0),) * len(specs))

    def _first_problem(self, site: Site, specs: Specs, fields: Fields) -> str | None:
        problems = self._inference.infer(site, specs, fields)[1]
        return problems[0].message if problems else None

    def use_catalogue(self, catalogue: Catalogue, changed: frozenset[str]) -> None:
        """Follow another catalogue in which the types `changed` are new, gone or different."""
        self.catalogue = catalogue
        self._inference = Inference(catalogue, self._context.dtype_policy)
        nodes = [node.id for node in self.graph if node.type in changed]
        self._told = None
        self._warnings.follow(self._scope())
        if nodes:
            self._outdate(nodes)
            self._publish(self._infer(nodes))

    def expect(self, arriving: Mapping[str, Arrival]) -> None:
        """For the graph of a block: what comes into its ports where it is used, so that its shapes can be shown."""
        if arriving == self._arriving:
            return
        self._arriving = dict(arriving)
        self._publish(self._infer([node.id for node in self.graph if node.type == BLOCK_INPUT]))

    def arrivals(self, node: NodeId) -> dict[str, Arrival]:
        """What comes into each port of a node; empty while something is not known."""
        site = self._sites.get(node)
        arriving = self._arriving_at(site) if site else None
        if site is None or arriving is None:
            return {}
        return {port: came[0] for port, came in site.by_port(map(Arrival, *arriving)).items() if came}

    # -- following
    def _on_events(self, events: tuple[GraphEvent, ...]) -> None:
        dirty: set[NodeId] = set()
        touched: set[NodeId] = set()
        for event in events:
            match event:
                case NodeAdded(node):
                    dirty.add(node)
                case NodeRemoved(node):
                    self._forget(node)
                    dirty.discard(node)
                case NodeChanged(node, fields):
                    touched.add(node)
                    if fields & _MATTERS:
                        dirty.add(node)
                case _:
                    dirty.add(event.wire.target)
                    touched.add(event.wire.source)
        on_cycles, self._on_cycles = self._on_cycles, self.graph.wires_on_cycles
        dirty |= {wire.target for wire in on_cycles ^ self._on_cycles}
        alive = [node for node in dirty if node in self.graph]
        self._warnings.touch(touched)
        self._outdate(alive)
        self._publish(self._infer(alive))

    def _publish(self, changed: frozenset[NodeId]) -> None:
        self._told = None
        self._warnings.touch(changed)
        self._listeners.tell(changed)

    def _forget(self, node: NodeId) -> None:
        self._totals = self._totals.replacing(self._reports.pop(node, UNKNOWN), UNKNOWN)
        self._warnings.forget(node)
        self._problems.pop(node, None)
        self._sites.pop(node, None)
        self._agenda.discard(node)

    def _prepare(self, node_id: NodeId) -> None:
        """Work out again what does not depend on shapes: checked parameters, ports, sources."""
        node, wires = self.graph.node(node_id), self.graph.wires_into(node_id)
        kind = self.catalogue.get(node.type)
        problems = check_node(node, self.catalogue, wires)
        self._set_problems(node_id, problems)
        if kind is None or problems or any(wire in self._on_cycles for wire in wires):
            self._sites[node_id] = None
        else:
            self._sites[node_id] = make_site(node, kind, wires, self._context.dtype_policy)

    def _outdate(self, nodes: Iterable[NodeId]) -> None:
        for node in nodes:
            self._sites.pop(node, None)

    def _infer(self, nodes: Iterable[NodeId]) -> frozenset[NodeId]:
        """Infer nodes and everything downstream that changes, in topological order."""
        nodes = list(nodes)
        self._agenda.reorder(nodes)
        return self._work() | frozenset(nodes)

    def _work(self) -> frozenset[NodeId]:
        """Infer what waits, or a slice of it; returns the nodes that changed."""
        changed: set[NodeId] = set()
        ends = perf_counter() + SLICE
        done = 0
        while self._agenda:
            if self._defer and done % _BETWEEN_LOOKS_AT_THE_CLOCK == 0 and done and perf_counter() > ends:
                self._defer(self._resume)
                break
            done += 1
            self._step(changed)
        return frozenset(changed)

    def _resume(self) -> None:
        if self._agenda:
            self._agenda.reorder()
            self._publish(self._work())

    def _step(self, changed: set[NodeId]) -> None:
        """Infer the first node that waits; those after it wait when what reaches them changed."""
        position, node = self._agenda.pop()
        before, told = self._reports.get(node, UNKNOWN), self._problems.get(node)
        after = self._analyse(node)
        if self._problems.get(node) != told:
            changed.add(node)
        if after == before:
            return
        self._reports[node] = after
        self._totals = self._totals.replacing(before, after)
        changed.add(node)
        if after.outputs == before.outputs and after.fields == before.fields:
            return
        for successor in self.graph.topology.successors(node):
            self._agenda.add(successor, after=position)

    def _analyse(self, node: NodeId) -> LayerReport:
        if node not in self._sites:
            self._prepare(node)
        site = self._sites[node]
        if site is None:
            unknown_type = self.graph.node(node).type not in self.catalogue
            return recorded_report(self.graph.node(node)) if unknown_type else UNKNOWN
        arriving = self._arriving_at(site)
        if arriving is None or site.kind.key == BLOCK_INPUT:
            self._set_problems(node, [])
            return self._port_report(site.node.name) if site.kind.key == BLOCK_INPUT else UNKNOWN
        report, problems = self._inference.infer(site, *arriving)
        self._set_problems(node, problems)
        return report

    def _port_report(self, port: str) -> LayerReport:
        came = self._arriving.get(port)
        return LayerReport({"output": came.spec}, (came.field,)) if came else UNKNOWN

    def _set_problems(self, node: NodeId, problems: list[Diagnostic]) -> None:
        if problems:
            self._problems[node] = tuple(problems)
        else:
            self._problems.pop(node, None)

    def _arriving_at(self, site: Site) -> tuple[Specs, Fields] | None:
        """What comes in, in the order of the site's sources; None while something upstream is not known."""
        specs, fields = [], []
        for _, origins in site.sources:
            for source, port in origins:
                report = self._reports.get(source, UNKNOWN)
                spec = report.outputs.get(port)
                if spec is None:
                    return None
                position = 0 if len(report.fields) == 1 else list(report.outputs).index(port)
                specs.append(spec)
                fields.append(report.fields[position])
        return tuple(specs), tuple(fields)
