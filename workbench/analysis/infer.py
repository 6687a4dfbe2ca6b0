"""From a site and what comes in to its report and its problems. Never raises for what a user drew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from workbench.analysis.checks import check_node
from workbench.analysis.diagnostics import Diagnostic, Severity
from workbench.analysis.plan import Plan, Site, frozen, make_plan
from workbench.analysis.receptive_field import WHOLE, ReceptiveField, of_input, union
from workbench.analysis.report import UNKNOWN, LayerReport, Repetition
from workbench.analysis.rule_failure import checked_macs, checked_output, checked_weights, rule_failure
from workbench.graph import Graph, Node, NodeId
from workbench.layers import (
    BLOCK_INPUT,
    BLOCK_OUTPUT,
    REPEAT,
    BlockType,
    Call,
    Catalogue,
    LayerType,
    ShapeError,
    TensorSpec,
    Window,
)
from workbench.layers.dtypes import make_call

MOST_KEPT = 100_000
"""Kinds of sites whose result is kept; a long session starts afresh now and then."""
MAX_DEPTH = 24
"""Blocks in blocks; deeper ones can only be blocks that contain themselves."""
MAX_LAYERS = 50_000
"""Inside one drawn block: fifty times the largest network of keras.applications."""


class Arrival(NamedTuple):
    """What one wire brings."""

    spec: TensorSpec
    field: ReceptiveField


Specs = tuple[TensorSpec, ...]
Fields = tuple[ReceptiveField, ...]
Arrivals = Mapping[str, tuple[Arrival, ...]]
"""What comes into each port."""
Inferred = tuple[LayerReport, list[Diagnostic]]


class _Made(NamedTuple):
    """What a layer makes of its inputs, wherever in a network it stands."""

    outputs: dict[str, TensorSpec]
    costs: tuple[Any, ...]
    """The fields of a report from `weights` to `activation_bytes`."""
    window: Window | str | None
    spatial_axes: int


class Inference:
    """Infers sites with the types of one catalogue; keeps the plans of expanded blocks."""

    def __init__(self, catalogue: Catalogue, policy: str) -> None:
        self._catalogue = catalogue
        self._policy = policy
        self._plans: dict[Any, Plan] = {}
        self._made: dict[tuple[int, Specs], _Made] = {}
        self._inside = 0
        """Layers met so far inside the drawn block that is being inferred."""

    def infer(self, site: Site, specs: Specs, fields: Fields, depth: int = 0) -> Inferred:
        """Shapes, weights and costs of a site whose inputs are all known: given in the order of its sources."""
        self._inside = self._inside + 1 if depth else 0
        try:
            report, problems = self._report(site, specs, fields, depth)
        except ShapeError as error:
            return UNKNOWN, [_diagnostic(error, site.node)]
        except Exception as error:
            return UNKNOWN, [rule_failure(site.node, site.kind, error)]
        return report if site.node.shares is None else report.without_weights(), problems

    def _report(self, site: Site, specs: Specs, fields: Fields, depth: int) -> Inferred:
        if self._inside > MAX_LAYERS:  # a few blocks that repeat one another are millions of layers
            raise ShapeError(
                "block.too-large",
                f"Expected a block of at most {MAX_LAYERS:,} layers, with all repetitions. Received: more",
                hint="Lower repeat, here or in the blocks that it is made of.",
            )
        if isinstance(site.kind, BlockType):
            arrivals = site.by_port(map(Arrival, specs, fields))
            return self._infer_block(site, site.kind, _call(site, specs), arrivals, depth)
        return self._infer_primitive(site, specs, fields), []

    def _infer_primitive(self, site: Site, specs: Specs, fields: Fields) -> LayerReport:
        """Networks repeat themselves: what a layer makes of its inputs is worked out once for each kind of site."""
        key = (site.pattern, specs)
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= MOST_KEPT:
                self._made.clear()
            made = self._made[key] = _make(site, _call(site, specs))
        seen = _field(fields, made.window, made.spatial_axes)
        return LayerReport(made.outputs, (seen,) * len(made.outputs), *made.costs)

    # -- blocks
    def _infer_block(self, site: Site, block: BlockType, call: Call, arrivals: Arrivals, depth: int) -> Inferred:
        if depth >= MAX_DEPTH:
            raise ShapeError(
                "block.recursive",
                "Expected a block that does not contain itself. Received: one that does",
                hint="Edit the block.",
            )
        repetitions: list[Repetition] = []
        leaving: dict[str, Arrival] = {}
        repeat = site.params.get(REPEAT, 1)
        for number in range(repeat):
            plan = self._plan(site.node, block, call, number)
            reports, left, problems = self._walk(plan, arrivals, depth + 1)
            if left is None:
                return UNKNOWN, [_placed(problem, site.node, number) for problem in problems]
            leaving = left
            repetitions.append(Repetition(plan, reports))
            if number + 1 < repeat:
                arrivals, call = _chained(block, call, arrivals, leaving)
        return _block_report(site.node, block, repetitions, leaving), []

    def _plan(self, node: Node, block: BlockType, call: Call, number: int) -> Plan:
        overrides = {
            path.partition("/")[2]: values
            for path, values in node.overrides.items()
            if path.partition("/")[0] == str(number)
        }
        key = (id(block), frozen(call.params), tuple(call.inputs.items()), frozen(overrides))
        if key not in self._plans:
            graph = _overridden(block.expand(call), overrides)
            self._check(graph)
            self._plans[key] = make_plan(graph, self._catalogue.__getitem__, self._policy)
        return self._plans[key]

    def _check(self, graph: Graph) -> None:
        """Raises ShapeError for an expansion that is not sound: a user's block may hold anything."""
        if graph.cycle_wires:
            raise ShapeError("block.cycle", "Expected data to flow one way inside the block. Received: a cycle")
        for node in graph:
            problems = check_node(node, self._catalogue, graph.wires_into(node.id))
            if problems:
                raise ShapeError("block.unsound", f"Inside the block, {node.name}: {problems[0].message}")

    def _walk(
        self, plan: Plan, arrivals: Arrivals, depth: int
    ) -> tuple[dict[str, LayerReport], dict[str, Arrival] | None, list[Diagnostic]]:
        """Infer an expansion from end to end; what leaves is None when it could not be worked out."""
        known: dict[tuple[NodeId, str], Arrival] = {}
        reports: dict[str, LayerReport] = {}
        leaving: dict[str, Arrival] = {}
        for site in plan.sites:
            node = site.node
            if node.type == BLOCK_INPUT:
                if arrivals[node.name]:
                    known[node.id, "output"] = arrivals[node.name][0]
                continue
            incoming = [known[origin] for _, origins in site.sources for origin in origins]
            if node.type == BLOCK_OUTPUT:
                (leaving[node.name],) = incoming
                continue
            specs, fields = tuple([came.spec for came in incoming]), tuple([came.field for came in incoming])
            report, problems = self.infer(site, specs, fields, depth)
            if problems or not report.outputs:
                return {}, None, problems
            reports[node.id] = report
            for (port, spec), field in zip(report.outputs.items(), report.fields, strict=True):
                known[node.id, port] = Arrival(spec, field)
        return reports, leaving, []


