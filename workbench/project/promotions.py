"""Parameters of inner layers that follow the block's own: promoting, binding, releasing, renaming. Each is one edit.

In the definition's own graph a bound parameter holds what its expression gives at the defaults, so that the shapes
shown there are those of a plain instance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from msgspec.structs import replace as changed

from workbench.graph import Json, NodeId, edits
from workbench.layers import REPEAT
from workbench.project.blocks import KINDS, Block, BlockSettings, Promotion
from workbench.project.edits import InGraph, SetBlock, Several
from workbench.project.expressions import ExpressionError, evaluate, names_in

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = frozenset({REPEAT, "min", "max"})


class PromotionError(ValueError):
    """A parameter that cannot be promoted, named or bound so; the message says why."""


def binding(block: Block, node: NodeId, param: str) -> str | None:
    """The expression that a parameter follows, or None."""
    return block.settings.bindings.get(node, {}).get(param)


def promote(block: Block, node: NodeId, param: str, value: Any) -> Several:
    """Make a parameter of an inner layer one of the block's, with its value as the default. Raises PromotionError."""
    names = {promotion.name for promotion in block.settings.promotions}
    name, number = param, 2
    while name in names or name in _RESERVED:
        name, number = f"{param}_{number}", number + 1
    promotions = (*block.settings.promotions, Promotion(name, _kind(value), value))
    settings = changed(block.settings, promotions=promotions, bindings=_bound(block, node, param, name))
    return _edit(block, settings, f"Promote {param}")


def _kind(value: Any) -> Literal["integer", "number", "boolean", "text"]:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "text"
    raise PromotionError(f"Expected one number, switch or word. Received: {value!r}")


def bind(block: Block, node: NodeId, param: str, text: str) -> Several:
    """Let a parameter follow another expression. Raises PromotionError for one without a value."""
    try:
        evaluate(text, _defaults(block.settings))
    except ExpressionError as error:
        raise PromotionError(str(error)) from None
    settings = changed(block.settings, bindings=_bound(block, node, param, text.strip()))
    return _edit(block, settings, f"Change {param}")


def release(block: Block, node: NodeId, param: str) -> Several:
    """A parameter has its own value again; a promotion that no other expression names goes."""
    bindings = _bound(block, node, param, None)
    named = {name for bound in bindings.values() for text in bound.values() for name in names_in(text)}
    was = names_in(binding(block, node, param) or "0")
    kept = tuple(p for p in block.settings.promotions if p.name not in was or p.name in named)
    return _edit(block, changed(block.settings, promotions=kept, bindings=bindings), f"Release {param}")


def rename(block: Block, name: str, new: str) -> Several:
    """Call a promoted parameter something else, in every expression too. Raises PromotionError."""
    others = {promotion.name for promotion in block.settings.promotions} - {name}
    if not _NAME.fullmatch(new) or new in _RESERVED:
        raise PromotionError(f"Expected a name of letters, digits and _, such as filters. Received: {new!r}")
    if new in others:
        raise PromotionError(f"Expected a name that no other parameter has. Received: {new!r}")
    word = re.compile(rf"\b{re.escape(name)}\b")
    bindings = {
        node: {param: word.sub(new, text) for param, text in bound.items()}
        for node, bound in block.settings.bindings.items()
    }
    promotions = tuple(changed(p, name=new) if p.name == name else p for p in block.settings.promotions)
    settings = changed(block.settings, promotions=promotions, bindings=bindings)
    return _edit(block, settings, f"Rename {name} to {new}")


def set_default(block: Block, name: str, value: Json) -> Several:
    """Give a promoted parameter another default. Raises PromotionError where that is of another kind."""
    promotions = block.settings.promotions
    (promotion,) = (promotion for promotion in promotions if promotion.name == name)
    if not KINDS[promotion.kind].accepts(value):
        raise PromotionError(f"Expected {KINDS[promotion.kind].expected}. Received: {value!r}")
    kept = tuple(changed(p, default=value) if p.name == name else p for p in promotions)
    return _edit(block, changed(block.settings, promotions=kept), f"Change default of {name}")


def _bound(block: Block, node: NodeId, param: str, text: str | None) -> dict[str, dict[str, str]]:
    """The bindings with one more, changed or (None) taken away."""
    bindings = {other: dict(bound) for other, bound in block.settings.bindings.items()}
    of_node = bindings.setdefault(node, {})
    of_node.pop(param, None)
    if text is not None:
        of_node[param] = text
    return {other: bound for other, bound in bindings.items() if bound}


def _defaults(settings: BlockSettings) -> Mapping[str, Any]:
    return {promotion.name: promotion.default for promotion in settings.promotions}


def _edit(block: Block, settings: BlockSettings, label: str) -> Several:
    """Other settings, and inner layers with what they give at the defaults."""
    defaults = _defaults(settings)
    nodes = []
    for node_id, bound in settings.bindings.items():
        if NodeId(node_id) in block.graph:
            node = block.graph.node(NodeId(node_id))
            params = {**node.params, **_values(bound, defaults)}
            if params != node.params:
                nodes.append(replace(node, params=params))
    steps = (SetBlock(block.key, settings, label),)
    return Several((*steps, InGraph(block.key, edits.Update(tuple(nodes)))) if nodes else steps, label)


def _values(bound: Mapping[str, str], defaults: Mapping[str, Any]) -> dict[str, Json]:
    """What expressions give; one that has no value is left to analysis, which tells of it."""
    values: dict[str, Json] = {}
    for param, text in bound.items():
        try:
            values[param] = evaluate(text, defaults)
        except ExpressionError:
            continue
    return values
