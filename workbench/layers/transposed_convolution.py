"""Transposed convolutions, for any number of spatial axes."""

from __future__ import annotations

from math import prod

from workbench.layers import kernels, spatial
from workbench.layers.arguments import (
    ACTIVATION,
    DATA_FORMAT,
    DTYPE,
    FILTERS,
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


def _shape(rank: int) -> ShapeRule:
    def shape(call: Call) -> TensorSpec:
        kernel, stride, dilation = kernels.geometry(call, rank)
        kernels.check_stride_and_dilation(call, stride, dilation)
        spatial_sizes, channels = spatial.split(call, rank)
        spatial.known_channels(channels)
        extra = _output_padding(call, stride, kernels.extents(kernel, dilation))
        out = tuple(
            spatial.transposed(size, k, s, call["padding"], d, e)
            for size, k, s, d, e in zip(spatial_sizes, kernel, stride, dilation, extra, strict=True)
        )
        return spatial.join(call, out, call["filters"])

    return shape


def _output_padding(call: Call, stride: tuple[int, ...], extents: tuple[int, ...]) -> tuple[int | None, ...]:
    if call["output_padding"] is None:
        return (None,) * len(stride)
    extra = sizes(call["output_padding"], len(stride))
    if call["padding"] == "same" and any(e + x % 2 == 0 for e, x in zip(extra, extents, strict=True)):
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


def _window(rank: int) -> WindowRule:
    def window(call: Call) -> Window:
        kernel, stride, dilation = kernels.geometry(call, rank)
        extents = kernels.extents(kernel, dilation)
        extra = _output_padding(call, stride, extents)
        before = tuple(
            spatial.transposed_pad_before(k, s, call["padding"], d, e)
            for k, s, d, e in zip(kernel, stride, dilation, extra, strict=True)
        )
        return Window(extents, stride, before, transposed=True, dilation=dilation)

    return window


def transposed_convolution(rank: int) -> LayerType:
    """Conv1DTranspose to Conv3DTranspose. Kernel: window x filters x input channels."""

    def weights(call: Call) -> tuple[WeightSpec, ...]:
        kernel = (*sizes(call["kernel_size"], rank), call["filters"], kernels.input_channels(call))
        return (call.weight("kernel", kernel), *kernels.bias(call, call["filters"]))

    def macs(call: Call, _: TensorSpec) -> int | None:
        inputs = product(call.input.shape)
        return None if inputs is None else inputs * prod(sizes(call["kernel_size"], rank)) * int(call["filters"])

    extra = Param(
        "output_padding",
        Optional(Sizes(rank, minimum=0), "chosen by padding"),
        None,
        "Extra size on one side of the output",
        advanced=True,
    )
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
            *((DATA_FORMAT, extra) if rank == 3 else (extra, DATA_FORMAT)),  # the order of Keras's arguments
            dilation_rate(rank),
            ACTIVATION,
            USE_BIAS,
            *kernel_and_bias(rank + 2),
            DTYPE,
        ),
        shape=_shape(rank),
        weights=weights,
        macs=macs,
        window=_window(rank),
        shorthand=kernels.shorthand(rank),
        stem="conv_transpose",
        search_words=("deconvolution", "upsampling", "fractionally strided"),
    )


LAYERS = tuple(transposed_convolution(rank) for rank in (2, 1, 3))
