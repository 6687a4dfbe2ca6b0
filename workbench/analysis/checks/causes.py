"""Problems that inference found, traced to their cause: an explanation for each code that has one."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from workbench.analysis.checks import ways_out
from workbench.analysis.checks.joining import explain_meeting
from workbench.analysis.checks.subject import Explanation, Subject
from workbench.analysis.checks.ways_out import offering
from workbench.analysis.diagnostics import Diagnostic

_log = logging.getLogger(__name__)
DEFAULT_WORKS = (
    "param.invalid",
    "attention.flash",
    "axis.out-of-range",
    "convolution.output-padding",
    "normalisation.axes-not-last",
    "normalisation.renorm-clipping",
    "resizing.aspect-ratio",
    "rescaling.channels",
)
"""Codes of which a parameter is to blame whose default (or suggested) value any input can take."""
EXPLANATIONS: Mapping[str, Explanation] = {
    **dict.fromkeys(DEFAULT_WORKS, offering(ways_out.default_value)),
    "merge.shapes-differ": explain_meeting,
    "concatenate.sizes-differ": explain_meeting,
    "window.too-large": offering(ways_out.smaller_window),
    "input.rank": offering(ways_out.right_rank),
    "input.dtype": offering(ways_out.floats),
    "convolution.groups": offering(ways_out.common_groups),
    "normalisation.groups": offering(ways_out.common_groups),
    "convolution.stride-and-dilation": offering(ways_out.undilated),
    "port.overfull": offering(ways_out.one_wire),
    "cropping.too-large": offering(ways_out.cropped_less),
}
MOST = 100
"""Problems that are explained in one graph; where there are more, the first are enough to start with."""


def explained(subject: Subject, problems: list[Diagnostic]) -> list[Diagnostic]:
    """The problems, with causes and ways out where there are any."""
    return [_explained(subject, problem) for problem in problems[:MOST]] + problems[MOST:]


def _explained(subject: Subject, problem: Diagnostic) -> Diagnostic:
    explain = EXPLANATIONS.get(problem.code)
    try:
        return explain(subject, problem) if explain else problem
    except Exception:
        # A rule that is asked on the way failed: the problem stands without its cause.
        _log.exception("%s: %s cannot be explained", problem.node, problem.code)
        return problem
