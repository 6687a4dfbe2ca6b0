"""Layers that the catalogue has no rules for: kept with their configuration and what was recorded of them.

An imported model may hold any Keras layer. Its node keeps class and config untouched and gives the specs and weights
that were recorded when it was imported; costs are not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Integers, LayerType, Port, ShapeError
from workbench.layers.params import Boolean, Choice, Kind, ListOf, Optional, Param, ShapeOf, Text
from workbench.layers.spec import DTYPE_BYTES, TensorSpec, WeightSpec
from workbench.layers.supplied import supplied_spec

KEY = "opaque"
_DTYPE = Choice(tuple(DTYPE_BYTES))


@dataclass(frozen=True)
class Configuration:
    """What a layer's get_config gave: names and JSON values."""

    expected: str = "the layer's configuration, names with values"

    def accepts(self, value: Any) -> bool:
        return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)


@dataclass(frozen=True)
class Record:
    """Values of different kinds in a fixed order."""

    kinds: tuple[Kind, ...]

    @property
    def expected(self) -> str:
        return "a list of " + ", then ".join(kind.expected for kind in self.kinds)

    def accepts(self, value: Any) -> bool:
        return (
            isinstance(value, list | tuple)
            and len(value) == len(self.kinds)
            and all(kind.accepts(item) for kind, item in zip(self.kinds, value, strict=True))
        )


def _spec(call: Call) -> TensorSpec:
    if call["output_specs"]:
        shape, dtype = call["output_specs"][0]
        return TensorSpec(tuple(shape), dtype)
    return supplied_spec(KEY, call) or _unknown(call["class_name"])


def _unknown(class_name: str) -> NoReturn:
    raise ShapeError(
        "opaque.shape-unknown",
        f"Expected a layer whose output shape is known. Received: {class_name}, which has no rules here, "
        "and the file does not record its output",
        param="output_specs",
        hint="Set its output_specs, or replace it with layers of the catalogue.",
    )


def _weights(call: Call) -> tuple[WeightSpec, ...]:
    return tuple(
        WeightSpec(name, tuple(size or 0 for size in shape), trainable, dtype)
        for name, shape, trainable, dtype in call["recorded_weights"] or ()
    )


OPAQUE = LayerType(
    key=KEY,
    label="Opaque layer",
    category=Category.OPAQUE,
    doc="A Keras layer that this workbench has no rules for; it is kept as it is and computed by Keras.",
    params=(
        Param("class_name", Text("the name of a class"), doc="Class of the layer", suggested="Layer"),
        Param("module", Text("the name of a module"), "keras.layers", "Where Keras finds the class", advanced=True),
        Param(
            "registered_name", Optional(Text("a registered name")), None, "Its name in Keras's registry", advanced=True
        ),
        Param("config", Configuration(), doc="Its configuration, as Keras saved it", suggested={}, advanced=True),
        Param(
            "output_specs",
            Optional(ListOf(Record((ShapeOf(), _DTYPE))), "not known"),
            None,
            doc="Shape (without the batch) and dtype of what it gives",
            advanced=True,
        ),
        Param(
            "recorded_weights",
            Optional(ListOf(Record((Text("a name"), ShapeOf(), Boolean(), _DTYPE)))),
            None,
            "Name, shape, trainable and dtype of its weights",
            advanced=True,
        ),
    ),
    inputs=(Port("inputs", variadic=True, minimum=1),),
    shape=_spec,
    weights=_weights,
    macs=lambda _, __: None,
    window=lambda _: WHOLE_INPUT,
    shorthand=lambda params: str(params["class_name"]),
    integers=Integers.KEPT,
    stem="layer",
    search_words=("custom", "other", "unknown"),
)

LAYERS = (OPAQUE,)