def _call(site: Site, specs: Specs) -> Call:
    return make_call(site.kind, site.params, site.by_port(specs), site.dtype, site.variable_dtype)


def _make(site: Site, call: Call) -> _Made:
    kind = site.kind
    assert isinstance(kind, LayerType)
    output = checked_output(kind.shape(call))
    weights = checked_weights(kind.weights(call))
    params = sum([weight.size for weight in weights])
    trained = sum([weight.size for weight in weights if weight.trainable]) if site.node.trainable else 0
    costs = (weights, site.node.trainable, params, trained, checked_macs(kind.macs(call, output)), output.bytes)
    outputs = {port.name: output for port in kind.outputs}
    return _Made(outputs, costs, kind.window(call), len(output.shape) - 1)


@lru_cache(maxsize=65536)
def _field(fields: Fields, window: Window | str | None, spatial_axes: int) -> ReceptiveField:
    """What an output position sees: through the window on all that comes in; itself where nothing does."""
    return union(fields).through(window) if fields else of_input(spatial_axes)


def _block_report(
    node: Node, block: BlockType, repetitions: list[Repetition], leaving: dict[str, Arrival]
) -> LayerReport:
    inner = [report for repetition in repetitions for report in repetition.reports.values()]
    macs = [report.macs for report in inner]
    activations = [report.activation_bytes for report in inner]
    return LayerReport(
        {port.name: leaving[port.name].spec for port in block.outputs},
        tuple(leaving[port.name].field for port in block.outputs),
        (),
        node.trainable,
        sum(report.params for report in inner),
        sum(report.trainable_params for report in inner) if node.trainable else 0,
        None if None in macs else sum(cost or 0 for cost in macs),
        None if None in activations else sum(size or 0 for size in activations),
        tuple(repetitions),
    )


def _chained(block: BlockType, call: Call, arrivals: Arrivals, leaving: dict[str, Arrival]) -> tuple[Arrivals, Call]:
    """What the next repetition gets: the output takes the place of the first input."""
    entry, leaves = block.inputs[0].name, leaving[block.outputs[0].name]
    came = arrivals[entry][0].spec
    if leaves.spec != came:
        raise ShapeError(
            "block.repeat",
            f"Expected a repeated block to give what it takes. Received: {came} in, {leaves.spec} out",
            param=REPEAT,
            hint="Use one block that changes the shape, then a repeated one that keeps it.",
        )
    return {**arrivals, entry: (leaves,)}, replace(call, inputs={**call.inputs, entry: (leaves.spec,)})


def _overridden(graph: Graph, overrides: Mapping[str, Mapping[str, Any]]) -> Graph:
    """An expansion with an instance's own values; a path that leads deeper is handed on to the inner block."""
    for path, values in overrides.items():
        inner, _, rest = path.partition("/")
        if NodeId(inner) not in graph:
            continue
        node = graph.node(NodeId(inner))
        if rest:
            node = replace(node, overrides={**node.overrides, rest: values})
        else:
            params = {**node.params, **values.get("params", {})}
            node = replace(node, trainable=values.get("trainable", node.trainable), params=params)
        graph.replace_node(node)
    return graph


def _diagnostic(error: ShapeError, node: Node) -> Diagnostic:
    return Diagnostic(error.code, Severity.ERROR, error.message, node.id, error.port, error.param, error.hint)


def _placed(problem: Diagnostic, node: Node, number: int) -> Diagnostic:
    """A problem inside a block, told of the node that is drawn."""
    path = f"{number}/{problem.node}" + (f"/{problem.path}" if problem.path else "")
    return replace(problem, node=node.id, path=path, port=None, param=None, fixes=())


def recorded_report(node: Node) -> LayerReport:
    """What was last known of a node whose type is missing, so that the layers after it keep their shapes."""
    outputs = {port: TensorSpec(shape, dtype) for port, shape, dtype in node.specs}
    return LayerReport(outputs=outputs, fields=(WHOLE,) * len(outputs)) if outputs else UNKNOWN
