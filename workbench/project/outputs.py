"""The map that a project's network gives, found without building it: what masks and target images are fitted to."""

from __future__ import annotations

from workbench.analysis import AnalysisContext, GraphAnalysis
from workbench.analysis.receptive_field import ReceptiveField
from workbench.data.targets import Output
from workbench.project.catalogue import project_catalogue
from workbench.project.document import Project


def output_of(project: Project, input_shape: tuple[int | None, ...]) -> Output:
    """Shape and scale of the only output of the project's only network; without one the input's own size."""
    graphs = list(project.graphs.values())
    if len(graphs) != 1:
        return Output((*input_shape[:2], None))
    analysis = GraphAnalysis(graphs[0], project_catalogue(project.blocks.values()), AnalysisContext())
    reports = [analysis.report(end) for end, onwards in graphs[0].topology.adjacency() if not onwards]
    specs = [spec for report in reports for spec in report.outputs.values()]
    found = [field for report in reports if (field := report.receptive_field)]
    analysis.close()
    if len(specs) != 1 or len(specs[0].shape) != 3:
        return Output(tuple(specs[0].shape) if len(specs) == 1 else ())
    return Output(tuple(specs[0].shape), _scale(found[0]) if found else None)


def _scale(field: ReceptiveField) -> tuple[float, float] | None:
    """Output positions for one of the input's; None where an output position sees the whole input."""
    if field.whole or len(field.axes) != 2:
        return None
    rows, columns = (1 / float(axis.stride) for axis in field.axes)
    return rows, columns
