"""Parameters and rules that Keras's random augmentation layers share."""

from __future__ import annotations

from workbench.layers import spatial
from workbench.layers.arguments import DTYPE
from workbench.layers.layer_type import (
    WHOLE_INPUT,
    Call,
    Category,
    Integers,
    LayerType,
    ShapeError,
    ShapeRule,
    WindowRule,
)
from workbench.layers.params import (
    REQUIRED,
    Choice,
    Either,
    Integer,
    ListOf,
    Number,
    Optional,
    Param,
    Span,
)
from workbench.layers.spec import TensorSpec

VALUE_RANGE = Param("value_range", Span(), [0, 255], "Smallest and largest value of the images")
INTERPOLATION = Param("interpolation", Choice(("nearest", "bilinear")), "bilinear", "How values between are made")
FILL_MODE = Param(
    "fill_mode", Choice(("reflect", "wrap", "constant", "nearest")), "reflect", "What is seen beyond the border"
)
FILL_VALUE = Param("fill_value", Number(), 0.0, "Value beyond the border where fill_mode is constant", advanced=True)


BITS = Integer(1, 8)


def range(low: float, high: float) -> Either:
    number = Number(low, high)
    return Either((number, ListOf(number, 2)))


def factor(
    low: float, high: float, default: object = REQUIRED, name: str = "factor", suggested: float | None = None
) -> Param:
    return Param(name, range(low, high), default, "Strength: a number, or from and to", suggested=suggested)


def optional_factor(name: str, low: float, high: float) -> Param:
    return Param(name, Optional(range(low, high), "leave as it is"), None, "Strength: a number, or from and to")


def same(call: Call) -> TensorSpec:
    spatial.split(call, 2)
    return call.output(call.input.shape)


def of_channels(*allowed: int) -> ShapeRule:
    """A rule for layers that know colours: images of so many channels; unknown ones may turn out right."""

    def rule(call: Call) -> TensorSpec:
        channels = spatial.split(call, 2)[1]
        if channels is not None and channels not in allowed:
            raise ShapeError(
                "augmentation.channels",
                f"Expected images of {' or '.join(map(str, allowed))} channels. Received: {call.input}",
                port="input",
                hint="Colours change where images enter the network, before the first convolution.",
            )
        return call.output(call.input.shape)

    return rule


in_colour, colour_or_grey = of_channels(3), of_channels(1, 3)


def jittered(call: Call) -> TensorSpec:
    needs_colour = any(call[name] is not None for name in ("saturation_factor", "hue_factor"))
    return in_colour(call) if needs_colour else same(call)


def cropped(call: Call) -> TensorSpec:
    return spatial.join(call, (call["height"], call["width"]), spatial.split(call, 2)[1])


def refused(call: Call) -> TensorSpec:
    raise ShapeError(
        "augmentation.not-in-networks",
        "Expected a layer that can be part of a network: Keras (3.15) takes what Equalization gives for what it got, "
        f"and sees a cycle. Received: Equalization on {call.input}",
        hint="Use ContrastLimitedAdaptiveHistogramEqualization or AutoContrast.",
    )


def mixed(call: Call) -> TensorSpec:
    if call.dtype == "bfloat16":
        raise ShapeError(
            "input.dtype", "Expected float16 or more: Keras cannot paste in bfloat16. Received: bfloat16", param="dtype"
        )
    return same(call)


def by_position(_: Call) -> None:
    return None


def whole(_: Call) -> str:
    return WHOLE_INPUT


def layer(
    label: str,
    doc: str,
    *params: Param,
    words: tuple[str, ...] = (),
    shape: ShapeRule = same,
    window: WindowRule = by_position,
    integers: Integers = Integers.MADE_FLOAT,
    stem: str = "",
) -> LayerType:
    return LayerType(
        key=f"keras.layers.{label}",
        label=label,
        category=Category.AUGMENTATION,
        doc=doc,
        params=(*params, DTYPE),
        shape=shape,
        window=window,
        integers=integers,
        stem=stem or snake(label),
        search_words=("augmentation", *words),
    )


def snake(label: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in label).lstrip("_")
