"""Overlays: what a node can be tinted by, and how strongly. The value is always written too: never colour alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite, log10

from workbench.analysis import GraphAnalysis, LayerReport
from workbench.graph import Node, NodeId
from workbench.ui import quantities
from workbench.ui.canvas.run_states import RunState

LEVELS = 8
"""Strengths of the tint beside none at all: more could not be told apart."""


@dataclass(frozen=True)
class Measure:
    """What the overlay says of a node: its value in words, and 0 to LEVELS beside the largest of the graph.

    `tone` is "added" or "changed" in a comparison, and then goes before the level.
    """

    text: str
    level: int
    tone: str = ""


@dataclass(frozen=True)
class Overlay:
    """A quantity of every node. `share`: parts of a whole, so that a percentage makes sense."""

    id: str
    title: str
    value: Callable[[LayerReport], float | None]
    text: Callable[[float], str]
    share: bool = True


@dataclass(frozen=True)
class RunOverlay:
    """A quantity of every layer while the network trains. It spans many powers of ten, so tints go by those."""

    id: str
    title: str
    value: Callable[[RunState], float | None]


@dataclass(frozen=True)
class Ghost:
    """A node that only the other network has, and the nodes of the drawn one that it was wired to."""

    node: Node
    label: str
    sources: tuple[NodeId, ...] = ()
    targets: tuple[NodeId, ...] = ()


@dataclass(frozen=True)
class DiffOverlay:
    """How the graph that is shown differs from another. `largest`: of the distances of weights, None without any."""

    title: str
    marks: Mapping[NodeId, Measure]
    ghosts: tuple[Ghost, ...] = ()
    largest: float | None = None
    most: str = ""
    """`largest` in words."""
    id: str = "comparison"


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

RUN_OVERLAYS = (
    RunOverlay("gradient", "Gradient norm", lambda run: run.gradient),
    RunOverlay("weight", "Weight norm", lambda run: run.weight),
    RunOverlay("update", "Update ratio", lambda run: run.update),
)
AnyOverlay = Overlay | RunOverlay | DiffOverlay
RunStates = Mapping[NodeId, RunState]
_LEVELS_A_DECADE = 2


def measures(analysis: GraphAnalysis, overlay: AnyOverlay | None, runs: RunStates) -> Mapping[NodeId, Measure]:
    """The measure of every node whose value is known; none without an overlay."""
    if overlay is None:
        return {}
    if isinstance(overlay, DiffOverlay):
        return overlay.marks
    if isinstance(overlay, RunOverlay):
        return _run_measures(overlay, runs)
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


def _run_measures(overlay: RunOverlay, runs: RunStates) -> Mapping[NodeId, Measure]:
    known = _run_values(overlay, runs)
    largest = max(filter(isfinite, known.values()), default=0.0)
    return {node: Measure(_run_text(overlay, value), decades(value, largest)) for node, value in known.items()}


def _run_values(overlay: RunOverlay, runs: RunStates) -> dict[NodeId, float]:
    values = ((node, overlay.value(run)) for node, run in runs.items())
    return {node: value for node, value in values if value is not None}


def _run_text(overlay: RunOverlay, value: float) -> str:
    return f"{overlay.title.lower()} {value:.2g}"


def decades(value: float, largest: float) -> int:
    """The strongest tint for the largest and for what is no number any more; two levels less for a tenth of it."""
    if not isfinite(value):
        return LEVELS
    if value <= 0 or largest <= 0:
        return 0
    return max(0, LEVELS + round(_LEVELS_A_DECADE * log10(value / largest)))


def largest_text(analysis: GraphAnalysis, overlay: AnyOverlay, runs: RunStates) -> str:
    """The strongest tint in words, for the legend; "" where there is nothing to explain."""
    if isinstance(overlay, DiffOverlay):
        return "" if not overlay.largest else overlay.most
    if isinstance(overlay, RunOverlay):
        largest = max(_run_values(overlay, runs).values(), default=None)
        return "…: train to see it" if largest is None else f"{largest:.2g}"
    values = (overlay.value(analysis.report(node.id)) for node in analysis.graph if analysis.report(node.id).known)
    return overlay.text(max((value for value in values if value is not None), default=0))
