"""Nodes and wires: the values a graph is made of."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NewType

NodeId = NewType("NodeId", str)
Json = Any
"""A JSON value: None, bool, int, float, str, list or dict of them."""


def new_node_id() -> NodeId:
    """A random id: never reused, so that undo, weights and merges of two files cannot confuse two nodes."""
    return NodeId(secrets.token_hex(4))


@dataclass(frozen=True, slots=True)
class Node:
    """One drawn element. A change makes a new value with the same id (`dataclasses.replace`).

    `params` holds only what differs from the layer type's defaults. `inputs`, `outputs` and `specs` (port, shape
    without the batch axis, dtype) are what was last known of the ports and of what leaves them, so that a file
    opens without the plugin that made the node.
    """

    id: NodeId
    type: str
    name: str
    params: Mapping[str, Json] = field(default_factory=dict)
    trainable: bool = True
    position: tuple[float, float] = (0.0, 0.0)
    call_args: Mapping[str, Json] = field(default_factory=dict)
    shares: NodeId | None = None
    overrides: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    """For an instance of a block: values of its own by inner path (`"0/conv": {"trainable": false}`)."""
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    specs: tuple[tuple[str, tuple[int | None, ...], str], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", MappingProxyType(dict(self.params)))
        object.__setattr__(self, "call_args", MappingProxyType(dict(self.call_args)))
        object.__setattr__(self, "overrides", MappingProxyType(dict(self.overrides)))


@dataclass(frozen=True, slots=True, order=True)
class Wire:
    """A tensor from an output port to an input port.

    `order` is the position among the wires of a port that takes several (the inputs of Add); 0 elsewhere.
    """

    source: NodeId
    target: NodeId
    source_port: str = "output"
    target_port: str = "input"
    order: int = 0
