"""Part of a graph as JSON text: what copy puts on the clipboard and paste reads, within a window or between two."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from workbench.analysis import GraphAnalysis
from workbench.graph import Graph, Node, NodeId, new_node_id
from workbench.graph.edits import Add
from workbench.project.blocks import PREFIX, Block
from workbench.project.document import Project
from workbench.project.edits import AddBlock
from workbench.project.library import add_blocks, block_records, blocks_used
from workbench.project.records import BlockRecord, GraphRecord, graph_from, record_node, record_wire
from workbench.project.strict_json import JsonError, parse

_MARK = "cnn-workbench fragment"


class FragmentRecord(GraphRecord, forbid_unknown_fields=True, frozen=True):
    """Nodes with the wires among them and the definitions that their blocks need."""

    blocks: dict[str, BlockRecord] = msgspec.field(default_factory=dict)


@dataclass(frozen=True)
class Pasted:
    """What a paste adds to a graph, and the definitions that it brings along."""

    nodes: Add
    blocks: tuple[AddBlock, ...] = ()


def copy_nodes(analysis: GraphAnalysis, nodes: Iterable[NodeId], blocks: Mapping[str, Block]) -> str:
    """Nodes, the wires among them and the definitions of their blocks, as text."""
    chosen = sorted(set(nodes))
    wires = [wire for wire in sorted(analysis.graph.wires) if wire.source in chosen and wire.target in chosen]
    record = FragmentRecord(
        tuple(record_node(analysis.graph.node(node), analysis) for node in chosen),
        tuple(record_wire(wire) for wire in wires),
        block_records(blocks, (analysis.graph.node(node).type for node in chosen)),
    )
    return json.dumps({"format": _MARK, **msgspec.to_builtins(record)}, indent=1)


def paste_nodes(project: Project, graph: Graph, text: str, offset: tuple[float, float] = (0.0, 0.0)) -> Pasted | None:
    """What adds copied nodes with ids and names of their own, moved by `offset`; None for other text.

    A block keeps its definition: the project's own where it is the same, else a copy under a free name.
    """
    record = _parse(text)
    if record is None or not record.nodes:
        return None
    definitions = {key: Block(graph_from(key, block.graph)[0], block.settings) for key, block in record.blocks.items()}
    added, types = add_blocks(project, definitions, _the_same(project.blocks, definitions))
    copied, _ = graph_from("fragment", record)
    fresh = {node.id: new_node_id() for node in copied}
    taken = {node.name for node in graph}
    nodes = tuple(_renamed(replace(n, type=types.get(n.type, n.type)), fresh, taken, offset) for n in copied)
    wires = tuple(replace(wire, source=fresh[wire.source], target=fresh[wire.target]) for wire in sorted(copied.wires))
    return Pasted(Add(nodes, wires, f"Paste {len(nodes)} node{'s' if len(nodes) > 1 else ''}"), added)


def _the_same(ours: Mapping[str, Block], theirs: Mapping[str, Block]) -> set[str]:
    """Definitions that a project has in the same form, down to those that they are made of."""
    differ = {key for key, block in theirs.items() if key not in ours or _content(ours[key]) != _content(block)}
    return {key for key in theirs if not blocks_used(theirs, [key]) & differ}


def _content(block: Block) -> tuple[Any, ...]:
    """What a definition computes: not where its nodes stand, nor what was last known of their shapes."""
    nodes = {node.id: replace(node, position=(0.0, 0.0), inputs=(), outputs=(), specs=()) for node in block.graph}
    return nodes, set(block.graph.wires), block.settings


def _parse(text: str) -> FragmentRecord | None:
    try:
        document = parse(text)
    except JsonError:
        return None
    if not isinstance(document, dict) or document.pop("format", None) != _MARK:
        return None
    try:
        record = msgspec.convert(document, FragmentRecord)
    except msgspec.ValidationError:
        return None
    return record if all(key.startswith(PREFIX) for key in record.blocks) else None


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
