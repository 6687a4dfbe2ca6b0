"""Nodes that wait for inference, first those that others depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heapify, heappop, heappush

from workbench.graph import NodeId


class Agenda:
    """A set of nodes that gives them back in topological order, each once."""

    def __init__(self, rank: Callable[[NodeId], int]) -> None:
        self._rank = rank
        self._heap: list[tuple[int, NodeId]] = []
        self._waiting: set[NodeId] = set()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, node: NodeId, after: int) -> None:
        """Let a node wait, unless it ranks no higher than `after`; one that waits already does so once."""
        if node not in self._waiting and (rank := self._rank(node)) > after:
            self._waiting.add(node)
            heappush(self._heap, (rank, node))

    def discard(self, node: NodeId) -> None:
        """Forget a node that is gone."""
        self._waiting.discard(node)

    def reorder(self, nodes: Iterable[NodeId] = ()) -> None:
        """Add nodes and sort anew: an edit may have changed the order of those that wait."""
        self._waiting.update(nodes)
        self._heap = [(self._rank(node), node) for node in self._waiting]
        heapify(self._heap)

    def pop(self) -> tuple[int, NodeId]:
        """The first node that waits, with its rank. Raises IndexError when none does."""
        while True:
            position, node = heappop(self._heap)
            if node in self._waiting:
                self._waiting.remove(node)
                return position, node
