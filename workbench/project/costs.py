"""What a whole project costs, by the live analysis."""

from __future__ import annotations

from msgspec import Struct

from workbench.project.document import Project
from workbench.project.live import LiveAnalysis


class Costs(Struct, frozen=True):
    """Sums over all graphs; MACs and activations are for one sample."""

    params: int = 0
    trainable_params: int = 0
    macs: int = 0
    activation_bytes: int = 0


def project_costs(project: Project) -> Costs:
    """Sums over the project's graphs; layers whose shapes are not known are left out."""
    analysis = LiveAnalysis(project)
    try:
        totals = [analysis.of(name).totals for name in project.graphs]
    finally:
        analysis.close()
    return Costs(
        sum(total.params for total in totals),
        sum(total.trainable_params for total in totals),
        sum(total.macs for total in totals),
        sum(total.activation_bytes for total in totals),
    )
