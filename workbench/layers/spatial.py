"""Arithmetic of windows that slide over spatial axes, for any number of axes and both data formats.

Sizes follow Keras; Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016), explain them.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from workbench.layers.layer_type import Call, Distance, ShapeError
from workbench.layers.spec import Shape, TensorSpec


def channels_first(call: Call) -> bool:
    """True when axis 0 of the shape without batch holds the channels."""
    return bool(call.params.get("data_format") == "channels_first")


def split(call: Call, rank: int) -> tuple[Shape, int | None]:
    """Spatial sizes and channels of the input. Raises ShapeError when the input has another number of axes."""
    shape = call.input.shape
    if len(shape) != rank + 1:
        axes = {1: "length", 2: "height x width", 3: "depth x height x width"}[rank]
        wanted = f"channels x {axes}" if channels_first(call) else f"{axes} x channels"
        raise ShapeError(
            "input.rank",
            f"Expected an input of {rank + 1} axes ({wanted}). Received: {call.input}",
            port="input",
            hint="Connect it to a layer that still has its spatial axes, or reshape first.",
        )
    return (shape[1:], shape[0]) if channels_first(call) else (shape[:-1], shape[-1])


def join(call: Call, spatial: Shape, channels: int | None) -> TensorSpec:
    """An output spec in the call's data format."""
    shape = (channels, *spatial) if channels_first(call) else (*spatial, channels)
    return call.output(shape)


def known_channels(channels: int | None) -> int:
    """The channels of an input whose layer has a kernel. Raises ShapeError when they are not known."""
    if channels is None:
        raise ShapeError(
            "input.channels-unknown",
            "Expected an input with a known number of channels. Received: ?",
            port="input",
            hint="Give the channel axis of the input a size.",
        )
    return channels


def slid(size: int | None, window: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """Output size of one axis under a sliding window; 0 or less when the window does not fit."""
    if size is None:
        return None
    if padding == "valid":
        return (size - dilation * (window - 1) - 1) // stride + 1
    return (size - 1) // stride + 1


@lru_cache(maxsize=16384)
def slide(
    spatial: Shape,
    window: tuple[int, ...],
    stride: tuple[int, ...],
    padding: str,
    dilation: tuple[int, ...],
    param: str,
) -> Shape:
    """Output sizes under a sliding window. Raises ShapeError when the window is larger than its input."""
    out = tuple(slid(size, w, s, padding, d) for size, w, s, d in zip(spatial, window, stride, dilation, strict=True))
    for axis, size in enumerate(out):
        if size is not None and size <= 0:
            extent = dilation[axis] * (window[axis] - 1) + 1
            raise ShapeError(
                "window.too-large",
                f"Expected a window of at most {spatial[axis]} on spatial axis {axis}. Received: {extent} "
                f"({param}={window[axis]}, dilation {dilation[axis]}) on an input of {TensorSpec(spatial)}",
                param=param,
                hint="Make the window smaller, pad with 'same', or reduce the down-sampling before it.",
            )
    return out


@lru_cache(maxsize=16384)
def pad_before(
    spatial: Shape, window: tuple[int, ...], stride: tuple[int, ...], padding: str, dilation: tuple[int, ...]
) -> tuple[int, ...]:
    """Zeros before the first element of each axis (TensorFlow's 'same': the smaller half is before)."""
    return tuple(_pad_before(*axis, padding) for axis in zip(spatial, window, stride, dilation, strict=True))


def _pad_before(size: int | None, window: int, stride: int, dilation: int, padding: str) -> int:
    extent = dilation * (window - 1) + 1
    if padding == "valid":
        return 0
    if padding == "causal":
        return extent - 1
    if size is None:
        return (extent - 1) // 2
    return max((-(-size // stride) - 1) * stride + extent - size, 0) // 2


def transposed(
    size: int | None, window: int, stride: int, padding: str, dilation: int, output_padding: int | None
) -> int | None:
    """Output size of one axis of a transposed convolution, as Keras computes it on TensorFlow."""
    if size is None:
        return None
    extent = dilation * (window - 1) + 1
    if padding == "valid":
        extra = max(extent, stride) - extent if output_padding is None else output_padding
        return (size - 1) * stride + extent + extra
    if output_padding is None:
        return size * stride
    return (size - 1) * stride + extent % 2 + output_padding


def transposed_pad_before(window: int, stride: int, padding: str, dilation: int, output_padding: int | None) -> int:
    """Positions that a transposed convolution cuts off before the first output of one axis.

    TensorFlow computes it as the gradient of the convolution that leads from the output back to the input, so half of
    what that convolution pads is cut off, the smaller half first.
    """
    if padding == "valid":
        return 0
    extent = dilation * (window - 1) + 1
    one = transposed(1, window, stride, padding, dilation, output_padding)
    assert one is not None
    return max(extent - one, 0) // 2


def ratio(size: int, other: int) -> Distance:
    """size / other: a plain number where it is whole."""
    share = Fraction(size, other)
    return share.numerator if share.denominator == 1 else share


def by_x(sizes: tuple[int, ...]) -> str:
    """`3x3`."""
    return "x".join(map(str, sizes))


def short(sizes: tuple[int, ...]) -> str:
    """`2` where all are alike, else `2x1`."""
    return by_x(sizes) if len(set(sizes)) > 1 else str(sizes[0])


def axes_words(rank: int) -> str:
    """`1 spatial axis`, `2 spatial axes`."""
    return f"{rank} spatial {'axis' if rank == 1 else 'axes'}"
