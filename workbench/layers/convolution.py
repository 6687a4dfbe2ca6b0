"""Convolutions, for any number of spatial axes."""

from __future__ import annotations

from math import prod

from workbench.layers import kernels, spatial
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
from workbench.layers.layer_type import Call, Category, LayerType, ShapeError, ShapeRule
from workbench.layers.params import sizes
from workbench.layers.spec import TensorSpec, WeightSpec


def _check_divisible(call: Call, what: str, count: int) -> None:
    if count % call["groups"]:
        raise ShapeError(
            "convolution.groups",
            f"Expected {what} divisible by groups={call['groups']}. Received: {count} {what}",
            param="groups",
            hint="Choose a number of groups that divides both the input channels and the filters.",
        )


def _shape(rank: int) -> ShapeRule:
    def shape(call: Call) -> TensorSpec:
        kernel, stride, dilation = kernels.geometry(call, rank)
        kernels.check_stride_and_dilation(call, stride, dilation)
        spatial_sizes, channels = spatial.split(call, rank)
        _check_divisible(call, "input channels", spatial.known_channels(channels))
        _check_divisible(call, "filters", call["filters"])
        out = spatial.slide(spatial_sizes, kernel, stride, call["padding"], dilation, "kernel_size")
        return spatial.join(call, out, call["filters"])

    return shape


def convolution(rank: int) -> LayerType:
    """Conv1D, Conv2D or Conv3D. Kernel: window x (input channels / groups) x filters."""

    def weights(call: Call) -> tuple[WeightSpec, ...]:
        channels = kernels.input_channels(call) // call["groups"]
        kernel = (*sizes(call["kernel_size"], rank), channels, call["filters"])
        return (call.weight("kernel", kernel), *kernels.bias(call, call["filters"]))

    def macs(call: Call, output: TensorSpec) -> int | None:
        outputs = output.elements
        each = prod(sizes(call["kernel_size"], rank)) * (kernels.input_channels(call) // call["groups"])
        return None if outputs is None else outputs * each

    return LayerType(
        key=f"keras.layers.Conv{rank}D",
        label=f"Conv{rank}D",
        category=Category.CONVOLUTION,
        doc=f"Convolution over {spatial.axes_words(rank)}.",
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
        window=kernels.window(rank),
        shorthand=kernels.shorthand(rank),
        stem="conv",
        search_words=("convolution", "filter", "temporal" if rank == 1 else "volume" if rank == 3 else "image"),
    )


LAYERS = tuple(convolution(rank) for rank in (2, 1, 3))
