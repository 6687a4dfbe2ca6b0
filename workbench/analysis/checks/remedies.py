"""Ways out that many checks offer."""

from __future__ import annotations

from typing import Any

from workbench.analysis.diagnostics import Fix
from workbench.analysis.scope import Layer
from workbench.graph import Graph, NodeId, edits, rewiring
from workbench.layers import NodeType

BOUND = frozenset({"use_bias", "momentum"})
"""Parameters that every block which has them hands on to its layers."""


def setting(graph: Graph, node: NodeId, kind: NodeType, label: str, **values: Any) -> Fix:
    """A fix that gives parameters of a drawn node other values."""
    return Fix(label, edits.set_params(graph, node, values, kind.defaults))


def set_layer(layer: Layer, label: str, **values: Any) -> tuple[Fix, ...]:
    """The same for a layer, by way of its block where the block hands these parameters on; else nothing."""
    scope = layer.scope
    if not layer.inner:
        return (setting(scope.graph, layer.id, layer.kind, label, **values),)
    if scope.outer is None or scope.block is None or scope.outer.outer is not None:
        return ()
    block, kind = scope.outer.graph.node(scope.block), scope.outer.kind(scope.block)
    shared = kind.full_params(block.params)
    if all(name in BOUND and shared.get(name) == layer.params[name] for name in values):
        return (setting(scope.outer.graph, block.id, kind, label, **values),)
    return ()


def take_out(layer: Layer, label: str) -> tuple[Fix, ...]:
    """A fix that lets the flow go round a drawn layer."""
    return () if layer.inner else (Fix(label, rewiring.Bypass(layer.id, label)),)
