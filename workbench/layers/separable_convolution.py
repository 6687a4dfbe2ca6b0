"""Depthwise convolutions, alone and followed by a 1x1 convolution over the channels."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from workbench.layers import kernels, spatial
from workbench.layers.arguments import (
    ACTIVATION,
    DATA_FORMAT,
    DTYPE,
    FILTERS,
    USE_BIAS,
    dilation_rate,
    kernel_size,
    padding,
    strides,
    weight_arguments,
)
from workbench.layers.layer_type import Call, Category, LayerType, ShapeRule
from workbench.layers.params import MAX_SIZE, Integer, Param, sizes
from workbench.layers.spec import TensorSpec, WeightSpec, product

_DEPTH_MULTIPLIER = Param("depth_multiplier", Integer(1, MAX_SIZE), 1, "Filters for each input channel")


def _depth(call: Call) -> int:
    """Channels after the depthwise part."""
    return kernels.input_channels(call) * int(call["depth_multiplier"])


def _shape(rank: int, channels_out: Callable[[Call], int]) -> ShapeRule:
    def shape(call: Call) -> TensorSpec:
        spatial_sizes, channels = spatial.split(call, rank)
        spatial.known_channels(channels)
        kernel, stride, dilation = kernels.geometry(call, rank)
        out = spatial.slide(spatial_sizes, kernel, stride, call["padding"], dilation, "kernel_size")
        return spatial.join(call, out, channels_out(call))

    return shape


def _depthwise_kernel(call: Call, rank: int, name: str) -> WeightSpec:
    kernel = (*sizes(call["kernel_size"], rank), kernels.input_channels(call), call["depth_multiplier"])
    return call.weight(name, kernel)


def depthwise_convolution(rank: int) -> LayerType:
    """DepthwiseConv1D and 2D. Kernel: window x input channels x multiplier."""

    def weights(call: Call) -> tuple[WeightSpec, ...]:
        return (_depthwise_kernel(call, rank, "kernel"), *kernels.bias(call, _depth(call)))

    def macs(call: Call, output: TensorSpec) -> int | None:
        outputs = output.elements
        return None if outputs is None else outputs * prod(sizes(call["kernel_size"], rank))

    return LayerType(
        key=f"keras.layers.DepthwiseConv{rank}D",
        label=f"DepthwiseConv{rank}D",
        category=Category.CONVOLUTION,
        doc="Convolves each channel by itself; channels do not mix.",
        params=(
            kernel_size(rank),
            strides(rank),
            padding(),
            _DEPTH_MULTIPLIER,
            DATA_FORMAT,
            dilation_rate(rank),
            ACTIVATION,
            USE_BIAS,
            *weight_arguments("depthwise", axes=rank + 2),
            DTYPE,
        ),
        shape=_shape(rank, _depth),
        weights=weights,
        macs=macs,
        window=kernels.window(rank),
        shorthand=kernels.shorthand(rank),
        stem="depthwise_conv",
        search_words=("convolution", "mobilenet", "per channel"),
    )


def separable_convolution(rank: int) -> LayerType:
    """SeparableConv1D and 2D: a depthwise convolution, then a pointwise one over what it gives."""

    def weights(call: Call) -> tuple[WeightSpec, ...]:
        pointwise = (*(1,) * rank, _depth(call), call["filters"])
        return (
            _depthwise_kernel(call, rank, "depthwise_kernel"),
            call.weight("pointwise_kernel", pointwise),
            *kernels.bias(call, call["filters"]),
        )

    def macs(call: Call, output: TensorSpec) -> int | None:
        positions = product(output.shape[1:] if spatial.channels_first(call) else output.shape[:-1])
        each = prod(sizes(call["kernel_size"], rank)) + int(call["filters"])
        return None if positions is None else positions * _depth(call) * each

    return LayerType(
        key=f"keras.layers.SeparableConv{rank}D",
        label=f"SeparableConv{rank}D",
        category=Category.CONVOLUTION,
        doc="A depthwise convolution, then a 1x1 convolution over the channels (Chollet, 2017).",
        params=(
            FILTERS,
            kernel_size(rank),
            strides(rank),
            padding(),
            DATA_FORMAT,
            dilation_rate(rank),
            _DEPTH_MULTIPLIER,
            ACTIVATION,
            USE_BIAS,
            *weight_arguments("depthwise", "pointwise", axes=rank + 2),
            DTYPE,
        ),
        shape=_shape(rank, lambda call: int(call["filters"])),
        weights=weights,
        macs=macs,
        window=kernels.window(rank),
        shorthand=kernels.shorthand(rank),
        stem="separable_conv",
        search_words=("convolution", "xception", "depthwise", "pointwise"),
    )


LAYERS = (
    *(depthwise_convolution(rank) for rank in (2, 1)),
    *(separable_convolution(rank) for rank in (2, 1)),
)
