"""Nodes made ready for inference: what does not depend on shapes is worked out once and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import count, islice
from typing import Any, NamedTuple, TypeVar

from workbench.graph import Graph, Node, NodeId, Wire
from workbench.layers import NodeType
from workbench.layers.dtypes import compute_dtype, variable_dtype

PortSources = tuple[tuple[str, tuple[tuple[NodeId, str], ...]], ...]
"""For each input port in the type's order: where its tensors come from."""

T = TypeVar("T")


class Site(NamedTuple):
    """A node with its type, full parameters and what feeds it. Sound: parameters and ports were checked."""

    node: Node
    kind: NodeType
    params: Mapping[str, Any]
    sources: PortSources
    dtype: str
    """What Keras casts floating-point inputs to."""
    variable_dtype: str
    """What Keras keeps weights in."""
    pattern: int
    """Equal for sites that make the same of the same inputs."""

    def by_port(self, arriving: Iterable[T]) -> dict[str, tuple[T, ...]]:
        """What arrives, given in the order of `sources`, dealt to the ports."""
        left = iter(arriving)
        return {port: tuple(islice(left, len(origins))) for port, origins in self.sources}


class Plan(NamedTuple):
    """The sites of a block's expansion in topological order."""

    graph: Graph
    sites: tuple[Site, ...]


def make_site(node: Node, kind: NodeType, wires: Sequence[Wire], policy: str) -> Site:
    """A node ready for inference."""
    params = kind.full_params(node.params)
    by_port: dict[str, list[tuple[NodeId, str]]] = {port.name: [] for port in kind.inputs}
    for wire in wires:
        by_port[wire.target_port].append((wire.source, wire.source_port))
    dtype: str = params.get("dtype") or policy
    sources = tuple((port, tuple(origins)) for port, origins in by_port.items())
    counts = tuple(map(len, by_port.values()))
    pattern = _pattern(kind.key, dtype, counts, node.trainable, frozen(params))
    return Site(node, kind, params, sources, compute_dtype(dtype), variable_dtype(dtype), pattern)


_numbers = count()


@lru_cache(maxsize=65536)
def _pattern(*_: Any) -> int:
    """A number for all that makes up a pattern: it is looked up for every node whenever shapes change."""
    return next(_numbers)


def frozen(value: Any) -> Any:
    """A hashable copy of a JSON value in which 1, 1.0 and true stay apart."""
    if isinstance(value, Mapping):
        return tuple([(key, frozen(item)) for key, item in value.items()])
    if isinstance(value, list | tuple):
        return tuple(map(frozen, value))
    return value if value is None or isinstance(value, str) else (type(value), value)


def make_plan(graph: Graph, kind_of: Callable[[str], NodeType], policy: str) -> Plan:
    """The plan of an expansion: its nodes are sound by construction."""
    return Plan(
        graph,
        tuple(
            make_site(graph.node(node), kind_of(graph.node(node).type), graph.wires_into(node), policy)
            for node in graph.in_order()
        ),
    )
