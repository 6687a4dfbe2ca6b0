"""What a node and a wire say: everything the painter needs, as text and numbers taken from the document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import log2

from workbench.analysis import Diagnostic, GraphAnalysis, Severity
from workbench.graph import Node, NodeId, Wire
from workbench.layers import REPEAT, BlockType, Category, NodeType, Port, TensorSpec
from workbench.ui.canvas.geometry import NodeShape, PortShape
from workbench.ui.canvas.measures import Measure


@dataclass(frozen=True)
class NodeLook:
    """A node at a glance."""

    name: str
    category: Category
    summary: str
    """Shorthand of what it does, or its type in words where the shorthand is empty."""
    cost: str
    frozen: bool
    partly_frozen: bool
    """A block some of whose layers are frozen in this instance."""
    errors: int
    warnings: int
    shape: NodeShape
    is_block: bool = False
    """Drawn as a stack: there is something inside."""
    measure: Measure | None = None
    """What the overlay says, in place of the cost."""
    alarm: str = ""
    """What a training saw first in this layer: it no longer learns."""
    repeat: int = 1
    """Copies in a chain, told in the corner when there are several."""

    @property
    def any_frozen(self) -> bool:
        """Whether something in it keeps its weights."""
        return self.frozen or self.partly_frozen


@dataclass(frozen=True)
class WireLook:
    """A wire at a glance."""

    label: str
    width: float
    known: bool
    fits: bool


@dataclass(frozen=True)
class Problems:
    """Diagnostics that belong to one node."""

    items: tuple[Diagnostic, ...] = ()

    def count(self, severity: Severity) -> int:
        return sum(problem.severity is severity for problem in self.items)

    def blames(self, port: str) -> bool:
        """True when what comes into this port is wrong; a wire that is missing beside it is not its fault."""
        return any(
            problem.port == port and problem.severity is Severity.ERROR and problem.code != "port.unconnected"
            for problem in self.items
        )


NO_PROBLEMS = Problems()


def problems_by_node(diagnostics: Iterable[Diagnostic]) -> dict[NodeId, Problems]:
    """Diagnostics grouped by the node they belong to; those of the graph as a whole are left out."""
    grouped: dict[NodeId, list[Diagnostic]] = {}
    for problem in diagnostics:
        if problem.node is not None:
            grouped.setdefault(problem.node, []).append(problem)
    return {node: Problems(tuple(items)) for node, items in grouped.items()}


def node_look(analysis: GraphAnalysis, node: Node, problems: Problems) -> NodeLook:
    """What a node says now. A type that is not in the catalogue is drawn from what the file recorded."""
    layer = analysis.catalogue.get(node.type)
    params = analysis.report(node.id).params
    return NodeLook(
        name=node.name,
        category=layer.category if layer else Category.OPAQUE,
        summary=_summary(layer, node),
        cost=f"{params:,} params" if params else "",
        frozen=not node.trainable,
        partly_frozen=node.trainable and any(each.get("trainable") is False for each in node.overrides.values()),
        errors=problems.count(Severity.ERROR),
        warnings=problems.count(Severity.WARNING),
        shape=node_shape(analysis, node),
        is_block=isinstance(layer, BlockType),
        repeat=_repeat(layer, node),
    )


def _repeat(layer: NodeType | None, node: Node) -> int:
    repeat = node.params.get(REPEAT, 1)
    return repeat if isinstance(layer, BlockType) and isinstance(repeat, int) else 1


def type_label(layer: NodeType | None, node: Node) -> str:
    """The short name that people see."""
    return layer.label if layer else node.type.rpartition(".")[2].rpartition("/")[2] or node.type


def _summary(layer: NodeType | None, node: Node) -> str:
    if layer is None or layer.param_problems(node.params):
        return type_label(layer, node)
    params = layer.full_params(node.params)
    if isinstance(layer, BlockType):
        params[REPEAT] = 1  # the corner tells how often
        return " ".join(filter(None, (layer.label, layer.summary(params))))
    return layer.summary(params) or layer.label


def node_shape(analysis: GraphAnalysis, node: Node) -> NodeShape:
    """Ports from the catalogue or, for a type it does not have, from the file and the wires that are there."""
    layer = analysis.catalogue.get(node.type)
    into = Counter(wire.target_port for wire in analysis.graph.wires_into(node.id))
    from_ = Counter(wire.source_port for wire in analysis.graph.wires_from(node.id))
    if layer:
        inputs, outputs = layer.inputs, layer.outputs
    else:
        inputs = tuple(Port(name, into[name] > 1) for name in dict.fromkeys((*node.inputs, *into)))
        outputs = tuple(Port(name) for name in dict.fromkeys((*node.outputs, *from_)))
    return _shape(
        tuple([(port.name, port.variadic, into[port.name]) for port in inputs]), tuple([port.name for port in outputs])
    )


@lru_cache(maxsize=1024)
def _shape(inputs: tuple[tuple[str, bool, int], ...], outputs: tuple[str, ...]) -> NodeShape:
    """Most nodes are shaped like many others: one value for all of them."""
    return NodeShape(tuple(PortShape(*port) for port in inputs), tuple(PortShape(name) for name in outputs))


def wire_look(analysis: GraphAnalysis, wire: Wire, target_problems: Problems) -> WireLook:
    """What a wire says now: the shape that flows, how wide it is in channels, and whether its target takes it."""
    spec = analysis.wire_spec(wire)
    recorded = {port: TensorSpec(shape, dtype) for port, shape, dtype in analysis.graph.node(wire.source).specs}
    channels = spec.shape[-1] if spec and spec.shape else None
    return WireLook(
        label=str(spec or recorded.get(wire.source_port) or ""),
        width=min(1.5 + 0.4 * log2(channels), 6.0) if channels else 1.5,
        known=spec is not None,
        fits=wire not in analysis.graph.cycle_wires and not target_problems.blames(wire.target_port),
    )
