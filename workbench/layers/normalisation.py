"""Normalisation layers."""

from __future__ import annotations

from workbench.layers.arguments import DTYPE, constraint, initializer, regularizer
from workbench.layers.layer_type import Call, Category, Integers, LayerType, ShapeError
from workbench.layers.params import Axes, Boolean, Number, Param
from workbench.layers.spec import TensorSpec, WeightSpec


def _axis_size(call: Call) -> int:
    """Size of the normalised axis; the batch axis counts as axis 0, as in Keras."""
    axes = (None, *call.input.shape)
    axis: int = call["axis"]
    if not -len(axes) <= axis < len(axes) or axis % len(axes) == 0:
        raise ShapeError(
            "axis.out-of-range",
            f"Expected axis to name an axis of the input (1 to {len(axes) - 1}, or -1). Received: axis={axis}",
            param="axis",
        )
    size = axes[axis]
    if size is None:
        raise ShapeError(
            "input.channels-unknown",
            f"Expected axis {axis} of the input to have a known size. Received: {call.input}",
            port="input",
        )
    return size


def _shape(call: Call) -> TensorSpec:
    _axis_size(call)
    return call.input


def _weights(call: Call) -> tuple[WeightSpec, ...]:
    size = (_axis_size(call),)
    return (
        *((WeightSpec("gamma", size),) if call["scale"] else ()),
        *((WeightSpec("beta", size),) if call["center"] else ()),
        WeightSpec("moving_mean", size, trainable=False),
        WeightSpec("moving_variance", size, trainable=False),
    )


BATCH_NORMALIZATION = LayerType(
    key="keras.layers.BatchNormalization",
    label="BatchNormalization",
    category=Category.NORMALISATION,
    doc="Normalises each channel by the batch (Ioffe and Szegedy, 2015); by moving statistics in inference.",
    params=(
        Param("axis", Axes(several=False), -1, "The axis to normalise apart: the channels"),
        Param("momentum", Number(0, 1), 0.99, "Share of the old moving statistics kept at each step"),
        Param("epsilon", Number(0), 0.001, "Added to the variance", advanced=True),
        Param("center", Boolean(), True, "Learn an offset, beta"),
        Param("scale", Boolean(), True, "Learn a factor, gamma"),
        initializer("beta_initializer", "zeros"),
        initializer("gamma_initializer", "ones"),
        initializer("moving_mean_initializer", "zeros"),
        initializer("moving_variance_initializer", "ones"),
        regularizer("beta_regularizer"),
        regularizer("gamma_regularizer"),
        constraint("beta_constraint"),
        constraint("gamma_constraint"),
        Param("synchronized", Boolean(), False, "Share statistics between devices", advanced=True),
        DTYPE,
    ),
    shape=_shape,
    weights=_weights,
    integers=Integers.MADE_FLOAT,
    stem="batch_norm",
    search_words=("bn",),
)

LAYERS = (BATCH_NORMALIZATION,)
