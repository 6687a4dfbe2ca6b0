"""How two projects differ: in their settings and in what is drawn. Plain values, empty where nothing differs."""

from workbench.project.compare.graphs import GraphDiff, NodeChange, compare_graphs
from workbench.project.compare.projects import ProjectDiff, compare_projects
from workbench.project.compare.values import MISSING, ValueChange, compare_values

__all__ = [
    "MISSING",
    "GraphDiff",
    "NodeChange",
    "ProjectDiff",
    "ValueChange",
    "compare_graphs",
    "compare_projects",
    "compare_values",
]
