"""A graph with every block expanded: what is compiled, written as code and listed in the summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workbench.analysis.graph_analysis import GraphAnalysis
from workbench.analysis.plan import PortSources
from workbench.analysis.report import LayerReport, Repetition
from workbench.graph import Node, NodeId, Wire
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT, LayerType

NAME_SEPARATOR = "."
"""Between the names of a block and of what is in it; Keras forbids a slash."""


class TensorRef(NamedTuple):
    """An output of a primitive."""

    path: str
    port: str


class Primitive(NamedTuple):
    """One layer of the expanded graph. `path` is `<id>` or, in a block, `<id>/<repetition>/<inner id>` and so on."""

    path: str
    name: str
    node: Node
    kind: LayerType
    trainable: bool
    inputs: Mapping[str, tuple[TensorRef, ...]]
    report: LayerReport


Sources = Mapping[tuple[NodeId, str], TensorRef]


def primitives(analysis: GraphAnalysis) -> list[Primitive]:
    """Every primitive layer, in topological order; nodes whose type is missing are left out."""
    return list(each_primitive(analysis))


def each_primitive(analysis: GraphAnalysis) -> Iterator[Primitive]:
    """The same one by one, for who has to stop on the way; the graph must not change meanwhile."""
    known: dict[tuple[NodeId, str], TensorRef] = {}
    for node_id in analysis.graph.in_order():
        node = analysis.graph.node(node_id)
        kind = analysis.catalogue.get(node.type)
        if kind is None:
            continue
        report = analysis.report(node_id)
        inputs = _inputs(_drawn_sources(analysis.graph.wires_into(node_id)), known)
        if isinstance(kind, LayerType):
            yield Primitive(node_id, node.name, node, kind, node.trainable, inputs, report)
            known.update(((node_id, port.name), TensorRef(node_id, port.name)) for port in kind.outputs)
        else:
            found: list[Primitive] = []
            known.update(_expand(node_id, node.name, node, report, inputs, node.trainable, found))
            yield from found


def _drawn_sources(wires: list[Wire]) -> PortSources:
    ports: dict[str, list[tuple[NodeId, str]]] = {}
    for wire in wires:
        ports.setdefault(wire.target_port, []).append((wire.source, wire.source_port))
    return tuple((port, tuple(origins)) for port, origins in ports.items())


def _inputs(sources: PortSources, known: Sources) -> dict[str, tuple[TensorRef, ...]]:
    return {port: tuple(known[origin] for origin in origins if origin in known) for port, origins in sources}


def _expand(
    path: str,
    name: str,
    node: Node,
    report: LayerReport,
    inputs: Mapping[str, tuple[TensorRef, ...]],
    trainable: bool,
    found: list[Primitive],
) -> dict[tuple[NodeId, str], TensorRef]:
    """Add what a block expands into; returns what leaves it, by the block's id and port."""
    leaving: dict[str, TensorRef] = {}
    for number, repetition in enumerate(report.inner):
        if number:  # a repetition's output takes the place of the first input
            inputs = {**inputs, next(iter(inputs)): (next(iter(leaving.values())),)}
        prefix = f"{name}{NAME_SEPARATOR}{number}" if len(report.inner) > 1 else name
        leaving = _expand_once(f"{path}/{number}", prefix, repetition, inputs, trainable, found)
    return {(node.id, port): ref for port, ref in leaving.items()}


def _expand_once(
    path: str,
    name: str,
    repetition: Repetition,
    inputs: Mapping[str, tuple[TensorRef, ...]],
    trainable: bool,
    found: list[Primitive],
) -> dict[str, TensorRef]:
    known: dict[tuple[NodeId, str], TensorRef] = {}
    leaving: dict[str, TensorRef] = {}
    for site in repetition.plan.sites:
        node, inner_path = site.node, f"{path}/{site.node.id}"
        if node.type == BLOCK_INPUT:
            known.update(((node.id, "output"), ref) for ref in inputs.get(node.name, ()))
            continue
        incoming = _inputs(site.sources, known)
        if node.type == BLOCK_OUTPUT:
            leaving[node.name] = incoming["input"][0]
            continue
        report, inner_name = repetition.reports[node.id], f"{name}{NAME_SEPARATOR}{node.name}"
        if isinstance(site.kind, LayerType):
            learns = trainable and node.trainable
            found.append(Primitive(inner_path, inner_name, node, site.kind, learns, incoming, report))
            known.update(((node.id, port.name), TensorRef(inner_path, port.name)) for port in site.kind.outputs)
        else:
            known.update(_expand(inner_path, inner_name, node, report, incoming, trainable and node.trainable, found))
    return leaving
