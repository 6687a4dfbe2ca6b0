"""Activations that are missing, doubled or always the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workbench.analysis.checks.remedies import set_layer, take_out
from workbench.analysis.context import AnalysisContext
from workbench.analysis.diagnostics import Diagnostic, Fix, Severity
from workbench.analysis.scope import Layer

LINEAR = (None, "linear")


def activation_of(layer: Layer) -> str | None:
    """Name of the function that a layer ends in, softmax for a Softmax layer; None for none or one of another layer."""
    value = layer.params.get("activation")
    if isinstance(value, Mapping):
        value = value.get("class_name")
    if value in LINEAR:
        return "softmax" if layer.kind.stem == "softmax" else None
    return str(value)


def without_activation(layer: Layer, label: str) -> tuple[Fix, ...]:
    """Takes the activation off a layer, or the layer out where it is nothing else."""
    param = layer.kind.by_name.get("activation")
    if param is None or param.required:
        return take_out(layer, f"Take {layer.node.name} out")
    return () if layer.inner else set_layer(layer, label, activation=None)


def softmax_twice(layer: Layer, _: AnalysisContext) -> Iterator[Diagnostic]:
    """Softmax of probabilities: they become nearly alike, and gradients small."""
    if activation_of(layer) != "softmax" or layer.report.macs:
        return
    for source in layer.sources:
        if activation_of(source) == "softmax":
            yield Diagnostic(
                "activation.softmax-twice",
                Severity.WARNING,
                f"Expected softmax once. Received: softmax in {source.name} and again here",
                layer.id,
                hint="Softmax of probabilities makes them nearly alike; the network hardly learns.",
                fixes=without_activation(layer, "Take the second softmax out"),
            )


def softmax_of_one(layer: Layer, _: AnalysisContext) -> Iterator[Diagnostic]:
    """Softmax over one value is 1, whatever the value."""
    axis = layer.params.get("axis", -1)
    if activation_of(layer) != "softmax" or axis != -1 or not layer.output.shape or layer.output.shape[-1] != 1:
        return
    can_set = "activation" in layer.kind.by_name and not layer.inner
    yield Diagnostic(
        "activation.softmax-of-one",
        Severity.WARNING,
        "Expected softmax over two values or more. Received: one value, whose softmax is always 1",
        layer.id,
        param="activation" if can_set else None,
        hint="A single output that tells two classes apart ends in sigmoid.",
        fixes=set_layer(layer, "Use sigmoid", activation="sigmoid") if can_set else (),
    )


def _width(layer: Layer) -> int | None:
    name = next((name for name in ("units", "filters") if name in layer.kind.by_name), None)
    return layer.params[name] if name else None


def mixes_linearly(layer: Layer) -> bool:
    """True for a layer with weights and a number of output features (a depthwise convolution has none to choose)."""
    return _width(layer) is not None and "activation" in layer.kind.by_name and "use_bias" in layer.kind.by_name


def linear_in_a_row(layer: Layer, context: AnalysisContext) -> Iterator[Diagnostic]:
    """Two linear layers in a row are one, unless the first is narrow on purpose: a kernel factorised."""
    width, targets = _width(layer), layer.targets
    if width is None or activation_of(layer) is not None or not targets or not mixes_linearly(layer):
        return
    if context.loaded or not layer.trainable:
        return  # what was learnt goes with the network as it is
    if not all(mixes_linearly(target) for target in targets):
        return
    came, wider = _features(layer), max(_width(target) or 0 for target in targets)
    if came is not None and width < came and width < wider:
        return
    yield Diagnostic(
        "linear.in-a-row",
        Severity.WARNING,
        f"Expected an activation between {layer.name} and {targets[0].name}. "
        "Received: none, so that together they are one linear layer",
        layer.id,
        param="activation",
        hint="Without a non-linear function between them, two layers can do no more than one.",
        fixes=() if layer.inner else set_layer(layer, "Set activation to relu", activation="relu"),
    )


def _features(layer: Layer) -> int | None:
    shape: Any = layer.call.input.shape
    first = layer.params.get("data_format") == "channels_first"
    return shape[0 if first else -1] if shape else None
