"""Overlays: what a node can be tinted by, and how strongly. The value is always written too: never colour alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbench.analysis import GraphAnalysis, LayerReport
from workbench.graph import NodeId
from workbench.ui import quantities

LEVELS = 8
"""Strengths of the tint beside none at all: more could not be told apart."""


@dataclass(frozen=True)
class Measure:
    """What the overlay says of a node: its value in words, and 0 to LEVELS beside the largest of the graph."""

    text: str
    level: int


@dataclass(frozen=True)
class Overlay:
    """A quantity of every node. `share`: parts of a whole, so that a percentage makes sense."""

    id: str
    title: str
    value: Callable[[LayerReport], float | None]
    text: Callable[[float], str]
    share: bool = True


def _field(report: LayerReport) -> float | None:
    """The longer side; a field that is the whole input has no size."""
    field = report.receptive_field
    if field is None or field.whole:
        return None
    return float(max((axis.size for axis in field.axes), default=0)) or None


OVERLAYS = (
    Overlay("parameters", "Parameters", lambda r: r.params, lambda v: quantities.short(round(v))),
    Overlay("macs", "MACs", lambda r: r.macs, lambda v: quantities.short(round(v))),
    Overlay("field", "Receptive field", _field, lambda v: f"{v:.0f} positions", share=False),
    Overlay("memory", "Activation memory", lambda r: r.activation_bytes, lambda v: quantities.size(round(v))),
)


def measures(analysis: GraphAnalysis, overlay: Overlay | None) -> Mapping[NodeId, Measure]:
    """The measure of every node whose value is known; none without an overlay."""
    if overlay is None:
        return {}
    reports = {node.id: analysis.report(node.id) for node in analysis.graph}
    values = {node: overlay.value(report) for node, report in reports.items() if report.known}
    known = {node: value for node, value in values.items() if value is not None}
    largest, total = max(known.values(), default=0), sum(known.values())
    found = {node: _measure(overlay, value, largest, total) for node, value in known.items()}
    if not overlay.share:
        whole = {node for node, report in reports.items() if report.receptive_field and report.receptive_field.whole}
        found |= {node: Measure("sees the whole input", LEVELS) for node in whole}
    return found


def _measure(overlay: Overlay, value: float, largest: float, total: float) -> Measure:
    share = f" · {value / total:.0%}" if overlay.share and total and value else ""
    level = max(1, round(LEVELS * value / largest)) if value and largest else 0
    return Measure(overlay.text(value) + share if overlay.share else f"sees {overlay.text(value)}", level)


def largest_text(analysis: GraphAnalysis, overlay: Overlay) -> str:
    """The strongest tint in words, for the legend."""
    values = (overlay.value(analysis.report(node.id)) for node in analysis.graph if analysis.report(node.id).known)
    return overlay.text(max((value for value in values if value is not None), default=0))
