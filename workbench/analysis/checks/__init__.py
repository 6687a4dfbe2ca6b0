"""What may be wrong with a network: problems of nodes, of the graph as a whole, of layers beside one another."""

import logging

from workbench.analysis.checks import ends, names, outputs
from workbench.analysis.checks.causes import explained
from workbench.analysis.checks.layers import Warnings, gathered
from workbench.analysis.checks.node import check_node, unknown_port
from workbench.analysis.checks.subject import Check, Subject, Trial
from workbench.analysis.diagnostics import Diagnostic

_log = logging.getLogger(__name__)

CHECKS: tuple[Check, ...] = (*names.CHECKS, *ends.CHECKS, *outputs.CHECKS)
"""Checks of a graph as a whole; those of layers are `layers.RULES`, those of causes `causes.EXPLANATIONS`."""


def whole_graph(subject: Subject) -> list[Diagnostic]:
    """What is wrong with a graph as a whole. A check that fails is left out and logged."""
    found: list[Diagnostic] = []
    for check in CHECKS:
        try:
            found += check(subject)
        except Exception:
            _log.exception("%s: the check %s failed", subject.graph.name, check.__name__)
    return found


__all__ = [
    "CHECKS",
    "Check",
    "Subject",
    "Trial",
    "Warnings",
    "check_node",
    "explained",
    "gathered",
    "unknown_port",
    "whole_graph",
]
