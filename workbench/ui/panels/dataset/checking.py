"""The health check as the panel lists it. For threads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from threading import Event

from workbench.data.health import check_health
from workbench.data.source import SampleProblem
from workbench.ui.background import Report
from workbench.ui.panels.dataset.samples import Samples

_WORDS = {
    "left_out": "Left out",
    "unreadable": "Unreadable",
    "animated": "Animated",
    "leaked": "Leaked",
    "nearly_leaked": "Nearly leaked",
    "contradicting": "Contradicting",
    "duplicate": "Duplicate",
    "nearly_duplicate": "Nearly duplicate",
    "divided_group": "Divided group",
}
"""Kinds by which images can be filtered; the others are about classes."""
_ICONS = {"error": "error", "warning": "warning", "note": "info"}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `groups`: the samples that it is about, those together that belong together.

    `kind` is "" for what is about no single image; `symbol` names an icon and its colour; `details` say which file
    and what is wrong with it, for each group or where there are none.
    """

    kind: str
    symbol: str
    title: str
    advice: str
    groups: tuple[tuple[int, ...], ...] = ()
    details: tuple[tuple[str, str], ...] = ()


def findings(samples: Samples, report: Report, cancel: Event) -> tuple[Finding, ...]:
    """What is wrong with the data. Raises Cancelled."""
    health = check_health(samples.source, samples.division.split, report, cancel)
    return tuple(
        Finding(
            _WORDS.get(found.kind, ""),
            _ICONS[found.severity],
            found.message,
            found.advice,
            found.groups,
            tuple((_place(problem), problem.message) for problem in found.problems),
        )
        for found in health.findings
    )


def _place(problem: SampleProblem) -> str:
    row = "" if problem.row is None else f", row {problem.row}"
    return f"{Path(problem.file).name}{row}"
