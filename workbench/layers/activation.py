"""Activation layers: one value in, one value out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.layers.arguments import ACTIVATIONS, DTYPE, constraint, initializer, regularizer
from workbench.layers.axes import as_list, resolve, resolve_all
from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, LayerType, ShapeError
from workbench.layers.params import Axes, KerasObject, Number, Optional, Param
from workbench.layers.spec import TensorSpec, WeightSpec


def _same(call: Call) -> TensorSpec:
    return call.output(call.input.shape)


def _activation_name(params: Mapping[str, Any]) -> str:
    function = params["activation"]
    return str(function if isinstance(function, str) else function["class_name"])


ACTIVATION_LAYER = LayerType(
    key="keras.layers.Activation",
    label="Activation",
    category=Category.ACTIVATION,
    doc="Applies an activation function to every value.",
    params=(
        Param("activation", KerasObject("an activation", ACTIVATIONS), doc="The function", suggested="relu"),
        DTYPE,
    ),
    shape=_same,
    shorthand=_activation_name,
    stem="activation",
    search_words=("nonlinearity", *ACTIVATIONS, "swish"),
)

RELU = LayerType(
    key="keras.layers.ReLU",
    label="ReLU",
    category=Category.ACTIVATION,
    doc="max(x, 0), with an optional ceiling, slope and threshold.",
    params=(
        Param("max_value", Optional(Number(0), "no ceiling"), None, "Ceiling"),
        Param("negative_slope", Number(0), 0.0, "Slope below the threshold"),
        Param("threshold", Number(0), 0.0, "Where the function starts to rise"),
        DTYPE,
    ),
    shape=_same,
    shorthand=lambda params: "" if params["max_value"] is None else f"max {params['max_value']:g}",
    stem="relu",
    search_words=("rectified linear",),
)

LEAKY_RELU = LayerType(
    key="keras.layers.LeakyReLU",
    label="LeakyReLU",
    category=Category.ACTIVATION,
    doc="ReLU with a small slope for negative values (Maas, Hannun and Ng, 2013).",
    params=(Param("negative_slope", Number(0), 0.3, "Slope for negative values"), DTYPE),
    shape=_same,
    shorthand=lambda params: f"slope {params['negative_slope']:g}",
    stem="leaky_relu",
    search_words=("rectified linear", "gan"),
)


def _alpha_shape(call: Call) -> tuple[int, ...]:
    """A slope for each value; shared along some axes. Keras subtracts 1 from each axis, whatever its sign."""
    sizes = list(call.input.shape)
    for axis in as_list(call["shared_axes"]) if call["shared_axes"] is not None else ():
        if not -len(sizes) <= axis - 1 < len(sizes):
            raise ShapeError(
                "axis.out-of-range",
                f"Expected shared_axes from 1 to {len(sizes)}. Received: shared_axes={call['shared_axes']}",
                param="shared_axes",
            )
        sizes[axis - 1] = 1
    known = tuple(size for size in sizes if size is not None)
    if len(known) < len(sizes):
        raise ShapeError(
            "input.channels-unknown",
            f"Expected known sizes on the axes that are not shared. Received: {call.input}",
            port="input",
            hint="Share the axes whose size is not known: [1, 2] for images.",
        )
    return known


def _prelu_shape(call: Call) -> TensorSpec:
    _alpha_shape(call)
    return _same(call)


def _prelu_weights(call: Call) -> tuple[WeightSpec, ...]:
    return (call.weight("alpha", _alpha_shape(call)),)


PRELU = LayerType(
    key="keras.layers.PReLU",
    label="PReLU",
    category=Category.ACTIVATION,
    doc="ReLU that learns its slope for negative values (He et al., 2015).",
    params=(
        initializer("alpha_initializer", "Zeros"),
        regularizer("alpha_regularizer"),
        constraint("alpha_constraint"),
        Param("shared_axes", Optional(Axes(), "a slope for every value"), None, "Axes along which a slope is shared"),
        DTYPE,
    ),
    shape=_prelu_shape,
    weights=_prelu_weights,
    stem="prelu",
    search_words=("parametric", "rectified linear"),
)

ELU = LayerType(
    key="keras.layers.ELU",
    label="ELU",
    category=Category.ACTIVATION,
    doc="x, or alpha (exp(x) - 1) for negative values (Clevert et al., 2016).",
    params=(Param("alpha", Number(), 1.0, "Where negative values level off"), DTYPE),
    shape=_same,
    shorthand=lambda params: "" if params["alpha"] == 1 else f"alpha {params['alpha']:g}",
    stem="elu",
    search_words=("exponential linear",),
)


def _softmax_shape(call: Call) -> TensorSpec:
    resolve_all(call["axis"], call.input)
    return _same(call)


def _softmax_window(call: Call) -> str | None:
    last = len(call.input.shape)
    return None if {resolve(axis, call.input) for axis in as_list(call["axis"])} <= {last} else WHOLE_INPUT


SOFTMAX = LayerType(
    key="keras.layers.Softmax",
    label="Softmax",
    category=Category.ACTIVATION,
    doc="Turns logits into probabilities that sum to 1.",
    params=(Param("axis", Axes(), -1, "The axis over which the values sum to 1"), DTYPE),
    shape=_softmax_shape,
    window=_softmax_window,
    stem="softmax",
    search_words=("probabilities",),
)

LAYERS = (ACTIVATION_LAYER, RELU, LEAKY_RELU, PRELU, ELU, SOFTMAX)
