"""A topological order that is kept while wires come and go.

Pearce and Kelly, "A dynamic topological sort algorithm for directed acyclic graphs", JEA 11 (2006): a wire that
agrees with the order costs nothing; one that does not reorders only the nodes between its ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from workbench.graph.model import NodeId

Neighbours = Callable[[NodeId], Iterable[NodeId]]


class TopologicalOrder:
    """Ranks of the nodes of a graph whose neighbours are given by two functions.

    A wire that closes a cycle is left out of the order (`add_wire` returns False): a drawn graph may hold cycles,
    and its other nodes still need an order.
    """

    def __init__(self, successors: Neighbours, predecessors: Neighbours) -> None:
        self._successors = successors
        self._predecessors = predecessors
        self._rank: dict[NodeId, int] = {}
        self._next = 0

    def rank(self, node: NodeId) -> int:
        """Position of a node; a source ranks below its targets unless the wire closes a cycle."""
        return self._rank[node]

    def add_node(self, node: NodeId) -> None:
        """Append a node that has no wires."""
        self._rank[node] = self._next
        self._next += 1

    def remove_node(self, node: NodeId) -> None:
        """Forget a node that has no wires."""
        del self._rank[node]

    def reaches(self, start: NodeId, goal: NodeId) -> bool:
        """True when `goal` can be reached from `start`; looks only at ranks up to the goal's."""
        return self._explore(start, self._successors, lambda rank: rank <= self._rank[goal], goal) is None

    def add_wire(self, source: NodeId, target: NodeId) -> bool:
        """Make `source` rank below `target`; False, with nothing changed, when that would close a cycle."""
        low, high = self._rank[target], self._rank[source]
        if source == target:
            return False
        if high < low:
            return True
        forward = self._explore(target, self._successors, lambda rank: rank <= high, source)
        if forward is None:
            return False
        backward = self._explore(source, self._predecessors, lambda rank: rank >= low, None)
        assert backward is not None  # a search without a goal always ends
        self._reassign(backward, forward)
        return True

    def _explore(
        self, start: NodeId, neighbours: Neighbours, within: Callable[[int], bool], goal: NodeId | None
    ) -> set[NodeId] | None:
        """Nodes reachable from `start` whose rank is within bounds; None as soon as `goal` is met."""
        seen = {start}
        frontier = [start]
        while frontier:
            node = frontier.pop()
            if node == goal:
                return None
            for other in neighbours(node):
                if other not in seen and within(self._rank[other]):
                    seen.add(other)
                    frontier.append(other)
        return seen

    def _reassign(self, before: set[NodeId], after: set[NodeId]) -> None:
        """Give the pooled ranks out again: first `before`, then `after`, each in its old order."""
        by_rank = self._rank.__getitem__
        nodes = [*sorted(before, key=by_rank), *sorted(after, key=by_rank)]
        self._rank.update(zip(nodes, sorted(map(by_rank, nodes)), strict=True))

    def sorted(self, nodes: Iterable[NodeId]) -> Iterator[NodeId]:
        """The nodes in topological order."""
        return iter(sorted(nodes, key=self._rank.__getitem__))
