"""Dropout that drops nothing or everything."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.analysis.checks.remedies import set_layer, take_out
from workbench.analysis.context import AnalysisContext
from workbench.analysis.diagnostics import Diagnostic, Severity
from workbench.analysis.scope import Layer


def drops_nothing(layer: Layer, _: AnalysisContext) -> Iterator[Diagnostic]:
    """A rate of 0."""
    if layer.params["rate"] == 0:
        yield Diagnostic(
            "dropout.useless",
            Severity.WARNING,
            "Expected a rate above 0. Received: rate=0, which changes nothing",
            layer.id,
            param="rate",
            fixes=take_out(layer, "Take the layer out"),
        )


def drops_all(layer: Layer, _: AnalysisContext) -> Iterator[Diagnostic]:
    """A rate of 1."""
    if layer.params["rate"] == 1:
        yield Diagnostic(
            "dropout.all",
            Severity.WARNING,
            "Expected a rate below 1. Received: rate=1, which lets nothing through in training",
            layer.id,
            param="rate",
            fixes=() if layer.inner else set_layer(layer, "Set rate to 0.5", rate=0.5),
        )


def drops_the_output(layer: Layer, _: AnalysisContext) -> Iterator[Diagnostic]:
    """Dropout as the last layer sets predictions to 0."""
    if not layer.inner and layer.params["rate"] and not layer.scope.graph.wires_from(layer.id) and layer.sources:
        yield Diagnostic(
            "dropout.at-the-end",
            Severity.WARNING,
            f"Expected dropout between layers. Received: {layer.node.name} drops outputs of the network",
            layer.id,
            hint="While training, a part of the predictions is 0; put the dropout before the last layer.",
            fixes=take_out(layer, "Take the layer out"),
        )
