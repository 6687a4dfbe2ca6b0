"""Parts of a network that are drawn again and again: the same layers and wires, with other weights.

A part has one tensor that enters and one that leaves. Such parts lie between nodes that every path passes (dominators),
which makes a network a few chains of segments. Each segment has a canonical form, found by walking back from its end
along the ports, so equal forms mean equal structure, node by node. A chain is then a text, and repeated parts are its
repeated substrings. The one that saves the most nodes is taken first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import networkx as nx

from workbench.graph import Graph, Json, Node, NodeId
from workbench.layers import BLOCK_INPUT, BLOCK_OUTPUT, REPEAT, Catalogue, NodeType

LONGEST = 32
"""Segments in a part at most."""
SMALLEST = 4
"""Nodes in a part at least; a segment that branches may have one fewer."""
MOST_PARAMETERS = 6
"""Parameters in which the copies of a part may differ."""
_SOURCE, _SINK = NodeId("\0source"), NodeId("\0sink")


class Part(NamedTuple):
    """One copy. `nodes`: its end first, then in the order of a walk back: those at one place correspond in all copies.

    `chain` and `place` tell which copies follow one another; `exact` is equal where parameters are, too.
    """

    entry: tuple[NodeId, str]
    nodes: tuple[NodeId, ...]
    leaves: str
    """The port of the end that the tensor leaves by."""
    chain: int
    place: int
    length: int
    exact: tuple[int, ...]

    def goes_on_with(self, after: Part) -> bool:
        """True where `after` begins with what this one gives."""
        return self.chain == after.chain and self.place + self.length == after.place


@dataclass(frozen=True)
class Repeat:
    """Copies of one part in the order of the network, and the parameters in which they differ."""

    parts: tuple[Part, ...]
    differing: Mapping[tuple[int, str], tuple[Json, ...]]
    """By place in `nodes` and parameter: the value in each copy, one number for sizes that are alike on every axis."""


class _Segment(NamedTuple):
    """From one cut of a chain to the next: canonical forms with and without the numbers, and its nodes."""

    loose: int
    exact: int
    entry: tuple[NodeId, str]
    nodes: tuple[NodeId, ...]
    leaves: str


def find_repeats(graph: Graph, catalogue: Catalogue) -> list[Repeat]:
    """Parts drawn at least twice, none within another, those that save most nodes first."""
    if graph.cycle_wires or not len(graph):
        return []
    return _Search(graph, catalogue).repeats()


class _Search:
    def __init__(self, graph: Graph, catalogue: Catalogue) -> None:
        self._graph = graph
        self._catalogue = catalogue
        self._numbers: dict[Any, int] = {}
        sharing = {node.id for node in graph if node.shares} | {node.shares for node in graph if node.shares}
        self._barred = frozenset(node.id for node in graph if node.id in sharing or not self._may_fold(node))
        self._chains = [[self._segment(a, b) for a, b in chain] for chain in _chains(graph)]

    def repeats(self) -> list[Repeat]:
        found: list[Repeat] = []
        refused: set[tuple[tuple[int, ...], bool]] = set()
        while best := self._best(refused):
            word, exactly, places = best
            parts = [self._part(chain, place, len(word)) for chain, place in places]
            differing = self._differing(parts)
            if len(distinct(differing)) > MOST_PARAMETERS:
                refused.add((word, exactly))
                continue
            found.append(Repeat(tuple(parts), differing))
            self._take({node for part in parts for node in part.nodes})
        return found

    def _take(self, nodes: set[NodeId]) -> None:
        """What is in a block is in no other: chains within its segments, and segments around it, are cut."""
        for chain, segments in enumerate(self._chains):
            self._chains[chain] = [s if s and nodes.isdisjoint(s.nodes) else None for s in segments]

    # -- segments
    def _may_fold(self, node: Node) -> bool:
        kind = self._catalogue.get(node.type)
        ends = (BLOCK_INPUT, BLOCK_OUTPUT)
        return kind is not None and bool(kind.inputs) and node.type not in ends and not kind.param_problems(node.params)

    def _segment(self, start: NodeId, end: NodeId) -> _Segment | None:
        """The part after `start` up to and with `end`; None where that cannot be a part of a block."""
        enters = {wire.source_port for wire in self._graph.wires_from(start)}
        leaves = {wire.source_port for wire in self._graph.wires_from(end)}
        if len(enters) != 1 or len(leaves) != 1:
            return None
        nodes = walk_back(self._graph, end, start)
        if not self._barred.isdisjoint(nodes):
            return None
        numbers = {node: number for number, node in enumerate(nodes)}
        loose, exact = zip(*(self._forms(node, numbers) for node in nodes), strict=True)
        return _Segment(self._number(loose), self._number(exact), (start, enters.pop()), tuple(nodes), leaves.pop())

    def _forms(self, node_id: NodeId, numbers: Mapping[NodeId, int]) -> tuple[Any, Any]:
        node = self._graph.node(node_id)
        kind = self._catalogue[node.type]
        wires = tuple(
            (wire.target_port, numbers.get(wire.source, -1), wire.source_port)
            for wire in self._graph.wires_into(node_id)
        )
        params = [(name, value, promoted(kind, name, value)) for name, value in _full(kind, node).items()]
        start = (node.type, node.trainable, _frozen(node.call_args), _frozen(node.overrides), wires)
        exact = tuple((name, _frozen(value)) for name, value, _ in params)
        loose = tuple((name, type(number)) if number is not None else (name, _frozen(v)) for name, v, number in params)
        return (*start, loose), (*start, exact)

    def _number(self, form: Any) -> int:
        return self._numbers.setdefault(form, len(self._numbers))

    # -- substrings
    def _best(
        self, refused: set[tuple[tuple[int, ...], bool]]
    ) -> tuple[tuple[int, ...], bool, list[tuple[int, int]]] | None:
        """The word whose folding saves the most nodes, whether it is one of exact forms, and where it stands."""
        best: tuple[Any, ...] | None = None
        for exactly in (True, False):
            for places, length in self._words(exactly):
                apart = _apart(places, length)
                chain, place = apart[0]
                segments = self._chains[chain][place : place + length]
                sizes = [len(segment.nodes) for segment in segments if segment]
                rank = ((len(apart) - 1) * sum(sizes), sizes[0], exactly, -length, -chain, -place)
                if len(apart) < 2 or sum(sizes) < SMALLEST - (max(sizes) > 1) or (best and rank <= best[0]):
                    continue
                word = tuple((s.exact if exactly else s.loose) for s in segments if s)
                if (word, exactly) not in refused:
                    best = rank, word, exactly, apart
        return best[1:] if best else None

    def _words(self, exactly: bool) -> Iterator[tuple[list[tuple[int, int]], int]]:
        """Every repeated word: where it stands, and its length. A word is known by its start and its last letter."""
        alive = [
            ((chain, place), segment.exact if exactly else segment.loose)
            for chain, segments in enumerate(self._chains)
            for place, segment in enumerate(segments)
            if segment
        ]
        for length in range(1, LONGEST + 1):
            groups: dict[int, list[tuple[int, int]]] = {}
            for where, word in alive:
                groups.setdefault(word, []).append(where)
            repeated = {word: places for word, places in groups.items() if len(places) > 1}
            yield from ((places, length) for places in repeated.values())
            longer: dict[tuple[int, int], int] = {}
            following = []
            for (chain, place), word in alive:
                after = self._chains[chain][place + length] if place + length < len(self._chains[chain]) else None
                if word in repeated and after:
                    key = (word, after.exact if exactly else after.loose)
                    following.append(((chain, place), longer.setdefault(key, len(longer))))
            alive = following

    # -- copies
    def _part(self, chain: int, place: int, length: int) -> Part:
        segments = [segment for segment in self._chains[chain][place : place + length] if segment]
        nodes = tuple(node for segment in reversed(segments) for node in segment.nodes)
        exact = tuple(segment.exact for segment in segments)
        return Part(segments[0].entry, nodes, segments[-1].leaves, chain, place, length, exact)

    def _differing(self, parts: Sequence[Part]) -> dict[tuple[int, str], tuple[Json, ...]]:
        found: dict[tuple[int, str], tuple[Json, ...]] = {}
        for place in reversed(range(len(parts[0].nodes))):  # as the tensors flow
            nodes = [self._graph.node(part.nodes[place]) for part in parts]
            kind = self._catalogue[nodes[0].type]
            values = [_full(kind, node) for node in nodes]
            for name in values[0]:
                if any(_frozen(other[name]) != _frozen(values[0][name]) for other in values[1:]):
                    found[place, name] = tuple(promoted(kind, name, other[name]) for other in values)
        return found


def promoted(kind: NodeType, name: str, value: Json) -> int | float | None:
    """What a block could offer for a parameter: a number, or one for sizes alike on every axis; None for the rest."""
    one = value[0] if isinstance(value, list | tuple) and value and all(v == value[0] for v in value) else value
    if name == REPEAT or isinstance(one, bool) or not isinstance(one, int | float):
        return None
    param = kind.by_name.get(name)
    return one if param is not None and (one is value or param.problem(one) is None) else None


def distinct(differing: Mapping[tuple[int, str], tuple[Json, ...]]) -> list[tuple[Json, ...]]:
    """The rows of values that are not a whole multiple of one before them."""
    rows: list[tuple[Json, ...]] = []
    for values in differing.values():
        if not any(multiple(values, row) for row in rows):
            rows.append(values)
    return rows


def multiple(values: Sequence[Any], row: Sequence[Any]) -> int | None:
    """The whole number that makes `values` of `row`, or None."""
    if tuple(values) == tuple(row):
        return 1
    if not all(isinstance(value, int) for value in (*values, *row)) or 0 in row or values[0] % row[0]:
        return None
    factor: int = values[0] // row[0]
    fits = factor > 0 and all(value == factor * other for value, other in zip(values, row, strict=True))
    return factor if fits else None


def walk_back(graph: Graph, end: NodeId, start: NodeId) -> list[NodeId]:
    """`end` and what lies between it and `start`, in an order that structure alone decides."""
    order: dict[NodeId, None] = {}
    waiting = [end]
    while waiting:
        node = waiting.pop()
        if node != start and node not in order:
            order[node] = None
            waiting += [wire.source for wire in reversed(graph.wires_into(node))]
    return list(order)


def _chains(graph: Graph) -> Iterator[list[tuple[NodeId, NodeId]]]:
    """Nodes in a row such that whatever passes one passes the next, as pairs."""
    flow: nx.DiGraph[NodeId] = nx.DiGraph(graph.topology)
    flow.add_edges_from((_SOURCE, node) for node in [*flow] if not flow.in_degree(node))
    flow.add_edges_from((node, _SINK) for node in [*flow] if not flow.out_degree(node) and node != _SOURCE)
    before = nx.immediate_dominators(flow, _SOURCE)
    behind = nx.immediate_dominators(flow.reverse(copy=False), _SINK)
    follows = {node: behind.get(node) for node in graph.in_order()}
    follows = {a: b for a, b in follows.items() if b not in (None, _SINK) and before.get(b) == a}
    taken: set[NodeId] = set()
    for first in follows:  # in topological order, so that a chain is met at its start
        if first not in taken:
            yield list(_along(follows, first, taken))


def _along(follows: Mapping[NodeId, Any], node: NodeId, taken: set[NodeId]) -> Iterator[tuple[NodeId, NodeId]]:
    while node in follows:
        taken.add(node)
        yield node, follows[node]
        node = follows[node]


def _apart(places: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Places that do not overlap, from the first on."""
    kept: list[tuple[int, int]] = []
    for chain, place in places:
        if not kept or kept[-1][0] != chain or kept[-1][1] + length <= place:
            kept.append((chain, place))
    return kept


def _full(kind: NodeType, node: Node) -> dict[str, Json]:
    return kind.full_params(node.params)


def _frozen(value: Any) -> Any:
    """A hashable copy in which 1, 1.0 and true stay apart, and one size for every axis is as good as all of them."""
    if isinstance(value, Mapping):
        return tuple((key, _frozen(item)) for key, item in sorted(value.items()))
    if isinstance(value, list | tuple):
        return tuple(map(_frozen, value))
    return value if value is None or isinstance(value, str) else (type(value), value)
