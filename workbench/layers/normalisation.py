"""Layers that bring values to a common scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.layers.arguments import DTYPE, constraint, initializer, regularizer
from workbench.layers.axes import as_list, known_size, resolve, resolve_all, with_batch
from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Integers, LayerType, ShapeError
from workbench.layers.params import MAX_SIZE, Axes, Boolean, Either, Integer, Number, Numbers, Optional, Param
from workbench.layers.spec import TensorSpec, WeightSpec

_CENTER_AND_SCALE = (
    Param("center", Boolean(), True, "Learn an offset, beta"),
    Param("scale", Boolean(), True, "Learn a factor, gamma"),
)
_BETA_AND_GAMMA = (
    regularizer("beta_regularizer"),
    regularizer("gamma_regularizer"),
    constraint("beta_constraint"),
    constraint("gamma_constraint"),
)
_INITIAL_BETA_AND_GAMMA = (initializer("beta_initializer", "zeros"), initializer("gamma_initializer", "ones"))


def _axis(doc: str, *, several: bool = True) -> Param:
    return Param("axis", Axes(several), -1, doc)


def _epsilon(default: float) -> Param:
    return Param("epsilon", Number(0), default, "Added to the variance", advanced=True)


def _gamma_and_beta(call: Call, shape: tuple[int, ...]) -> tuple[WeightSpec, ...]:
    return (
        *((call.weight("gamma", shape),) if call["scale"] else ()),
        *((call.weight("beta", shape),) if call["center"] else ()),
    )


def _over_axes(call: Call) -> str | None:
    """Over channels each position is normalised by itself; over other axes all of them count."""
    last = len(call.input.shape)
    return None if {resolve(axis, call.input) for axis in as_list(call["axis"])} <= {last} else WHOLE_INPUT


def _axes_shorthand(params: Mapping[str, Any]) -> str:
    return "" if params["axis"] == -1 else f"axis {', '.join(map(str, as_list(params['axis'])))}"


# -- batch
def _batch_shape(call: Call) -> TensorSpec:
    known_size(call["axis"], call.input)
    clipping = call["renorm_clipping"] or {}
    if call["renorm"] and clipping.get("rmax", 1) < clipping.get("rmin", 0) and {"rmax", "rmin"} <= set(clipping):
        raise ShapeError(
            "normalisation.renorm-clipping",
            f"Expected rmax of at least rmin. Received: rmax={clipping['rmax']}, rmin={clipping['rmin']}",
            param="renorm_clipping",
        )
    return call.output(call.input.shape)


def _batch_weights(call: Call) -> tuple[WeightSpec, ...]:
    size = (known_size(call["axis"], call.input),)
    statistics = ("moving_mean", "moving_variance")
    renorm = ("moving_stddev", "renorm_mean", "renorm_stddev") if call["renorm"] else ()
    kept = tuple(call.weight(name, size, trainable=False) for name in (*statistics, *renorm))
    return (*_gamma_and_beta(call, size), *kept)


BATCH_NORMALIZATION = LayerType(
    key="keras.layers.BatchNormalization",
    label="BatchNormalization",
    category=Category.NORMALISATION,
    doc="Normalises each channel by the batch (Ioffe and Szegedy, 2015); by moving statistics in inference.",
    params=(
        _axis("The axis to normalise apart: the channels", several=False),
        Param("momentum", Number(0, 1), 0.99, "Share of the old moving statistics kept at each step"),
        _epsilon(0.001),
        *_CENTER_AND_SCALE,
        *_INITIAL_BETA_AND_GAMMA,
        initializer("moving_mean_initializer", "zeros"),
        initializer("moving_variance_initializer", "ones"),
        *_BETA_AND_GAMMA,
        Param("renorm", Boolean(), False, "Correct by the moving statistics in training too", advanced=True),
        Param(
            "renorm_clipping",
            Optional(Numbers(("rmax", "rmin", "dmax"), Number(0)), "no limits"),
            None,
            "Limits of the correction",
            advanced=True,
        ),
        Param("renorm_momentum", Number(0, 1), 0.99, "Momentum of the correction", advanced=True),
        Param("synchronized", Boolean(), False, "Share statistics between devices", advanced=True),
        DTYPE,
    ),
    shape=_batch_shape,
    weights=_batch_weights,
    integers=Integers.MADE_FLOAT,
    stem="batch_norm",
    search_words=("bn", "normalization"),
)


# -- layer, group, root mean square, unit length
def _layer_shape(call: Call) -> TensorSpec:
    for axis in resolve_all(call["axis"], call.input):
        if call["center"] or call["scale"]:
            known_size(axis, call.input)
    return call.output(call.input.shape)


def _sizes_of_axes(call: Call) -> tuple[int, ...]:
    # Keras sorts the numbers as they are given, negative ones first.
    return tuple(known_size(axis, call.input) for axis in sorted(as_list(call["axis"])))


LAYER_NORMALIZATION = LayerType(
    key="keras.layers.LayerNormalization",
    label="LayerNormalization",
    category=Category.NORMALISATION,
    doc="Normalises each sample over its own values (Ba, Kiros and Hinton, 2016).",
    params=(
        _axis("The axes over which to normalise"),
        _epsilon(0.001),
        *_CENTER_AND_SCALE,
        *_INITIAL_BETA_AND_GAMMA,
        *_BETA_AND_GAMMA,
        DTYPE,
    ),
    shape=_layer_shape,
    weights=lambda call: _gamma_and_beta(call, _sizes_of_axes(call)) if call["center"] or call["scale"] else (),
    window=_over_axes,
    shorthand=_axes_shorthand,
    integers=Integers.MADE_FLOAT,
    stem="layer_norm",
    search_words=("ln", "normalization", "transformer"),
)


def _group_shape(call: Call) -> TensorSpec:
    channels, groups = known_size(call["axis"], call.input), call["groups"]
    if groups != -1 and channels % groups:
        raise ShapeError(
            "normalisation.groups",
            f"Expected groups={groups} to divide the channels. Received: {channels} channels",
            param="groups",
            hint="Choose a number of groups that divides the channels.",
        )
    return call.output(call.input.shape)


GROUP_NORMALIZATION = LayerType(
    key="keras.layers.GroupNormalization",
    label="GroupNormalization",
    category=Category.NORMALISATION,
    doc="Normalises each sample over groups of channels (Wu and He, 2018); it does not need large batches.",
    params=(
        Param(
            "groups",
            Either((Integer(1, MAX_SIZE), Integer(-1, -1))),
            32,
            "Number of groups; -1: one a channel (instance normalisation)",
        ),
        _axis("The axis of the channels", several=False),
        _epsilon(0.001),
        *_CENTER_AND_SCALE,
        *_INITIAL_BETA_AND_GAMMA,
        *_BETA_AND_GAMMA,
        DTYPE,
    ),
    shape=_group_shape,
    weights=lambda call: _gamma_and_beta(call, (known_size(call["axis"], call.input),)),
    window=lambda _: WHOLE_INPUT,
    shorthand=lambda params: "instance" if params["groups"] == -1 else f"{params['groups']} groups",
    integers=Integers.MADE_FLOAT,
    stem="group_norm",
    search_words=("gn", "instance normalization"),
)


def _rms_shape(call: Call) -> TensorSpec:
    """Keras multiplies by the scale as it is, so that it has to fit the last axes."""
    scale = _sizes_of_axes(call)
    last = with_batch(call.input)[-len(scale) :]
    if any(factor not in (1, size) for factor, size in zip(scale, last, strict=True)):
        raise ShapeError(
            "normalisation.axes-not-last",
            f"Expected axis to name the last axes of the input {call.input}. Received: axis={call['axis']}",
            param="axis",
        )
    return call.output(call.input.shape)


RMS_NORMALIZATION = LayerType(
    key="keras.layers.RMSNormalization",
    label="RMSNormalization",
    category=Category.NORMALISATION,
    doc="Divides by the root mean square over the axes (Zhang and Sennrich, 2019).",
    params=(_axis("The axes over which to normalise"), _epsilon(1e-06), DTYPE),
    shape=_rms_shape,
    weights=lambda call: (call.weight("scale", _sizes_of_axes(call)),),
    window=_over_axes,
    shorthand=_axes_shorthand,
    stem="rms_norm",
    search_words=("root mean square", "normalization"),
)


def _unit_shape(call: Call) -> TensorSpec:
    resolve_all(call["axis"], call.input)
    return call.output(call.input.shape)


UNIT_NORMALIZATION = LayerType(
    key="keras.layers.UnitNormalization",
    label="UnitNormalization",
    category=Category.NORMALISATION,
    doc="Scales each vector along the axes to length 1.",
    params=(_axis("The axes of the vectors"), DTYPE),
    shape=_unit_shape,
    window=_over_axes,
    shorthand=_axes_shorthand,
    stem="unit_norm",
    search_words=("l2", "normalize", "cosine"),
)

LAYERS = (BATCH_NORMALIZATION, LAYER_NORMALIZATION, GROUP_NORMALIZATION, RMS_NORMALIZATION, UNIT_NORMALIZATION)
