"""A graph with every block expanded: what is compiled, written as code and listed in the summary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Protocol

from workbench.analysis.plan import PortSources
from workbench.analysis.report import LayerReport, Repetition
from workbench.graph import Graph, Node, NodeId, Wire
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT, Catalogue, LayerType

NAME_SEPARATOR = "."
"""Between the names of a block and of what is in it; Keras forbids a slash."""


class Analysed(Protocol):
    """A graph with what is known of its nodes."""

    @property
    def graph(self) -> Graph: ...

    @property
    def catalogue(self) -> Catalogue: ...

    @property
    def report(self) -> Callable[[NodeId], LayerReport]: ...


class TensorRef(NamedTuple):
    """An output of a primitive."""

    path: str
    port: str


class Primitive(NamedTuple):
    """One layer of the expanded graph. `path` is `<id>` or, in a block, `<id>/<repetition>/<inner id>` and so on.

    `owner` is the path of the primitive whose layer and weights it uses: its own unless it shares another's.
    """

    path: str
    name: str
    node: Node
    kind: LayerType
    trainable: bool
    inputs: Mapping[str, tuple[TensorRef, ...]]
    report: LayerReport
    owner: str


class _Place(NamedTuple):
    """Where an expansion stands: its path, the path of what owns its layers, its name, whether it learns."""

    path: str
    owner: str
    name: str
    trainable: bool

    def inner(self, node: Node) -> _Place:
        """A node in this expansion."""
        return _Place(
            f"{self.path}/{node.id}",
            f"{self.owner}/{node.shares or node.id}",
            f"{self.name}{NAME_SEPARATOR}{node.name}",
            self.trainable and node.trainable,
        )

    def repetition(self, number: int, of: int) -> _Place:
        """One copy of what a block expands into."""
        name = f"{self.name}{NAME_SEPARATOR}{number}" if of > 1 else self.name
        return _Place(f"{self.path}/{number}", f"{self.owner}/{number}", name, self.trainable)


Sources = Mapping[tuple[NodeId, str], TensorRef]


def primitives(analysis: Analysed) -> list[Primitive]:
    """Every primitive layer, in topological order; nodes whose type is missing are left out."""
    return list(each_primitive(analysis))


def each_primitive(analysis: Analysed) -> Iterator[Primitive]:
    """The same one by one, for who has to stop on the way; the graph must not change meanwhile."""
    known: dict[tuple[NodeId, str], TensorRef] = {}
    for node_id in analysis.graph.in_order():
        node = analysis.graph.node(node_id)
        kind = analysis.catalogue.get(node.type)
        if kind is None:
            continue
        report = analysis.report(node_id)
        inputs = _inputs(_drawn_sources(analysis.graph.wires_into(node_id)), known)
        place = _Place(node_id, node.shares or node_id, node.name, node.trainable)
        found: list[Primitive] = []
        if isinstance(kind, LayerType):
            known.update(_add(place, node, kind, report, inputs, found))
        else:
            known.update(_expand(place, node, report, inputs, found))
        yield from found


def _add(
    place: _Place,
    node: Node,
    kind: LayerType,
    report: LayerReport,
    inputs: Mapping[str, tuple[TensorRef, ...]],
    found: list[Primitive],
) -> dict[tuple[NodeId, str], TensorRef]:
    """Add one layer; returns what leaves it."""
    if place.owner != place.path:
        report = report.without_weights()
    found.append(Primitive(place.path, place.name, node, kind, place.trainable, inputs, report, place.owner))
    return {(node.id, port.name): TensorRef(place.path, port.name) for port in kind.outputs}


def _drawn_sources(wires: list[Wire]) -> PortSources:
    ports: dict[str, list[tuple[NodeId, str]]] = {}
    for wire in wires:
        ports.setdefault(wire.target_port, []).append((wire.source, wire.source_port))
    return tuple((port, tuple(origins)) for port, origins in ports.items())


def _inputs(sources: PortSources, known: Sources) -> dict[str, tuple[TensorRef, ...]]:
    return {port: tuple(known[origin] for origin in origins if origin in known) for port, origins in sources}


def _expand(
    place: _Place,
    node: Node,
    report: LayerReport,
    inputs: Mapping[str, tuple[TensorRef, ...]],
    found: list[Primitive],
) -> dict[tuple[NodeId, str], TensorRef]:
    """Add what a block expands into; returns what leaves it, by the block's id and port."""
    leaving: dict[str, TensorRef] = {}
    for number, repetition in enumerate(report.inner):
        if number:  # a repetition's output takes the place of the first input
            inputs = {**inputs, next(iter(inputs)): (next(iter(leaving.values())),)}
        leaving = _expand_once(place.repetition(number, len(report.inner)), repetition, inputs, found)
    return {(node.id, port): ref for port, ref in leaving.items()}


def _expand_once(
    place: _Place, repetition: Repetition, inputs: Mapping[str, tuple[TensorRef, ...]], found: list[Primitive]
) -> dict[str, TensorRef]:
    known: dict[tuple[NodeId, str], TensorRef] = {}
    leaving: dict[str, TensorRef] = {}
    for site in repetition.plan.sites:
        node = site.node
        if node.type == BLOCK_INPUT:
            known.update(((node.id, "output"), ref) for ref in inputs.get(node.name, ()))
            continue
        incoming = _inputs(site.sources, known)
        if node.type == BLOCK_OUTPUT:
            leaving[node.name] = incoming["input"][0]
            continue
        report, inner = repetition.reports[node.id], place.inner(node)
        if isinstance(site.kind, LayerType):
            known.update(_add(inner, node, site.kind, report, incoming, found))
        else:
            known.update(_expand(inner, node, report, incoming, found))
    return leaving
