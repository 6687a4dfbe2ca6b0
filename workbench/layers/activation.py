"""Activation layers: one value in, one value out."""

from __future__ import annotations

from workbench.layers.arguments import ACTIVATIONS, DTYPE
from workbench.layers.layer_type import Call, Category, LayerType, ShapeError
from workbench.layers.params import Axes, KerasObject, Number, Optional, Param
from workbench.layers.spec import TensorSpec


def _same(call: Call) -> TensorSpec:
    return call.input


def _softmax_shape(call: Call) -> TensorSpec:
    rank = len(call.input.shape) + 1
    axes = call["axis"] if isinstance(call["axis"], list | tuple) else [call["axis"]]
    if any(not -rank <= axis < rank for axis in axes):
        raise ShapeError(
            "axis.out-of-range",
            f"Expected axis between {-rank} and {rank - 1}. Received: axis={call['axis']}",
            param="axis",
        )
    if len({axis % rank for axis in axes}) < len(axes):
        raise ShapeError(
            "axis.repeated", f"Expected different axes. Received: axis={call['axis']} on {rank} axes", param="axis"
        )
    return call.input


ACTIVATION_LAYER = LayerType(
    key="keras.layers.Activation",
    label="Activation",
    category=Category.ACTIVATION,
    doc="Applies an activation function to every value.",
    params=(
        Param(
            "activation",
            KerasObject("an activation", ACTIVATIONS),
            doc="The function",
            suggested="relu",
        ),
        DTYPE,
    ),
    shape=_same,
    shorthand=lambda params: (
        params["activation"] if isinstance(params["activation"], str) else params["activation"]["class_name"]
    ),
    stem="activation",
    search_words=("nonlinearity", "tanh", "sigmoid", "gelu", "swish"),
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

SOFTMAX = LayerType(
    key="keras.layers.Softmax",
    label="Softmax",
    category=Category.ACTIVATION,
    doc="Turns logits into probabilities that sum to 1.",
    params=(Param("axis", Axes(), -1, "The axis over which the values sum to 1"), DTYPE),
    shape=_softmax_shape,
    stem="softmax",
    search_words=("probabilities",),
)

LAYERS = (ACTIVATION_LAYER, RELU, SOFTMAX)
