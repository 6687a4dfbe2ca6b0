"""Places for nodes: layers by rank from left to right, few crossings, long chains folded into rows.

Sugiyama's scheme. Ranks are longest paths; a wire over several ranks gets a stand-in in each rank between, which
keeps a lane free for it; barycentre sweeps order each rank; positions minimise squared distances to neighbours
(isotonic regression by pooling adjacent violators). A network is much longer than wide, so its ranks are then
folded into rows, like the lines of a text, wherever a single wire joins two ranks.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

import networkx as nx

from workbench.graph.graph import Graph
from workbench.graph.model import NodeId

GRID = 8.0
COLUMN = 240.0
"""Distance between the left edges of two ranks, in pixels."""
NODE_ROOM = 104.0
"""Height that a node takes with the gap below it."""
LANE_ROOM = 40.0
"""Height kept free for a wire that passes a rank."""
ROW_GAP = 56.0
ASPECT = 2.0
"""Width over height that folding aims at: about a canvas between two docks."""
FOLD_AFTER = 6
"""Ranks that stay in one row whatever its proportions."""
RAGGED = 0.2
"""What an empty last row costs, beside a picture 1.2 times too wide or too tall."""
SWEEPS = 8

Slot = tuple[NodeId, int]
"""A node, or the stand-in of a wire that passes: (id, -1) or (source id, number)."""
Layers = list[list[Slot]]
Position = tuple[float, float]


def layered(graph: Graph) -> dict[NodeId, Position]:
    """A position for every node, snapped to the 8-pixel grid. The same graph always gives the same picture.

    Parts that are not wired together are set below one another. Wires that close a cycle do not count.
    """
    positions: dict[NodeId, Position] = {}
    top = 0.0
    for part in _parts(_acyclic(graph)):
        placed = _place(part)
        low = min(y for _, y in placed.values())
        positions |= {node: (_snap(x), _snap(y - low + top)) for node, (x, y) in placed.items()}
        top = max(y for _, y in positions.values()) + NODE_ROOM + ROW_GAP
    return positions


def _snap(value: float) -> float:
    return round(value / GRID) * GRID


def _acyclic(graph: Graph) -> nx.DiGraph:
    """The graph without parallel wires and without those that close a cycle, nodes in topological order."""
    wired = nx.DiGraph()
    wired.add_nodes_from(node.id for node in graph)
    wired.add_edges_from((wire.source, wire.target) for wire in graph.wires if wire not in graph.cycle_wires)
    age = {node: index for index, node in enumerate(wired)}
    return _part(wired, nx.lexicographical_topological_sort(wired, age.__getitem__))


def _parts(acyclic: nx.DiGraph) -> list[nx.DiGraph]:
    """Parts that no wire joins, in topological order of their first nodes."""
    order = {node: index for index, node in enumerate(acyclic)}
    parts = [sorted(part, key=order.__getitem__) for part in nx.weakly_connected_components(acyclic)]
    return [_part(acyclic, part) for part in sorted(parts, key=lambda part: order[part[0]])]


def _part(whole: nx.DiGraph, nodes: Iterable[NodeId]) -> nx.DiGraph:
    """Some nodes with their wires, all in the order of `nodes`."""
    part = nx.DiGraph()
    part.add_nodes_from(nodes)
    order = {node: index for index, node in enumerate(part)}
    for node in part:
        targets = sorted(whole.successors(node), key=order.__getitem__)
        part.add_edges_from((node, target) for target in targets)
    return part


def _place(part: nx.DiGraph) -> dict[NodeId, Position]:
    ranks = _ranks(part)
    lanes = _with_lanes(part, ranks)
    layers = _fewer_crossings(lanes, _layers(lanes))
    heights = _heights(lanes, layers)
    return _fold(layers, heights, _bridges(part, ranks))


def _ranks(part: nx.DiGraph) -> dict[NodeId, int]:
    """Longest path from a source; a source then moves up to just before its first consumer."""
    ranks: dict[NodeId, int] = {}
    for node in part:
        ranks[node] = 1 + max((ranks[before] for before in part.predecessors(node)), default=-1)
    for node in part:
        if not part.in_degree(node) and part.out_degree(node):
            ranks[node] = min(ranks[after] for after in part.successors(node)) - 1
    return ranks


def _with_lanes(part: nx.DiGraph, ranks: dict[NodeId, int]) -> nx.DiGraph:
    """Slots with their rank; a wire over several ranks becomes a chain of stand-ins."""
    lanes = nx.DiGraph()
    for node in part:
        lanes.add_node((node, -1), rank=ranks[node])
    for number, (source, target) in enumerate(part.edges):
        stops = [(source, -1)]
        for rank in range(ranks[source] + 1, ranks[target]):
            stop = (source, number * len(ranks) + rank)
            lanes.add_node(stop, rank=rank)
            stops.append(stop)
        lanes.add_edges_from(pairwise([*stops, (target, -1)]))
    return lanes


def _layers(lanes: nx.DiGraph) -> Layers:
    layers: Layers = [[] for _ in range(1 + max(rank for _, rank in lanes.nodes(data="rank")))]
    for slot, rank in lanes.nodes(data="rank"):
        layers[rank].append(slot)
    return layers


def _fewer_crossings(lanes: nx.DiGraph, layers: Layers) -> Layers:
    """Barycentre sweeps forth and back; keeps the best order that was seen."""
    best, fewest = layers, _crossings(lanes, layers)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        forth = sweep % 2 == 0
        layers = _sweep(layers, lanes.predecessors if forth else lanes.successors, forth)
        crossings = _crossings(lanes, layers)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _sweep(layers: Layers, neighbours: Callable[[Slot], Iterable[Slot]], forth: bool) -> Layers:
    ordered: Layers = []
    place: dict[Slot, float] = {}
    for layer in layers if forth else reversed(layers):
        ahead = dict(zip(layer, range(len(layer)), strict=True))
        middles = {slot: _mean([place[other] for other in neighbours(slot)], ahead[slot]) for slot in layer}
        layer = sorted(layer, key=middles.__getitem__)
        place |= {slot: float(index) for index, slot in enumerate(layer)}
        ordered.append(layer)
    return ordered if forth else ordered[::-1]


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default


def _crossings(lanes: nx.DiGraph, layers: Layers) -> int:
    """Pairs of wires that cross between neighbouring ranks."""
    total = 0
    for left, right in pairwise(layers):
        place = {slot: index for index, slot in enumerate(right)}
        seen: list[int] = []
        for slot in left:
            ends = sorted(place[target] for target in lanes.successors(slot))
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _heights(lanes: nx.DiGraph, layers: Layers) -> dict[Slot, float]:
    """The middle of every slot, as near to its neighbours' as the order and the room of each rank allow."""
    heights: dict[Slot, float] = {}
    for layer in layers:
        heights |= _stack(layer, [0.0] * len(layer))
    for sweep in range(SWEEPS):
        around = lanes.predecessors if sweep % 2 == 0 else lanes.successors
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = [_mean([heights[other] for other in around(slot)], heights[slot]) for slot in layer]
            heights |= _stack(layer, wanted)
    return heights


