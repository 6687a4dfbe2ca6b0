"""What may be wrong with a network: problems of nodes, of the graph as a whole, of layers beside one another."""

from workbench.analysis.checks import ends, names, outputs
from workbench.analysis.checks.causes import explained
from workbench.analysis.checks.layers import Warnings, gathered
from workbench.analysis.checks.node import check_node, unknown_port
from workbench.analysis.checks.subject import Check, Subject, Trial

CHECKS: tuple[Check, ...] = (*names.CHECKS, *ends.CHECKS, *outputs.CHECKS)
"""Checks of a graph as a whole; those of layers are `layers.RULES`, those of causes `causes.EXPLANATIONS`."""

__all__ = ["CHECKS", "Check", "Subject", "Trial", "Warnings", "check_node", "explained", "gathered", "unknown_port"]
