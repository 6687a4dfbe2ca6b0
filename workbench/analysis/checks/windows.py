"""Sliding windows that look past pixels, overlap unevenly or do nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.analysis.checks.remedies import set_layer, take_out
from workbench.analysis.context import AnalysisContext
from workbench.analysis.diagnostics import Diagnostic, Severity
from workbench.analysis.scope import Layer
from workbench.layers import Window
from workbench.layers.spatial import by_x

SIZE_PARAMS = ("kernel_size", "pool_size")


def size_param(layer: Layer) -> str:
    """The parameter that holds the window's size."""
    return next(name for name in SIZE_PARAMS if name in layer.kind.by_name)


def _as_param(sizes: tuple[int, ...]) -> Any:
    return sizes[0] if len(sizes) == 1 else list(sizes)


def _sized(layer: Layer, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Parameters for a window of exactly these sizes: without dilation."""
    dilation = layer.kind.by_name.get("dilation_rate")
    return {size_param(layer): _as_param(sizes), **({"dilation_rate": dilation.default} if dilation else {})}


def _strides(window: Window) -> tuple[int, ...]:
    return tuple(int(stride) for stride in window.stride)


def _skips(layer: Layer) -> bool:
    window = layer.window if "strides" in layer.kind.by_name else None
    return (
        window is not None
        and not window.transposed
        and any(stride > size for size, stride in zip(window.size, window.stride, strict=True))
    )


def skips_pixels(layer: Layer, _: AnalysisContext) -> Iterator[Diagnostic]:
    """A stride over the window's size, unless another layer on the same input looks at what is left out.

    Pooling over single pixels samples on purpose (the factorised reduction of NASNet, the shortcuts of ResNet V2).
    """
    window = layer.window
    if window is None or set(window.stride) == {1} or not _skips(layer):
        return
    if "pool_size" in layer.kind.by_name and set(window.size) == {1}:
        return
    for source in layer.sources:
        if source.targets is None or not all(_skips(other) for other in source.targets):
            return
    stride, size = _strides(window), window.size
    covering = tuple(max(s, k) for s, k in zip(stride, size, strict=True))
    covering = tuple(k + 1 - k % 2 for k in covering) if layer.params["padding"] == "same" else covering
    name = size_param(layer)
    slower = tuple(min(s, k) for s, k in zip(stride, size, strict=True))
    yield Diagnostic(
        "window.skips-pixels",
        Severity.WARNING,
        f"Expected strides of at most the window, {by_x(size)}: no layer sees the pixels between. "
        f"Received: strides {by_x(stride)}",
        layer.id,
        param="strides",
        hint="Make the window as large as the stride, or the stride smaller (He et al. 2018, 'Bag of tricks').",
        fixes=()
        if layer.inner
        else (
            *set_layer(layer, f"Set {name} to {by_x(covering)}", **_sized(layer, covering)),
            *set_layer(layer, f"Set strides to {by_x(slower)}", strides=_as_param(slower)),
        ),
    )


def checkerboard(layer: Layer, _: AnalysisContext) -> Iterator[Diagnostic]:
    """A transposed convolution whose kernel is no multiple of its stride adds up unevenly (Odena et al., 2016)."""
    window = layer.window
    if window is None or not window.transposed or "kernel_size" not in layer.kind.by_name:
        return
    stride, size = _strides(window), window.size
    if all(k % s == 0 for k, s in zip(size, stride, strict=True)):
        return
    even = tuple(-(-k // s) * s for k, s in zip(size, stride, strict=True))
    yield Diagnostic(
        "transposed.checkerboard",
        Severity.WARNING,
        f"Expected a kernel that is a multiple of the strides, {by_x(stride)}. Received: {by_x(size)}, "
        "which leaves a checkerboard pattern",
        layer.id,
        param="kernel_size",
        hint="Some outputs add up more products than their neighbours (Odena, Dumoulin and Olah, Distill 2016).",
        fixes=() if layer.inner else set_layer(layer, f"Set kernel_size to {by_x(even)}", **_sized(layer, even)),
    )


def pools_nothing(layer: Layer, _: AnalysisContext) -> Iterator[Diagnostic]:
    """Pooling over single pixels."""
    window = layer.window
    if window is not None and set(window.size) == {1} and set(window.stride) == {1}:
        yield Diagnostic(
            "pooling.identity",
            Severity.WARNING,
            "Expected pooling over more than one pixel. Received: pool_size 1 with strides 1, which changes nothing",
            layer.id,
            param="pool_size",
            fixes=take_out(layer, "Take the layer out"),
        )


def idle_weights(layer: Layer, _: AnalysisContext) -> Iterator[Diagnostic]:
    """With zeros around it, a kernel of more than twice its input has weights that never meet a value."""
    window = layer.window
    if window is None or window.transposed or layer.params.get("padding") != "same":
        return
    if set(window.stride) != {1} or set(window.size) == {1}:
        return
    spatial = _spatial_sizes(layer, len(window.size))
    reach = tuple(2 * size - 1 for size in spatial)
    if len(spatial) < len(window.size) or all(k <= r for k, r in zip(window.size, reach, strict=True)):
        return
    needed = tuple(min(k, r) for k, r in zip(window.size, reach, strict=True))
    yield Diagnostic(
        "window.idle-weights",
        Severity.WARNING,
        f"Expected a kernel of at most {by_x(reach)} on an input of {by_x(spatial)}. Received: {by_x(window.size)}, "
        "whose outer weights only ever meet padding",
        layer.id,
        param="kernel_size",
        hint="The maps have become too small here: reduce the down-sampling before, or use a smaller kernel.",
        fixes=() if layer.inner else set_layer(layer, f"Set kernel_size to {by_x(needed)}", **_sized(layer, needed)),
    )


def _spatial_sizes(layer: Layer, rank: int) -> tuple[int, ...]:
    """Known spatial sizes of what comes in; fewer than `rank` where some are not known."""
    shape = layer.call.input.shape
    sizes = shape[1:] if layer.params.get("data_format") == "channels_first" else shape[:-1]
    known = tuple(size for size in sizes if size is not None)
    return known if len(known) == rank else ()