def _room(slot: Slot) -> float:
    return NODE_ROOM if slot[1] < 0 else LANE_ROOM


@dataclass
class _Block:
    """Slots that touch: they move as one."""

    slots: int
    middle: float


def _stack(layer: Sequence[Slot], wanted: Sequence[float]) -> dict[Slot, float]:
    """Heights in the layer's order, each slot with its room, with the least sum of squared distances to `wanted`."""
    offsets = [0.0]
    for above, below in pairwise(layer):
        offsets.append(offsets[-1] + (_room(above) + _room(below)) / 2)
    blocks: list[_Block] = []
    for want, offset in zip(wanted, offsets, strict=True):
        blocks.append(_Block(1, want - offset))
        while len(blocks) > 1 and blocks[-2].middle > blocks[-1].middle:
            last, before = blocks.pop(), blocks.pop()
            slots = before.slots + last.slots
            blocks.append(_Block(slots, (before.slots * before.middle + last.slots * last.middle) / slots))
    middles = [block.middle for block in blocks for _ in range(block.slots)]
    return {slot: middle + offset for slot, middle, offset in zip(layer, middles, offsets, strict=True)}


def _bridges(part: nx.DiGraph, ranks: dict[NodeId, int]) -> set[int]:
    """Ranks before which a row may end: exactly one wire comes over, from the rank before."""
    count = 2 + max(ranks.values())
    change = [0] * (count + 1)
    for source, target in part.edges:
        change[ranks[source] + 1] += 1
        change[ranks[target] + 1] -= 1
    bridges, over = set(), 0
    for rank in range(count):
        over += change[rank]
        if over == 1:
            bridges.add(rank)
    return bridges


def _fold(layers: Layers, heights: dict[Slot, float], bridges: set[int]) -> dict[NodeId, Position]:
    """Break the ranks into the rows whose picture comes nearest to ASPECT, and set the rows below one another."""
    candidates = {tuple(_rows(len(layers), length, bridges)) for length in _row_lengths(len(layers))}
    rows = min(candidates, key=lambda rows: (_misfit(rows, layers, heights), rows))
    positions: dict[NodeId, Position] = {}
    top = 0.0
    for first, last in rows:
        low, high = _extent(layers[first:last], heights)
        for rank in range(first, last):
            for node, stand_in in layers[rank]:
                if stand_in < 0:
                    positions[node] = ((rank - first) * COLUMN, heights[(node, -1)] - low + top)
        top += high - low + ROW_GAP
    return positions


def _row_lengths(count: int) -> range:
    return range(count, count + 1) if count <= FOLD_AFTER else range(FOLD_AFTER // 2, count + 1)


def _rows(count: int, length: int, bridges: set[int]) -> list[tuple[int, int]]:
    """Rows of at least `length` ranks that end at bridges, as (first, end) pairs."""
    rows, first = [], 0
    for rank in range(1, count):
        if rank - first >= length and rank in bridges:
            rows.append((first, rank))
            first = rank
    return [*rows, (first, count)]


def _extent(layers: Layers, heights: dict[Slot, float]) -> tuple[float, float]:
    """Top and bottom of ranks."""
    edges = [(heights[slot] - _room(slot) / 2, heights[slot] + _room(slot) / 2) for layer in layers for slot in layer]
    return min(low for low, _ in edges), max(high for _, high in edges)


def _misfit(rows: Sequence[tuple[int, int]], layers: Layers, heights: dict[Slot, float]) -> float:
    """How far the picture is from the wanted proportions, and how much of its last row is empty."""
    longest = max(end - first for first, end in rows)
    extents = [_extent(layers[first:end], heights) for first, end in rows]
    height = sum(high - low for low, high in extents) + ROW_GAP * (len(rows) - 1)
    first, end = rows[-1]
    return abs(log(longest * COLUMN / height / ASPECT)) + RAGGED * (1 - (end - first) / longest)
