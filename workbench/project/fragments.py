"""Part of a graph as JSON text: what copy puts on the clipboard and paste reads, within a window or between two."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

import msgspec

from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, Node, NodeId, new_node_id
from workbench.graph.edits import Add
from workbench.project.records import GraphRecord, graph_from, record_node, record_wire
from workbench.project.strict_json import JsonError, parse

_MARK = "cnn-workbench fragment"


def copy_nodes(analysis: GraphAnalysis, nodes: Iterable[NodeId]) -> str:
    """Nodes and the wires among them, as text."""
    chosen = sorted(set(nodes))
    wires = [wire for wire in sorted(analysis.graph.wires) if wire.source in chosen and wire.target in chosen]
    record = GraphRecord(
        tuple(record_node(analysis.graph.node(node), analysis) for node in chosen),
        tuple(record_wire(wire) for wire in wires),
    )
    return json.dumps({"format": _MARK, **msgspec.to_builtins(record)}, indent=1)


def paste_nodes(graph: Graph, text: str, offset: tuple[float, float] = (0.0, 0.0)) -> Add | None:
    """The edit that adds copied nodes with ids and names of their own, moved by `offset`; None for other text."""
    record = _parse(text)
    if record is None or not record.nodes:
        return None
    copied, _ = graph_from("fragment", record)
    fresh = {node.id: new_node_id() for node in copied}
    taken = {node.name for node in graph}
    nodes = tuple(_renamed(node, fresh, taken, offset) for node in copied)
    wires = tuple(replace(wire, source=fresh[wire.source], target=fresh[wire.target]) for wire in sorted(copied.wires))
    return Add(nodes, wires, f"Paste {len(nodes)} node{'s' if len(nodes) > 1 else ''}")


def _parse(text: str) -> GraphRecord | None:
    try:
        document = parse(text)
    except JsonError:
        return None
    if not isinstance(document, dict) or document.pop("format", None) != _MARK:
        return None
    try:
        return msgspec.convert(document, GraphRecord)
    except msgspec.ValidationError:
        return None


def _renamed(node: Node, fresh: dict[NodeId, NodeId], taken: set[str], offset: tuple[float, float]) -> Node:
    name = _free_name(node.name, taken)
    taken.add(name)
    position = (node.position[0] + offset[0], node.position[1] + offset[1])
    shares = fresh.get(node.shares, node.shares) if node.shares else None
    return replace(node, id=fresh[node.id], name=name, position=position, shares=shares)


def _free_name(name: str, taken: set[str]) -> str:
    """The name itself when it is free, else its stem with the next free number."""
    stem = name.rstrip("0123456789").rstrip("_") or name
    number, candidate = 1, name
    while candidate in taken:
        candidate, number = f"{stem}_{number}", number + 1
    return candidate
