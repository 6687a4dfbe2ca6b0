"""What the checks of a whole graph look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from workbench.analysis.context import AnalysisContext
from workbench.analysis.diagnostics import Diagnostic
from workbench.analysis.report import LayerReport
from workbench.analysis.scope import Layer, Scope
from workbench.graph import Graph, NodeId, Wire
from workbench.layers import Catalogue, NodeType, TensorSpec


class Trial(Protocol):
    """The analysis of a copy in which something is tried out; it follows the copy's changes."""

    graph: Graph

    def report(self, node: NodeId) -> LayerReport: ...


@dataclass(frozen=True, eq=False)
class Subject:
    """A graph with all that is known of it. `trial` analyses a copy."""

    graph: Graph
    catalogue: Catalogue
    context: AnalysisContext
    report: Callable[[NodeId], LayerReport]
    trial: Callable[[Graph], Trial]

    @cached_property
    def scope(self) -> Scope:
        """The drawn graph as a place where layers are."""
        return Scope(self.graph, self.catalogue, self.report)

    @cached_property
    def met(self) -> dict[tuple[NodeId, str], Layer]:
        """Layers that explanations have come across, by their keys: a search begins where another has been."""
        return {}

    @cached_property
    def kinds(self) -> Mapping[NodeId, NodeType | None]:
        """The type of every node."""
        return {node.id: self.catalogue.get(node.type) for node in self.graph}

    @cached_property
    def inputs(self) -> list[NodeId]:
        """Nodes where data enters: their type has no input port."""
        return [node for node, kind in self.kinds.items() if kind is not None and not kind.inputs]

    @cached_property
    def outputs(self) -> list[NodeId]:
        """Nodes where the network ends: something comes in and nothing goes on."""
        topology = self.graph.topology
        return [node for node, onwards in topology.adjacency() if not onwards and topology.in_degree(node)]

    def spec(self, wire: Wire) -> TensorSpec | None:
        """What flows on a wire."""
        return self.report(wire.source).outputs.get(wire.source_port)

    def names_of(self, nodes: Iterable[NodeId]) -> str:
        """Names, sorted, for a message."""
        return ", ".join(sorted(self.graph.node(node).name for node in nodes))


Check = Callable[[Subject], Iterable[Diagnostic]]
Explanation = Callable[[Subject, Diagnostic], Diagnostic]
"""From a problem that inference found to one that names its cause, or offers ways out; or the same again."""
