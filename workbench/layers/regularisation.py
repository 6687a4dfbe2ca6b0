"""Layers that act only while training, to keep a network from learning its data by heart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.layers import spatial
from workbench.layers.arguments import DATA_FORMAT, DTYPE, SEED
from workbench.layers.layer_type import Call, Category, LayerType
from workbench.layers.params import Number, Optional, Param, ShapeOf
from workbench.layers.spec import TensorSpec

_RATE = Param("rate", Number(0, 1), doc="Share of values dropped", suggested=0.5)
_NOISE_SHAPE = Param(
    "noise_shape",
    Optional(ShapeOf(), "a mask value for each input value"),
    None,
    "Shape of the mask, batch included",
    advanced=True,
)


def _same(call: Call) -> TensorSpec:
    return call.output(call.input.shape)


def _percent(params: Mapping[str, Any]) -> str:
    return f"{params['rate']:.0%}"


def _dropout(label: str, stem: str, doc: str, *params: Param, words: tuple[str, ...] = ()) -> LayerType:
    return LayerType(
        key=f"keras.layers.{label}",
        label=label,
        category=Category.REGULARISATION,
        doc=doc,
        params=(*params, DTYPE),
        shape=_same,
        shorthand=_percent,
        stem=stem,
        search_words=words,
    )


def spatial_dropout(rank: int) -> LayerType:
    """SpatialDropout1D to 3D: whole channels at a time."""

    def shape(call: Call) -> TensorSpec:
        spatial.split(call, rank)
        return _same(call)

    return LayerType(
        key=f"keras.layers.SpatialDropout{rank}D",
        label=f"SpatialDropout{rank}D",
        category=Category.REGULARISATION,
        doc="Drops whole channels while training (Tompson et al., 2015): neighbours in an image are too alike.",
        params=(_RATE, *((DATA_FORMAT,) if rank > 1 else ()), SEED, DTYPE),
        shape=shape,
        shorthand=_percent,
        stem="spatial_dropout",
        search_words=("channel dropout",),
    )


GAUSSIAN_NOISE = LayerType(
    key="keras.layers.GaussianNoise",
    label="GaussianNoise",
    category=Category.REGULARISATION,
    doc="Adds normal noise while training.",
    params=(Param("stddev", Number(0, 1), doc="Standard deviation of the noise", suggested=0.1), SEED, DTYPE),
    shape=_same,
    shorthand=lambda params: f"σ {params['stddev']:g}",
    stem="gaussian_noise",
    search_words=("jitter",),
)

ACTIVITY_REGULARIZATION = LayerType(
    key="keras.layers.ActivityRegularization",
    label="ActivityRegularization",
    category=Category.REGULARISATION,
    doc="Adds a penalty on what flows through to the loss.",
    params=(
        Param("l1", Number(0), 0.0, "Factor of the sum of absolute values"),
        Param("l2", Number(0), 0.0, "Factor of the sum of squares"),
        DTYPE,
    ),
    shape=_same,
    stem="activity_regularization",
    search_words=("penalty", "sparsity"),
)

LAYERS = (
    _dropout(
        "Dropout",
        "dropout",
        "Sets a share of the values to 0 while training (Srivastava et al., 2014).",
        _RATE,
        _NOISE_SHAPE,
        SEED,
    ),
    *(spatial_dropout(rank) for rank in (2, 1, 3)),
    _dropout(
        "AlphaDropout",
        "alpha_dropout",
        "Dropout that keeps mean and variance, for networks with selu (Klambauer et al., 2017).",
        _RATE,
        _NOISE_SHAPE,
        SEED,
        words=("selu", "self normalizing"),
    ),
    _dropout(
        "GaussianDropout",
        "gaussian_dropout",
        "Multiplies by normal noise around 1 while training.",
        _RATE,
        SEED,
        words=("noise",),
    ),
    GAUSSIAN_NOISE,
    ACTIVITY_REGULARIZATION,
)
