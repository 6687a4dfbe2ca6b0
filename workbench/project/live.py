"""Analysis of every graph of a project, kept up to date while it changes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from workbench.analysis import AnalysisContext, Diagnostic, GraphAnalysis, Severity
from workbench.data.facts import known_classes
from workbench.graph import NodeId
from workbench.layers import CATALOGUE, Catalogue
from workbench.project.document import Change, Project

Listener = Callable[[str, frozenset[NodeId]], None]


class LiveAnalysis:
    """A `GraphAnalysis` for each graph, with the context that the project's settings give.

    Listeners get a graph's name and the ids of its nodes whose report changed; an empty set means that only
    problems of the graph as a whole may have changed.
    """

    def __init__(self, project: Project, catalogue: Catalogue = CATALOGUE) -> None:
        self.project = project
        self._graphs = {
            name: GraphAnalysis(graph, catalogue, context_of(project)) for name, graph in project.graphs.items()
        }
        self._listeners: list[Listener] = []
        for name, analysis in self._graphs.items():
            analysis.subscribe(partial(self._publish, name))
        self._unsubscribe = project.subscribe(self._on_change)

    def of(self, graph: str) -> GraphAnalysis:
        """The analysis of one graph."""
        return self._graphs[graph]

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every problem of every graph."""
        return tuple(problem for analysis in self._graphs.values() for problem in analysis.diagnostics)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The problems that keep the network from being trained."""
        return tuple(problem for problem in self.diagnostics if problem.severity is Severity.ERROR)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every change; returns the function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def close(self) -> None:
        """Stop following the project."""
        self._unsubscribe()
        for analysis in self._graphs.values():
            analysis.close()

    def _on_change(self, change: Change) -> None:
        if change.sections:
            context = context_of(self.project)
            for name, analysis in self._graphs.items():
                analysis.context = context
                self._publish(name, frozenset())

    def _publish(self, graph: str, ids: frozenset[NodeId]) -> None:
        for listener in tuple(self._listeners):
            listener(graph, ids)


def context_of(project: Project) -> AnalysisContext:
    """What analysis needs to know of the project's settings."""
    return AnalysisContext(
        classes=known_classes(project.dataset.spec), batch_size=project.training.batch_size, inputs=1, outputs=1
    )
