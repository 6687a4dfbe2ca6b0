"""What the canvas can show: a graph of the project, a block's definition, or what a built-in block expands into."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.analysis import AnalysisContext, GraphAnalysis
from workbench.graph import NodeId, copy_graph, edits
from workbench.graph.layout import layered
from workbench.layers import BlockType
from workbench.project import LiveAnalysis, Project
from workbench.project.blocks import PREFIX


@dataclass(frozen=True)
class Place:
    """A graph by name (`user:<name>` for a definition) and, for a look inside, the built-in blocks on the way."""

    graph: str
    inside: tuple[NodeId, ...] = ()

    @property
    def read_only(self) -> bool:
        """True for what a block expands into: it is made anew from the block's parameters, so nothing can be drawn."""
        return bool(self.inside)

    @property
    def is_definition(self) -> bool:
        """True for the graph of a block of the user's own."""
        return self.graph.startswith(PREFIX) and not self.inside

    @property
    def is_network(self) -> bool:
        """True for a graph of the project itself."""
        return not self.inside and not self.is_definition

    def into(self, node: NodeId) -> Place:
        """The place inside a built-in block that is shown here."""
        return Place(self.graph, (*self.inside, node))


def look_inside(analysis: GraphAnalysis, node: NodeId) -> GraphAnalysis | None:
    """What a block expands into, laid out, with the shapes that arrive at it; None while that is not known."""
    if node not in analysis.graph:
        return None
    report = analysis.report(node)
    if not report.inner:
        return None
    graph = copy_graph(report.inner[0].plan.graph, f"{analysis.graph.name}/{node}")
    edits.move(graph, layered(graph)).apply(graph)
    inner = GraphAnalysis(graph, analysis.catalogue, AnalysisContext(dtype_policy=analysis.context.dtype_policy))
    inner.expect(analysis.arrivals(node))
    return inner


def is_block(analysis: GraphAnalysis, node: NodeId) -> bool:
    """True for a node that is there and is a block."""
    return node in analysis.graph and isinstance(analysis.catalogue.get(analysis.graph.node(node).type), BlockType)


def contains(project: Project, key: str, wanted: str) -> bool:
    """True when the definition `key` is, or holds at any depth, the definition `wanted`."""
    seen: set[str] = set()
    waiting = [key]
    while waiting:
        current = waiting.pop()
        if current == wanted:
            return True
        if current not in seen and current in project.blocks:
            seen.add(current)
            waiting.extend(node.type for node in project.blocks[current].graph)
    return False


def names_on_the_way(analysis: LiveAnalysis, place: Place) -> list[str]:
    """What to call a place: the graph, then each block that is looked into, as far as they exist."""
    names = [place.graph.removeprefix(PREFIX)]
    current: GraphAnalysis | None = analysis.of(place.graph)
    for node in place.inside:
        if current is None or node not in current.graph:
            break
        names.append(current.graph.node(node).name)
        current = look_inside(current, node)
    return names
