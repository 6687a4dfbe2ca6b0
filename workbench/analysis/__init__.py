"""Live analysis: shapes, weights, costs, receptive fields and problems, re-inferred only where an edit reaches."""

from workbench.analysis.context import AnalysisContext
from workbench.analysis.diagnostics import Diagnostic, Fix, Severity
from workbench.analysis.graph_analysis import Defer, GraphAnalysis
from workbench.analysis.primitives import Primitive, TensorRef, primitives
from workbench.analysis.receptive_field import ReceptiveField
from workbench.analysis.report import LayerReport, Totals

__all__ = [
    "AnalysisContext",
    "Defer",
    "Diagnostic",
    "Fix",
    "GraphAnalysis",
    "LayerReport",
    "Primitive",
    "ReceptiveField",
    "Severity",
    "TensorRef",
    "Totals",
    "primitives",
]
