"""Layers that bring raw values to the scale that a network expects."""

from __future__ import annotations

from typing import Any

from workbench.layers.arguments import DTYPE
from workbench.layers.axes import known_size, resolve_all, with_batch
from workbench.layers.layer_type import Call, Category, Integers, LayerType, ShapeError
from workbench.layers.params import Axes, Boolean, Either, ListOf, Number, Optional, Param
from workbench.layers.spec import TensorSpec, WeightSpec

_VALUES = Either((Number(), ListOf(Number())))
_NESTED = Either((Number(), ListOf(Number()), ListOf(ListOf(Number()))))


def _rescaling_shape(call: Call) -> TensorSpec:
    last = with_batch(call.input)[-1]
    for name in ("scale", "offset"):
        value = call[name]
        if isinstance(value, list | tuple) and len(value) not in (1, last):
            raise ShapeError(
                "rescaling.channels",
                f"Expected one {name} for each channel of the input {call.input}. Received: {len(value)}",
                param=name,
            )
    return call.output(call.input.shape)


RESCALING = LayerType(
    key="keras.layers.Rescaling",
    label="Rescaling",
    category=Category.NORMALISATION,
    doc="value × scale + offset: 1/255 brings bytes to 0 to 1.",
    params=(
        Param("scale", _VALUES, doc="Factor, or one for each channel", suggested=1 / 255),
        Param("offset", _VALUES, 0.0, "Added afterwards"),
        DTYPE,
    ),
    shape=_rescaling_shape,
    shorthand=lambda params: f"× {params['scale']:.3g}" if isinstance(params["scale"], float | int) else "per channel",
    integers=Integers.MADE_FLOAT,
    stem="rescaling",
    search_words=("scale", "255", "preprocess", "range"),
)


def _kept(call: Call) -> tuple[int, ...]:
    """Sizes of the axes that are normalised apart."""
    numbers = [] if call["axis"] is None else resolve_all(call["axis"], call.input)
    return tuple(known_size(axis, call.input) for axis in sorted(numbers))


def _shape_of(value: Any) -> tuple[int, ...]:
    """Shape of a nested list of numbers, as numpy sees it."""
    return (len(value), *_shape_of(value[0])) if isinstance(value, list | tuple) else ()


def _ragged(value: Any) -> bool:
    return isinstance(value, list | tuple) and len({_shape_of(item) for item in value}) > 1


def _check_given(call: Call, kept: tuple[int, ...]) -> None:
    mean, variance = call["mean"], call["variance"]
    if (mean is None) != (variance is None):
        raise ShapeError(
            "normalisation.mean-and-variance",
            "Expected both mean and variance, or neither. Received: one of them",
            param="mean" if mean is None else "variance",
        )
    if mean is None:
        return
    shape = _shape_of(mean)
    fits = all(size in (1, wanted) for size, wanted in zip(reversed(shape), reversed(kept), strict=False))
    if _ragged(mean) or _ragged(variance) or shape != _shape_of(variance) or len(shape) > len(kept) or not fits:
        raise ShapeError(
            "normalisation.mean-and-variance",
            f"Expected mean and variance of one shape that fits {TensorSpec(kept)}, the sizes of the kept axes. "
            f"Received: shapes {TensorSpec(shape)} and {TensorSpec(_shape_of(variance))}",
            param="mean",
        )


def _normalization_shape(call: Call) -> TensorSpec:
    _check_given(call, _kept(call))
    return call.output(call.input.shape)


def _normalization_weights(call: Call) -> tuple[WeightSpec, ...]:
    if call["mean"] is not None:
        return ()
    statistics = (call.weight(name, _kept(call), trainable=False) for name in ("mean", "variance"))
    return (*statistics, WeightSpec("count", (), trainable=False, dtype="int64"))


NORMALIZATION = LayerType(
    key="keras.layers.Normalization",
    label="Normalization",
    category=Category.NORMALISATION,
    doc="Subtracts a mean and divides by a standard deviation, given or learnt from data beforehand (`adapt`).",
    params=(
        Param("axis", Optional(Axes(), "one mean for all"), -1, "Axes with a mean of their own each"),
        Param("mean", Optional(_NESTED, "from data"), None, "Mean"),
        Param("variance", Optional(_NESTED, "from data"), None, "Variance"),
        Param("invert", Boolean(), False, "Turn normalised values back", advanced=True),
        DTYPE,
    ),
    shape=_normalization_shape,
    weights=_normalization_weights,
    integers=Integers.MADE_FLOAT,
    stem="normalization",
    search_words=("standardize", "z-score", "mean", "preprocess"),
)

LAYERS = (RESCALING, NORMALIZATION)
