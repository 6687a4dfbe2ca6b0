"""Pooling over windows, over the whole input and to a given size, for any number of spatial axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from workbench.layers import spatial
from workbench.layers.arguments import DATA_FORMAT, DTYPE, padding, pool_strides
from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Integers, LayerType, ShapeError, Window
from workbench.layers.params import REQUIRED, Boolean, Param, Sizes, sizes
from workbench.layers.spec import TensorSpec

_SHORT = {"Max": "max", "Average": "avg"}
_VALUE = {"Max": "Largest value", "Average": "Mean"}


def _window_and_stride(params: Mapping[str, Any], rank: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    window = sizes(params["pool_size"], rank)
    return window, window if params["strides"] is None else sizes(params["strides"], rank)


def _pool_size(kind: str, rank: int) -> Param:
    """Keras gives MaxPooling a default and AveragePooling none."""
    doc = "Window for each spatial axis"
    if kind == "Average":
        return Param("pool_size", Sizes(rank), REQUIRED, doc, suggested=2)
    return Param("pool_size", Sizes(rank), 2 if rank == 1 else [2] * rank, doc)


def _shorthand(kind: str, rank: int) -> Callable[[Mapping[str, Any]], str]:
    def shorthand(params: Mapping[str, Any]) -> str:
        window, stride = _window_and_stride(params, rank)
        step = "" if stride == window else f" /{spatial.short(stride)}"
        return f"{_SHORT[kind]} {spatial.by_x(window)}{step}"

    return shorthand


def _check_width(call: Call, kind: str, rank: int) -> None:
    if kind == "Max" and rank == 3 and call.dtype == "float64":
        raise ShapeError(
            "input.dtype",
            "Expected at most float32: TensorFlow has no maximum over volumes in float64. Received: float64",
            param="dtype",
        )


def pooling(kind: str, rank: int) -> LayerType:
    """MaxPooling1D to 3D and AveragePooling1D to 3D."""
    ones = (1,) * rank

    def shape(call: Call) -> TensorSpec:
        spatial_sizes, channels = spatial.split(call, rank)
        _check_width(call, kind, rank)
        window, stride = _window_and_stride(call.params, rank)
        out = spatial.slide(spatial_sizes, window, stride, call["padding"], ones, "pool_size")
        return spatial.join(call, out, channels)

    def window(call: Call) -> Window:
        size, stride = _window_and_stride(call.params, rank)
        before = spatial.pad_before(spatial.split(call, rank)[0], size, stride, call["padding"], ones)
        return Window(size, stride, before)

    return LayerType(
        key=f"keras.layers.{kind}Pooling{rank}D",
        label=f"{kind}Pooling{rank}D",
        category=Category.POOLING,
        doc=f"{_VALUE[kind]} of each window.",
        params=(_pool_size(kind, rank), pool_strides(rank), padding(), DATA_FORMAT, DTYPE),
        shape=shape,
        window=window,
        shorthand=_shorthand(kind, rank),
        integers=Integers.NUMBERS_KEPT if kind == "Max" and rank < 3 else Integers.REFUSED,
        stem=f"{kind.lower()}_pool",
        search_words=("subsampling", "downsample", "pool"),
    )


def global_pooling(kind: str, rank: int) -> LayerType:
    """GlobalAveragePooling1D to 3D and GlobalMaxPooling1D to 3D."""

    def shape(call: Call) -> TensorSpec:
        spatial_sizes, channels = spatial.split(call, rank)
        if not call["keepdims"]:
            return call.output((channels,))
        return spatial.join(call, (1,) * len(spatial_sizes), channels)

    return LayerType(
        key=f"keras.layers.Global{kind}Pooling{rank}D",
        label=f"Global{kind}Pooling{rank}D",
        category=Category.POOLING,
        doc=f"{_VALUE[kind]} of each channel over the whole input.",
        params=(DATA_FORMAT, Param("keepdims", Boolean(), False, "Keep the spatial axes with size 1"), DTYPE),
        shape=shape,
        window=lambda _: WHOLE_INPUT,
        shorthand=lambda _: f"global {_SHORT[kind]}",
        integers=Integers.KEPT if kind == "Max" else Integers.MADE_FLOAT,
        stem=f"global_{kind.lower()}_pool",
        search_words=("gap" if kind == "Average" else "gmp", "pool"),
    )


def _adaptive_size(size: int, parts: int) -> int:
    """The longest of the windows from floor(i * size / parts) to ceil((i + 1) * size / parts)."""
    share = Fraction(size, parts)
    return (share.numerator + 2 * share.denominator - 2) // share.denominator


def adaptive_pooling(kind: str, rank: int) -> LayerType:
    """AdaptiveAveragePooling1D to 3D and AdaptiveMaxPooling1D to 3D."""

    def shape(call: Call) -> TensorSpec:
        (spatial_sizes, channels), out = spatial.split(call, rank), sizes(call["output_size"], rank)
        _check_width(call, kind, rank)
        for size, parts in zip(spatial_sizes, out, strict=True):
            if kind == "Max" and 1 in (size, parts):
                raise ShapeError(
                    "pooling.adaptive-one",
                    "Expected an output and an input of at least 2 on each axis: TensorFlow's process dies of others "
                    f"(Keras 3.15). Received: output_size={call['output_size']!r} on {call.input}",
                    param="output_size",
                    hint=f"GlobalMaxPooling{rank}D gives the largest value of the whole input.",
                )
        return spatial.join(call, out, channels)

    def window(call: Call) -> Window | str:
        known = [size for size in spatial.split(call, rank)[0] if size is not None]
        if len(known) < rank:
            return WHOLE_INPUT
        out = sizes(call["output_size"], rank)
        longest = tuple(_adaptive_size(size, parts) for size, parts in zip(known, out, strict=True))
        return Window(longest, tuple(map(spatial.ratio, known, out)), (0,) * rank)

    return LayerType(
        key=f"keras.layers.Adaptive{kind}Pooling{rank}D",
        label=f"Adaptive{kind}Pooling{rank}D",
        category=Category.POOLING,
        doc=f"{_VALUE[kind]} of windows chosen so that the output has a given size.",
        params=(
            Param("output_size", Sizes(rank), doc="Size of the output for each spatial axis", suggested=2),
            DATA_FORMAT,
            DTYPE,
        ),
        shape=shape,
        window=window,
        shorthand=lambda params: f"{_SHORT[kind]} to {spatial.by_x(sizes(params['output_size'], rank))}",
        integers=Integers.NUMBERS_KEPT if kind == "Max" and rank < 3 else Integers.REFUSED,
        stem=f"adaptive_{kind.lower()}_pool",
        search_words=("pool", "spatial pyramid", "downsample"),
    )


_KINDS = ("Max", "Average")
LAYERS = (
    *(pooling(kind, rank) for rank in (2, 1, 3) for kind in _KINDS),
    *(global_pooling(kind, rank) for rank in (2, 1, 3) for kind in reversed(_KINDS)),
    *(adaptive_pooling(kind, rank) for rank in (2, 1, 3) for kind in reversed(_KINDS)),
)
