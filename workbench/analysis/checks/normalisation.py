"""Batch normalisation and what stands before it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.analysis.checks.activations import activation_of
from workbench.analysis.checks.remedies import set_layer
from workbench.analysis.context import AnalysisContext
from workbench.analysis.diagnostics import Diagnostic, Fix, Severity
from workbench.analysis.scope import Layer
from workbench.graph import rewiring
from workbench.layers import Category

WEIGHT_OF_START = 1 / 3
"""Share of the moving statistics that may still be their initial values at the end of training."""
SETTLED = 0.02
MOMENTA = (0.99, 0.95, 0.9, 0.8, 0.5)


def by_batch(layer: Layer) -> bool:
    """True for a normalisation with moving statistics of the batches."""
    return layer.kind.category is Category.NORMALISATION and "momentum" in layer.kind.by_name


def _channel_axis(layer: Layer) -> int:
    return 1 if layer.params.get("data_format") == "channels_first" else -1


def _removes_offset(layer: Layer, axis: int, rank: int) -> bool:
    """True where a constant added to every channel makes no difference: batch statistics are subtracted."""
    given: Any = layer.params.get("axis")
    same_axis = isinstance(given, int) and given % (rank + 1) == axis % (rank + 1)
    return by_batch(layer) and layer.trainable and same_axis


def idle_bias(layer: Layer, context: AnalysisContext) -> Iterator[Diagnostic]:
    """A bias that batch normalisation subtracts again. Where weights are loaded, the statistics contain it."""
    if context.loaded or not layer.trainable or not layer.params.get("use_bias"):
        return
    if activation_of(layer) is not None or not layer.targets:
        return
    axis, rank = _channel_axis(layer), len(layer.output.shape)
    if all(_removes_offset(target, axis, rank) for target in layer.targets):
        yield Diagnostic(
            "norm.idle-bias",
            Severity.WARNING,
            f"Expected no bias before {layer.targets[0].name}, which subtracts it again. Received: use_bias=True",
            layer.id,
            param="use_bias",
            hint="The normalisation has an offset of its own, beta (Ioffe and Szegedy 2015, section 3.2).",
            fixes=set_layer(layer, "Set use_bias to False", use_bias=False),
        )


def slow_statistics(layer: Layer, context: AnalysisContext) -> Iterator[Diagnostic]:
    """A momentum at which the moving statistics do not get away from their start in the steps there will be."""
    momentum, steps = layer.params["momentum"], context.steps
    if steps is None or context.loaded or not layer.trainable or momentum**steps <= WEIGHT_OF_START:
        return
    better = next((known for known in MOMENTA if known**steps <= SETTLED), MOMENTA[-1])
    yield Diagnostic(
        "norm.momentum-too-high",
        Severity.WARNING,
        f"Expected a momentum of at most {better} for {steps:,} training steps. Received: momentum={momentum}, at "
        f"which {momentum**steps:.0%} of the moving statistics are still their start",
        layer.id,
        param="momentum",
        hint="In evaluation the network would normalise by statistics that it has not learned yet.",
        fixes=set_layer(layer, f"Set momentum to {better}", momentum=better) if better < momentum else (),
    )


def batch_of_one(layer: Layer, context: AnalysisContext) -> Iterator[Diagnostic]:
    """Batch statistics of a single sample."""
    if context.batch_size != 1 or not layer.trainable:
        return
    alone = len(layer.output.shape) == 1
    yield Diagnostic(
        "norm.batch-of-one",
        Severity.WARNING,
        "Expected batches of several samples for batch normalisation. Received: batch_size=1"
        + (", at which every value is normalised to 0" if alone else ""),
        layer.id,
        hint="Use a larger batch, or LayerNormalization or GroupNormalization (Wu and He, 2018).",
    )


def dropped_before(layer: Layer, _: AnalysisContext) -> Iterator[Diagnostic]:
    """Dropout changes the variance between training and evaluation, and batch statistics do not know (Li et al.)."""
    for source in layer.sources if layer.trainable else ():
        if source.kind.category is not Category.REGULARISATION or not source.params.get("rate"):
            continue
        chain = source.targets is not None and len(source.targets) == 1 and not (source.inner or layer.inner)
        label = f"Move {source.node.name} behind {layer.node.name}"
        yield Diagnostic(
            "dropout.before-norm",
            Severity.WARNING,
            f"Expected dropout after batch normalisation. Received: {source.name} before it",
            layer.id,
            hint="Dropout shifts the variance between training and evaluation (Li et al. 2018, arXiv 1801.05134).",
            fixes=(Fix(label, rewiring.Swap(source.id, layer.id, label)),) if chain else (),
        )
