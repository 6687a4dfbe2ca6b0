"""Pooling over windows and over the whole input, for any number of spatial axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.layers import spatial
from workbench.layers.arguments import DATA_FORMAT, DTYPE, padding, pool_strides
from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Integers, LayerType, Window
from workbench.layers.params import REQUIRED, Boolean, Param, Sizes, sizes
from workbench.layers.spec import TensorSpec


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
        step = "" if stride == window else f" /{spatial.by_x(stride) if len(set(stride)) > 1 else stride[0]}"
        return f"{kind} {spatial.by_x(window)}{step}"

    return shorthand


def pooling(kind: str, rank: int) -> LayerType:
    """MaxPooling1D to 3D and AveragePooling1D to 3D."""
    ones = (1,) * rank

    def shape(call: Call) -> TensorSpec:
        spatial_sizes, channels = spatial.split(call, rank)
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
        doc=f"{'Largest value' if kind == 'Max' else 'Mean'} of each window.",
        params=(
            _pool_size(kind, rank),
            pool_strides(rank),
            padding(),
            DATA_FORMAT,
            DTYPE,
        ),
        shape=shape,
        window=window,
        shorthand=_shorthand({"Max": "max", "Average": "avg"}[kind], rank),
        integers=Integers.KEPT if kind == "Max" else Integers.REFUSED,
        stem=f"{kind.lower()}_pool",
        search_words=("subsampling", "downsample", "pool"),
    )


def global_pooling(kind: str, rank: int) -> LayerType:
    """GlobalAveragePooling1D to 3D and GlobalMaxPooling1D to 3D."""

    def shape(call: Call) -> TensorSpec:
        spatial_sizes, channels = spatial.split(call, rank)
        if not call["keepdims"]:
            return TensorSpec((channels,), call.input.dtype)
        return spatial.join(call, (1,) * len(spatial_sizes), channels)

    return LayerType(
        key=f"keras.layers.Global{kind}Pooling{rank}D",
        label=f"Global{kind}Pooling{rank}D",
        category=Category.POOLING,
        doc=f"{'Largest value' if kind == 'Max' else 'Mean'} of each channel over the whole input.",
        params=(
            DATA_FORMAT,
            Param("keepdims", Boolean(), False, "Keep the spatial axes with size 1"),
            DTYPE,
        ),
        shape=shape,
        window=lambda _: WHOLE_INPUT,
        shorthand=lambda _: {"Max": "global max", "Average": "global avg"}[kind],
        integers=Integers.KEPT if kind == "Max" else Integers.MADE_FLOAT,
        stem=f"global_{kind.lower()}_pool",
        search_words=("gap", "pool"),
    )


LAYERS = (pooling("Max", 2), pooling("Average", 2), global_pooling("Average", 2))
