"""The health check as the panel lists it. For threads."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

from workbench.ui.background import Report
from workbench.ui.panels.dataset.samples import Samples


@dataclass(frozen=True)
class Finding:
    """Samples with the same problem. `level` is the name of its icon: error, warning or info."""

    kind: str
    level: str
    title: str
    advice: str
    indices: tuple[int, ...]


def findings(samples: Samples, report: Report, cancel: Event) -> tuple[Finding, ...]:
    """What is wrong with the data, the worst first."""
    raise NotImplementedError
