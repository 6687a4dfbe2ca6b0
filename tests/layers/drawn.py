"""Hypothesis strategies for any layer type: its parameters by their kinds, and what comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from workbench.layers import FLOATS, LayerType, Param, TensorSpec
from workbench.layers.params import Axes, Boolean, Choice, Integer, KerasObject, Number, Optional, ShapeOf, Sizes

SPATIAL_RANK = {
    "Conv2D": 2,
    "Conv2DTranspose": 2,
    "MaxPooling2D": 2,
    "AveragePooling2D": 2,
    "GlobalAveragePooling2D": 2,
}
NO_INTEGERS = {"Activation", "ReLU", "Softmax", "Dropout"}
"""Keras takes whole numbers in some functions and modes of these, and fails in others: the catalogue refuses all."""


def _integer(kind: Integer) -> SearchStrategy[int]:
    low = -3 if kind.minimum is None else kind.minimum
    return st.integers(low, low + 7)


def _number(kind: Number) -> SearchStrategy[float]:
    low, high = kind.minimum or 0, kind.maximum or 8
    return st.floats(low, high, allow_subnormal=False, width=32) | st.integers(int(low), int(high))


def _sizes(kind: Sizes) -> SearchStrategy[Any]:
    one = st.integers(kind.minimum, kind.minimum + 3)
    return one | st.lists(one, min_size=kind.rank, max_size=kind.rank)


def _axes(kind: Axes) -> SearchStrategy[Any]:
    one = st.integers(-4, 4)
    return one | st.lists(one, min_size=1, max_size=2, unique=True) if kind.several else one


BY_KIND: dict[type, Callable[[Any], SearchStrategy[Any]]] = {
    Integer: _integer,
    Number: _number,
    Boolean: lambda _: st.booleans(),
    Choice: lambda kind: st.sampled_from(kind.values),
    Sizes: _sizes,
    ShapeOf: lambda _: shapes(st.integers(0, 4)).map(list),
    Axes: _axes,
    KerasObject: lambda kind: st.sampled_from(kind.names),
    Optional: lambda kind: st.none() | value_of(kind.kind),
}


def value_of(kind: Any) -> SearchStrategy[Any]:
    """Allowed values of a kind, small ones."""
    return BY_KIND[type(kind)](kind)


def shapes(rank: SearchStrategy[int]) -> SearchStrategy[tuple[int | None, ...]]:
    size = st.integers(1, 9) | st.none()
    return rank.flatmap(lambda axes: st.lists(size, min_size=axes, max_size=axes)).map(tuple)


@st.composite
def parameters(draw: st.DrawFn, layer: LayerType) -> dict[str, Any]:
    """Required parameters and a few of the others."""
    optional = [param for param in layer.params if not param.required]
    chosen: list[Param] = draw(st.lists(st.sampled_from(optional), unique_by=lambda p: p.name, max_size=4))
    chosen += [param for param in layer.params if param.required]
    return {param.name: draw(value_of(param.kind)) for param in chosen}


@st.composite
def inputs(draw: st.DrawFn, layer: LayerType, given: Mapping[str, Any]) -> tuple[TensorSpec, ...]:
    """Input tensors for the given parameters: most of the right rank; several that often, not always, fit.

    Whole numbers come only where the layer computes in float32: elsewhere Keras's own rules differ by layer.
    """
    if not layer.inputs:
        return ()
    natural = SPATIAL_RANK.get(layer.label, 2) + 1
    rank = st.just(natural) | st.just(natural) | st.integers(0, 4)
    dtypes = FLOATS if "dtype" in given or layer.label in NO_INTEGERS else (*FLOATS, "float32", "uint8", "int32")
    first = TensorSpec(draw(shapes(rank)), draw(st.sampled_from(dtypes)))
    if not layer.inputs[0].variadic:
        return (first,)
    others = draw(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=2))
    return (first, *(TensorSpec(_changed(first.shape, changes), first.dtype) for changes in others))


def _changed(shape: tuple[int | None, ...], changes: list[int]) -> tuple[int | None, ...]:
    """Each size kept, kept again, made 1 or one more."""
    new = [lambda size: size, lambda size: size, lambda _: 1, lambda size: None if size is None else size + 1]
    return tuple(new[change](size) for size, change in zip(shape, changes, strict=False))
