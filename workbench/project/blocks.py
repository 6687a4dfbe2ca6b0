"""The user's own blocks: a graph with promoted parameters. Instances are linked: edit it and every one follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from msgspec import Struct, field

from workbench.graph import Graph, Json, Node, NodeId, copy_graph
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT, BlockType, Call, Param, Port, ShapeError
from workbench.layers.blocks.block import REPETITIONS
from workbench.layers.params import Boolean, Integer, KerasObject, Kind, Number
from workbench.project.expressions import ExpressionError, evaluate

PREFIX = "user:"
"""Before a block's name in the type of its instances, and in the name of its graph."""

KINDS: Mapping[str, Kind] = {
    "integer": Integer(),
    "number": Number(),
    "boolean": Boolean(),
    "text": KerasObject("a value"),
}


class Promotion(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A parameter that a block offers to its instances."""

    name: str
    kind: Literal["integer", "number", "boolean", "text"]
    default: Any
    doc: str = ""


class BlockSettings(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a block says beside its graph.

    `bindings`: by inner node id, the expression for each parameter that follows the block's own.
    """

    promotions: tuple[Promotion, ...] = ()
    bindings: dict[str, dict[str, str]] = field(default_factory=dict)
    doc: str = ""


_NO_SETTINGS = BlockSettings()


@dataclass(frozen=True)
class Block:
    """A definition: its graph, named `user:<name>`, holds a node of type block_input or block_output for each port."""

    graph: Graph
    settings: BlockSettings = _NO_SETTINGS

    @property
    def name(self) -> str:
        """What people call it."""
        return self.graph.name.removeprefix(PREFIX)

    @property
    def key(self) -> str:
        """The type of its instances."""
        return self.graph.name


def block_type(block: Block) -> BlockType:
    """The node type that stands for a definition as it is now."""
    promotions = tuple(Param(p.name, KINDS[p.kind], p.default, p.doc) for p in block.settings.promotions)
    return BlockType(
        key=block.key,
        label=block.name,
        doc=block.settings.doc or "A block of your own.",
        params=(*promotions, REPETITIONS),
        inputs=_ports(block.graph, BLOCK_INPUT),
        outputs=_ports(block.graph, BLOCK_OUTPUT),
        expand=lambda call: instantiate(block, call),
        shorthand=_shorthand(block.settings),
        stem=block.name.lower().replace(" ", "_"),
        search_words=("user", "own"),
    )


def _ports(graph: Graph, kind: str) -> tuple[Port, ...]:
    """Ports from top to bottom, as they are drawn."""
    ends = sorted((node for node in graph if node.type == kind), key=lambda node: (node.position[::-1], node.name))
    return tuple(Port(node.name) for node in ends)


def _shorthand(settings: BlockSettings) -> Any:
    def shorthand(params: Mapping[str, Any]) -> str:
        values = [f"{p.name} {params[p.name]}" for p in settings.promotions]
        repeated = [f"x {params['repeat']}"] if params.get("repeat", 1) != 1 else []
        return " ".join([*values[:2], *repeated])

    return shorthand


def instantiate(block: Block, call: Call) -> Graph:
    """The block's graph with bound parameters worked out. Raises ShapeError where an expression has no value."""
    graph = copy_graph(block.graph)
    for node_id, bound in block.settings.bindings.items():
        if NodeId(node_id) in graph:
            node = graph.node(NodeId(node_id))
            values = {param: _evaluated(node, param, text, call) for param, text in bound.items()}
            graph.replace_node(replace(node, params={**node.params, **values}))
    return graph


def _evaluated(node: Node, param: str, text: str, call: Call) -> Json:
    try:
        return evaluate(text, call.params)
    except ExpressionError as error:
        raise ShapeError("block.expression", f"{param} of {node.name}: {error}") from None
