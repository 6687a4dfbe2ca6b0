"""Fixes of problems that are edits of the project as a whole, beside those of one graph."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.analysis import Diagnostic, Fix
from workbench.graph import Graph, GraphEdit, NodeId
from workbench.project.edits import Edit, InGraph


@dataclass(frozen=True)
class OfProject:
    """An edit of the project in the place of a graph's, for a way out that no graph holds."""

    edit: Edit

    @property
    def label(self) -> str:
        return self.edit.label

    @property
    def touches(self) -> frozenset[NodeId]:
        return frozenset()

    def apply(self, graph: Graph) -> GraphEdit:
        raise TypeError(f"{self.label}: an edit of the project, not of the graph {graph.name!r}")


def way_out(problem: Diagnostic, fix: Fix) -> Edit:
    """A fix as an edit of the project."""
    return fix.edit.edit if isinstance(fix.edit, OfProject) else InGraph(problem.graph, fix.edit)
