"""What can happen to a graph. Listeners get a tuple of these for each outermost transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workbench.graph.model import NodeId, Wire


@dataclass(frozen=True, slots=True)
class NodeAdded:
    """A node appeared; it has no wires yet."""

    node: NodeId


@dataclass(frozen=True, slots=True)
class NodeRemoved:
    """A node is gone; its wires went before it."""

    node: NodeId


@dataclass(frozen=True, slots=True)
class NodeChanged:
    """Fields of a node have new values; `fields` are attribute names of `Node`."""

    node: NodeId
    fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class WireAdded:
    """A wire was connected."""

    wire: Wire


@dataclass(frozen=True, slots=True)
class WireRemoved:
    """A wire was disconnected."""

    wire: Wire


GraphEvent = NodeAdded | NodeRemoved | NodeChanged | WireAdded | WireRemoved
GraphListener = Callable[[tuple[GraphEvent, ...]], None]
