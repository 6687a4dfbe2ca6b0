"""How two graphs differ: nodes matched by id, then by name and type; wires by what they join. Moves do not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.graph import Graph, Node, NodeId, Wire
from workbench.layers import Catalogue
from workbench.project.compare.values import ValueChange, compare_values

End = tuple[str, str]
"""Names of a node and of its port."""


@dataclass(frozen=True)
class NodeChange:
    """A node that both graphs have, with what differs: `name`, `trainable`, `params.filters` and so on."""

    before: Node
    after: Node
    changes: tuple[ValueChange, ...]


@dataclass(frozen=True)
class Joint:
    """A wire by the names of what it joins."""

    source: End
    target: End

    def __str__(self) -> str:
        return f"{_end(self.source, 'output')} → {_end(self.target, 'input')}"


@dataclass(frozen=True)
class GraphDiff:
    """What `after` has that `before` has not, and the other way round. Wires of added and removed nodes count too.

    `reordered` are the ports of `after` whose wires are the same in another order, which matters to Concatenate.
    """

    name: str
    added: tuple[Node, ...] = ()
    removed: tuple[Node, ...] = ()
    changed: tuple[NodeChange, ...] = ()
    wires_added: tuple[Joint, ...] = ()
    wires_removed: tuple[Joint, ...] = ()
    reordered: tuple[End, ...] = ()

    def __bool__(self) -> bool:
        parts = (self.added, self.removed, self.changed, self.wires_added, self.wires_removed, self.reordered)
        return any(parts)


def compare_graphs(before: Graph, after: Graph, catalogue: Catalogue) -> GraphDiff:
    """The differences of two graphs, in the order of their nodes.

    Parameters are compared with the catalogue's defaults filled in: a default that is written down is none less.
    """
    pairs = match_nodes(before, after)
    back = {new: old for old, new in pairs.items()}
    changed = (_compare(before.node(old), after.node(new), pairs, catalogue) for old, new in pairs.items())
    joined_before = Counter(_translated(wire, pairs) for wire in before.wires)
    joined_after = Counter(_unordered(wire) for wire in after.wires)
    return GraphDiff(
        after.name,
        tuple(node for node in after if node.id not in back),
        tuple(node for node in before if node.id not in pairs),
        tuple(change for change in changed if change.changes),
        _joints(joined_after - joined_before, lambda _, node: after.node(node).name),
        _joints(joined_before - joined_after, lambda both, node: before.node(back[node] if both else node).name),
        _reordered(before, after, pairs),
    )


def match_nodes(before: Graph, after: Graph) -> dict[NodeId, NodeId]:
    """Which node of `after` each node of `before` is: the one with its id and type, else with its name and type."""
    pairs = {node.id: node.id for node in before if node.id in after and after.node(node.id).type == node.type}
    taken = set(pairs.values())
    free = {(node.name, node.type): node.id for node in reversed([*after]) if node.id not in taken}
    for node in before:
        if node.id not in pairs and (found := free.pop((node.name, node.type), None)) is not None:
            pairs[node.id] = found
    return pairs


_Ends = tuple[bool, NodeId, str, bool, NodeId, str]
"""Source and target; each is an id of `after`, or of `before` where the node is not in both."""


def _unordered(wire: Wire) -> _Ends:
    return True, wire.source, wire.source_port, True, wire.target, wire.target_port


def _translated(wire: Wire, pairs: Mapping[NodeId, NodeId]) -> _Ends:
    source, target = pairs.get(wire.source), pairs.get(wire.target)
    return (
        source is not None,
        source or wire.source,
        wire.source_port,
        target is not None,
        target or wire.target,
        wire.target_port,
    )


def _joints(ends: Counter[_Ends], name: Callable[[bool, NodeId], str]) -> tuple[Joint, ...]:
    """Wires by the names that their nodes have on the side that has the wire."""
    found = [
        Joint((name(source_known, source), source_port), (name(target_known, target), target_port))
        for source_known, source, source_port, target_known, target, target_port in ends.elements()
    ]
    return tuple(sorted(found, key=lambda joint: (joint.source, joint.target)))


def _reordered(before: Graph, after: Graph, pairs: Mapping[NodeId, NodeId]) -> tuple[End, ...]:
    old = _sequences(before, [_translated(wire, pairs) for wire in sorted(before.wires, key=_order)])
    new = _sequences(after, [_unordered(wire) for wire in sorted(after.wires, key=_order)])
    found = []
    for port, sequence in new.items():
        earlier = old.get(port, [])
        common = Counter(sequence) & Counter(earlier)
        if _kept(sequence, common) != _kept(earlier, common):
            found.append((after.node(port[0]).name, port[1]))
    return tuple(sorted(found))


def _sequences(graph: Graph, wires: list[_Ends]) -> dict[tuple[NodeId, str], list[_Ends]]:
    ports: dict[tuple[NodeId, str], list[_Ends]] = {}
    for ends in wires:
        if ends[3]:
            ports.setdefault((ends[4], ends[5]), []).append(ends)
    return ports


def _kept(sequence: list[_Ends], common: Counter[_Ends]) -> list[_Ends]:
    """The sequence without what only one side has."""
    left = Counter(common)
    kept = []
    for ends in sequence:
        if left[ends]:
            left[ends] -= 1
            kept.append(ends)
    return kept


def _order(wire: Wire) -> tuple[int, Wire]:
    return wire.order, wire


def _compare(before: Node, after: Node, pairs: Mapping[NodeId, NodeId], catalogue: Catalogue) -> NodeChange:
    shares = pairs.get(before.shares, before.shares) if before.shares else None
    old, new = _fields(before, shares, catalogue), _fields(after, after.shares, catalogue)
    return NodeChange(before, after, compare_values(old, new))


def _fields(node: Node, shares: str | None, catalogue: Catalogue) -> dict[str, Any]:
    kind = catalogue.get(node.type)
    return {
        "name": node.name,
        "params": kind.full_params(node.params) if kind else dict(node.params),
        "trainable": node.trainable,
        "call_args": dict(node.call_args),
        "overrides": {path: dict(values) for path, values in node.overrides.items()},
        **({"shares": shares} if shares else {}),
    }


def _end(end: End, usual: str) -> str:
    name, port = end
    return name if port == usual else f"{name}.{port}"
