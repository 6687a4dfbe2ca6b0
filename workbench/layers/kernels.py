"""What all convolutions share: checks, bias, windows and the way the field writes them down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.layers import spatial
from workbench.layers.layer_type import Call, ShapeError, Window
from workbench.layers.params import sizes
from workbench.layers.spec import WeightSpec


def geometry(call: Call, rank: int) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Kernel size, strides and dilation for each spatial axis."""
    params = call.params
    return (
        sizes(params["kernel_size"], rank),
        sizes(params["strides"], rank),
        sizes(params["dilation_rate"], rank),
    )


def check_stride_and_dilation(call: Call, stride: tuple[int, ...], dilation: tuple[int, ...]) -> None:
    """Raises ShapeError for strides and dilation that are both over 1."""
    if max(stride) > 1 and max(dilation) > 1:
        raise ShapeError(
            "convolution.stride-and-dilation",
            "Expected strides or dilation_rate to be 1: Keras has no such convolution with both over 1. Received: "
            f"strides={call['strides']!r}, dilation_rate={call['dilation_rate']!r}",
            param="dilation_rate",
        )


def extents(kernel: tuple[int, ...], dilation: tuple[int, ...]) -> tuple[int, ...]:
    """Input positions that the kernel spans on each axis."""
    return tuple([d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)])


def bias(call: Call, size: int) -> tuple[WeightSpec, ...]:
    """The bias, where there is one."""
    return (call.weight("bias", (size,)),) if call["use_bias"] else ()


def input_channels(call: Call) -> int:
    """Channels of an input that `spatial.split` has accepted."""
    shape = call.input.shape
    return spatial.known_channels(shape[0] if spatial.channels_first(call) else shape[-1])


def window(rank: int) -> Callable[[Call], Window]:
    """The sliding window of a convolution that is not transposed."""

    def rule(call: Call) -> Window:
        kernel, stride, dilation = geometry(call, rank)
        before = spatial.pad_before(spatial.split(call, rank)[0], kernel, stride, call["padding"], dilation)
        return Window(extents(kernel, dilation), stride, before, dilation=dilation)

    return rule


def shorthand(rank: int) -> Callable[[Mapping[str, Any]], str]:
    """`64 @ 3x3 /2 d2 same`: filters (where the layer has them), kernel, stride, dilation, padding."""

    def text(params: Mapping[str, Any]) -> str:
        kernel = spatial.by_x(sizes(params["kernel_size"], rank))
        parts = [f"{params['filters']} @ {kernel}" if "filters" in params else kernel]
        if params.get("depth_multiplier", 1) != 1:
            parts.append(f"x{params['depth_multiplier']}")
        stride, dilation = sizes(params["strides"], rank), sizes(params["dilation_rate"], rank)
        if set(stride) != {1}:
            parts.append("/" + spatial.short(stride))
        if set(dilation) != {1}:
            parts.append("d" + spatial.short(dilation))
        if params["padding"] != "valid":
            parts.append(str(params["padding"]))
        return " ".join(parts)

    return text
