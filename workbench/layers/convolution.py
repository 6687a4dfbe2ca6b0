"""Convolutions and transposed convolutions, for any number of spatial axes."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from workbench.layers import spatial
from workbench.layers.arguments import (
    ACTIVATION,
    DATA_FORMAT,
    DTYPE,
    FILTERS,
    GROUPS,
    USE_BIAS,
    dilation_rate,
    kernel_and_bias,
    kernel_size,
    padding,
    strides,
)
from workbench.layers.layer_type import Call, Category, LayerType, ShapeError, ShapeRule, Window, WindowRule
from workbench.layers.params import Optional, Param, Sizes, sizes
from workbench.layers.spec import TensorSpec, WeightSpec, product


def _check_divisible(call: Call, what: str, count: int) -> None:
    if count % call["groups"]:
        raise ShapeError(
            "convolution.groups",
            f"Expected {what} divisible by groups={call['groups']}. Received: {count} {what}",
            param="groups",
            hint="Choose a number of groups that divides both the input channels and the filters.",
        )


def _check_stride_and_dilation(call: Call, rank: int) -> None:
    if max(sizes(call["strides"], rank)) > 1 and max(sizes(call["dilation_rate"], rank)) > 1:
        raise ShapeError(
            "convolution.stride-and-dilation",
            "Expected strides or dilation_rate to be 1: Keras has no convolution with both over 1. Received: "
            f"strides={call['strides']!r}, dilation_rate={call['dilation_rate']!r}",
            param="dilation_rate",
        )


def _shape(rank: int) -> ShapeRule:
    def shape(call: Call) -> TensorSpec:
        _check_stride_and_dilation(call, rank)
        spatial_sizes, channels = spatial.split(call, rank)
        _check_divisible(call, "input channels", spatial.known_channels(channels))
        _check_divisible(call, "filters", call["filters"])
        kernel, stride, dilation = (sizes(call[name], rank) for name in ("kernel_size", "strides", "dilation_rate"))
        out = spatial.slide(spatial_sizes, kernel, stride, call["padding"], dilation, "kernel_size")
        return spatial.join(call, out, call["filters"])

    return shape


def _bias(call: Call, size: int) -> tuple[WeightSpec, ...]:
    return (WeightSpec("bias", (size,)),) if call["use_bias"] else ()


def _input_channels(call: Call, rank: int) -> int:
    return spatial.known_channels(spatial.split(call, rank)[1])


def _extents(call: Call, rank: int) -> tuple[int, ...]:
    """Input positions that the kernel spans on each axis."""
    kernel, dilation = sizes(call["kernel_size"], rank), sizes(call["dilation_rate"], rank)
    return tuple(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))


def _window(rank: int) -> WindowRule:
    def window(call: Call) -> Window:
        kernel, stride, dilation = (sizes(call[name], rank) for name in ("kernel_size", "strides", "dilation_rate"))
        before = spatial.pad_before(spatial.split(call, rank)[0], kernel, stride, call["padding"], dilation)
        return Window(_extents(call, rank), stride, before)

    return window


def _shorthand(rank: int) -> Any:
    def shorthand(params: Mapping[str, Any]) -> str:
        parts = [f"{params['filters']} @ {spatial.by_x(sizes(params['kernel_size'], rank))}"]
        stride, dilation = sizes(params["strides"], rank), sizes(params["dilation_rate"], rank)
        if set(stride) != {1}:
            parts.append("/" + (str(stride[0]) if len(set(stride)) == 1 else spatial.by_x(stride)))
        if set(dilation) != {1}:
            parts.append("d" + (str(dilation[0]) if len(set(dilation)) == 1 else spatial.by_x(dilation)))
        if params["padding"] != "valid":
            parts.append(str(params["padding"]))
        return " ".join(parts)

    return shorthand


def convolution(rank: int) -> LayerType:
    """Conv1D, Conv2D or Conv3D. Kernel: window x (input channels / groups) x filters."""

    def weights(call: Call) -> tuple[WeightSpec, ...]:
        channels = _input_channels(call, rank) // call["groups"]
        kernel = (*sizes(call["kernel_size"], rank), channels, call["filters"])
        return (WeightSpec("kernel", kernel), *_bias(call, call["filters"]))

    def macs(call: Call, output: TensorSpec) -> int | None:
        outputs = output.elements
        each = prod(sizes(call["kernel_size"], rank)) * (_input_channels(call, rank) // call["groups"])
        return None if outputs is None else outputs * each

    return LayerType(
        key=f"keras.layers.Conv{rank}D",
        label=f"Conv{rank}D",
        category=Category.CONVOLUTION,
        doc=f"Convolution over {rank} spatial {'axis' if rank == 1 else 'axes'}.",
        params=(
            FILTERS,
            kernel_size(rank),
            strides(rank),
            padding("valid", "same", *(("causal",) if rank == 1 else ())),
            DATA_FORMAT,
            dilation_rate(rank),
            GROUPS,
            ACTIVATION,
            USE_BIAS,
            *kernel_and_bias(rank + 2),
            DTYPE,
        ),
        shape=_shape(rank),
        weights=weights,
        macs=macs,
        window=_window(rank),
        shorthand=_shorthand(rank),
        stem="conv",
        search_words=("convolution", "filter"),
    )


def _transposed_shape(rank: int) -> ShapeRule:
    def shape(call: Call) -> TensorSpec:
        _check_stride_and_dilation(call, rank)
        spatial_sizes, channels = spatial.split(call, rank)
        spatial.known_channels(channels)
        kernel, stride, dilation = (sizes(call[name], rank) for name in ("kernel_size", "strides", "dilation_rate"))
        extra = _output_padding(call, rank, stride)
        out = tuple(
            spatial.transposed(size, k, s, call["padding"], d, e)
            for size, k, s, d, e in zip(spatial_sizes, kernel, stride, dilation, extra, strict=True)
        )
        return spatial.join(call, out, call["filters"])

    return shape


def _output_padding(call: Call, rank: int, stride: tuple[int, ...]) -> tuple[int | None, ...]:
    if call["output_padding"] is None:
        return (None,) * rank
    extra = sizes(call["output_padding"], rank)
    if call["padding"] == "same" and any(e + x % 2 == 0 for e, x in zip(extra, _extents(call, rank), strict=True)):
        raise ShapeError(
            "convolution.output-padding",
            "Expected output_padding of 1 or more where the kernel size is even: TensorFlow cannot compute it. "
            f"Received: output_padding={call['output_padding']!r}",
            param="output_padding",
        )
    if any(e >= s for e, s in zip(extra, stride, strict=True)):
        raise ShapeError(
            "convolution.output-padding",
            f"Expected output_padding below strides={call['strides']!r} on every axis. "
            f"Received: output_padding={call['output_padding']!r}",
            param="output_padding",
        )
    return extra


def _transposed_window(rank: int) -> WindowRule:
    def window(call: Call) -> Window:
        extent, stride = _extents(call, rank), sizes(call["strides"], rank)
        same = call["padding"] == "same"
        before = tuple(max(e - s, 0) // 2 if same else 0 for e, s in zip(extent, stride, strict=True))
        return Window(extent, stride, before, transposed=True)

    return window


def transposed_convolution(rank: int) -> LayerType:
    """Conv1DTranspose to Conv3DTranspose. Kernel: window x filters x input channels."""

    def weights(call: Call) -> tuple[WeightSpec, ...]:
        kernel = (*sizes(call["kernel_size"], rank), call["filters"], _input_channels(call, rank))
        return (WeightSpec("kernel", kernel), *_bias(call, call["filters"]))

    def macs(call: Call, _: TensorSpec) -> int | None:
        inputs = product(call.input.shape)
        return None if inputs is None else inputs * prod(sizes(call["kernel_size"], rank)) * int(call["filters"])

    return LayerType(
        key=f"keras.layers.Conv{rank}DTranspose",
        label=f"Conv{rank}DTranspose",
        category=Category.CONVOLUTION,
        doc="Transposed convolution: up-samples by its stride with a learned kernel.",
        params=(
            FILTERS,
            kernel_size(rank),
            strides(rank),
            padding(),
            Param(
                "output_padding",
                Optional(Sizes(rank, minimum=0), "chosen by padding"),
                None,
                "Extra size on one side of the output",
                advanced=True,
            ),
            DATA_FORMAT,
            dilation_rate(rank),
            ACTIVATION,
            USE_BIAS,
            *kernel_and_bias(rank + 2),
            DTYPE,
        ),
        shape=_transposed_shape(rank),
        weights=weights,
        macs=macs,
        window=_transposed_window(rank),
        shorthand=_shorthand(rank),
        stem="conv_transpose",
        search_words=("deconvolution", "upsampling", "fractionally strided"),
    )


LAYERS = (convolution(2), transposed_convolution(2))
