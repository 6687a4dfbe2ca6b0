"""Outputs that a model's file does not record, asked for once and kept in the nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from workbench.analysis import GraphAnalysis, Primitive, primitives
from workbench.graph import Graph, Node, NodeId
from workbench.importing.network import Found
from workbench.layers import TensorSpec
from workbench.layers.opaque import KEY
from workbench.layers.operations import PREFIX
from workbench.layers.supplied import Supplier, specs_from
from workbench.project import project_catalogue


def record_supplied(graph: Graph, found: Found, supplier: Supplier | None) -> None:
    """Writes what `supplier` gives into the nodes, inside blocks too, that have no recorded output and no rule.

    Of a block that is used several times the first use is recorded.
    """
    if supplier is None or not any(map(_lacks, _nodes(graph, found))):
        return
    with specs_from(supplier):
        analysis = GraphAnalysis(graph, project_catalogue(found.blocks.values()))
        made = list(primitives(analysis))
    for primitive in made:
        if primitive.report.outputs:
            _record(graph, found, primitive)


def _nodes(graph: Graph, found: Found) -> list[Node]:
    return [node for each in (graph, *(block.graph for block in found.blocks.values())) for node in each]


def _parameter(node: Node) -> str:
    """Where a node keeps what was recorded of its output; empty for types that have rules."""
    if node.type == KEY:
        return "output_specs"
    return "output_spec" if node.type.startswith(PREFIX) else ""


def _lacks(node: Node) -> bool:
    parameter = _parameter(node)
    return bool(parameter) and not node.params.get(parameter)


def _record(graph: Graph, found: Found, primitive: Primitive) -> None:
    *outer, own = primitive.path.split("/")[::2]
    for name in outer:
        graph = found.blocks[graph.node(NodeId(name)).type].graph
    node = graph.node(NodeId(own))
    if _lacks(node):
        first = next(iter(primitive.report.outputs.values()))
        params: dict[str, Any] = {**node.params, _parameter(node): _recorded(node, first)}
        graph.replace_node(replace(node, params=params))


def _recorded(node: Node, spec: TensorSpec) -> list[Any]:
    record = [list(spec.shape), spec.dtype]
    return [record] if node.type == KEY else record
