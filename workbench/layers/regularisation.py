"""Layers that act only while training, to keep a network from learning its data by heart."""

from __future__ import annotations

from workbench.layers.arguments import DTYPE
from workbench.layers.layer_type import Category, LayerType
from workbench.layers.params import Integer, Number, Optional, Param, ShapeOf

DROPOUT = LayerType(
    key="keras.layers.Dropout",
    label="Dropout",
    category=Category.REGULARISATION,
    doc="Sets a share of the values to 0 while training (Srivastava et al., 2014).",
    params=(
        Param("rate", Number(0, 1), doc="Share of values dropped", suggested=0.5),
        Param(
            "noise_shape",
            Optional(ShapeOf(), "a mask value for each input value"),
            None,
            "Shape of the mask, batch included",
            advanced=True,
        ),
        Param("seed", Optional(Integer(0), "from the run's seed"), None, "Seed of the mask", advanced=True),
        DTYPE,
    ),
    shape=lambda call: call.input,
    shorthand=lambda params: f"{params['rate']:.0%}",
    stem="dropout",
)

LAYERS = (DROPOUT,)
