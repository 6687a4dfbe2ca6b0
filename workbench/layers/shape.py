"""Layers that only rearrange values."""

from __future__ import annotations

from workbench.layers.arguments import DATA_FORMAT, DTYPE
from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Integers, LayerType
from workbench.layers.spec import TensorSpec, product


def _flatten_shape(call: Call) -> TensorSpec:
    return TensorSpec((product(call.input.shape),), call.input.dtype)


FLATTEN = LayerType(
    key="keras.layers.Flatten",
    label="Flatten",
    category=Category.SHAPE,
    doc="Lays all values of a sample out in one vector.",
    params=(DATA_FORMAT, DTYPE),
    shape=_flatten_shape,
    window=lambda _: WHOLE_INPUT,
    integers=Integers.KEPT,
    stem="flatten",
    search_words=("vector", "reshape"),
)

LAYERS = (FLATTEN,)
