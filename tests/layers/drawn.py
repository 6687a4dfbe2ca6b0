"""Hypothesis strategies for any layer type: its parameters by their kinds, and what comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from workbench.layers import FLOATS, Category, Integers, LayerType, Param, TensorSpec
from workbench.layers.params import (
    Axes,
    Boolean,
    Choice,
    Either,
    Integer,
    KerasObject,
    ListOf,
    Number,
    Numbers,
    Odd,
    Optional,
    Permutation,
    ShapeOf,
    Sizes,
    Span,
    TargetShape,
    Text,
)

EQUATIONS = (
    "ab,bc->ac", "abc,cd->abd", "abc,cde->abde", "abcd,cde->abe", "...x,xy->...y", "ab...,bc->ac...",
    "...ab,bc->...ac", "abc,bd->adc", "abcd,cd->abd", "abc,ce->abd", "ab,cd->ad", "aabc,cd->aad",
)  # fmt: skip


ONE_RANK = ("Resizing", "CenterCrop", "Adaptive", "Attention", "AdditiveAttention")
"""Symbolic calls of these pass with any number of axes; the catalogue asks for images and sequences."""


def _integer(kind: Integer) -> SearchStrategy[int]:
    low = -3 if kind.minimum is None else kind.minimum
    return st.integers(low, low + 7 if kind.maximum is None else min(low + 7, kind.maximum))


def _number(kind: Number) -> SearchStrategy[float]:
    low, high = kind.minimum or 0, kind.maximum or 8
    return st.floats(low, high, allow_subnormal=False) | st.integers(-(-int(low * 1000) // 1000), int(high))


def _sizes(kind: Sizes) -> SearchStrategy[Any]:
    one = st.integers(kind.minimum, kind.minimum + 3)
    return one | st.lists(one, min_size=kind.rank, max_size=kind.rank)


def _axes(kind: Axes) -> SearchStrategy[Any]:
    one = st.integers(-4, 4)
    return one | st.lists(one, min_size=1, max_size=2, unique=True) if kind.several else one


def _list_of(kind: ListOf) -> SearchStrategy[Any]:
    low, high = (1, 4) if kind.length is None else (kind.length, kind.length)
    return st.lists(value_of(kind.kind), min_size=low, max_size=high)


def _target(_: TargetShape) -> SearchStrategy[Any]:
    sizes = st.lists(st.integers(1, 9), max_size=3)
    open_size = st.tuples(sizes, st.integers(0, 3), st.sampled_from((-1, -1, None)))
    return open_size.map(lambda drawn: [*drawn[0][: drawn[1]], drawn[2], *drawn[0][drawn[1] :]]) | sizes


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
    Either: lambda kind: st.one_of(*map(value_of, kind.kinds)),
    ListOf: _list_of,
    Numbers: lambda kind: st.dictionaries(st.sampled_from(kind.names), value_of(kind.kind)),
    Odd: lambda _: st.integers(0, 3).map(lambda half: 2 * half + 1),
    Span: lambda _: st.sampled_from(([0, 255], [0, 1], [-1, 1], [1.0, 0.0])),
    Permutation: lambda _: st.integers(1, 4).flatmap(lambda axes: st.permutations(range(1, axes + 1))).map(list),
    TargetShape: _target,
    Text: lambda kind: st.sampled_from(EQUATIONS if "->" in kind.form else ("c", "e", "d", "bc", "x", "y", "de")),
}


def value_of(kind: Any) -> SearchStrategy[Any]:
    """Allowed values of a kind, small ones."""
    return BY_KIND[type(kind)](kind)


def natural_rank(layer: LayerType) -> int:
    """Axes of what the layer is made for, without the batch."""
    if layer.label.endswith(("1D", "1DTranspose")) or layer.category is Category.ATTENTION:
        return 2
    if layer.label.endswith(("3D", "3DTranspose")):
        return 4
    return 1 if layer.label == "RepeatVector" else 3


def shapes(rank: SearchStrategy[int], size: SearchStrategy[int | None] | None = None) -> SearchStrategy[Any]:
    one = st.integers(1, 9) | st.none() if size is None else size
    return rank.flatmap(lambda axes: st.lists(one, min_size=axes, max_size=axes)).map(tuple)


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

    Whole numbers come only where the layer computes in float32 and says what it makes of them.
    """
    if not layer.inputs:
        return ()
    if layer.category is Category.AUGMENTATION:
        return (draw(_image(layer, given)),)
    natural = natural_rank(layer)
    rank = st.just(natural) | st.just(natural) | st.integers(0, 4)
    if layer.label.startswith(ONE_RANK):
        rank = st.just(natural)
    if "equation" in given:  # others fit by chance where sizes are 1
        named = given["equation"].split(",")[0]
        rank = st.integers(0, 1).map(lambda more: len(named.strip(".")) - 1 + more * ("." in named))
    floats_only = "dtype" in given or layer.integers is Integers.REFUSED
    dtypes = FLOATS if floats_only else (*FLOATS, "float32", "uint8", "int32")
    first = TensorSpec(draw(shapes(rank)), draw(st.sampled_from(dtypes)))
    if layer.inputs[0].variadic:
        others = draw(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=2))
    else:
        change = st.sampled_from((0, 0, 0, 0, 1, 1, 2, 3))
        others = [draw(st.lists(change, min_size=4, max_size=4)) for _ in layer.inputs[1:]]
        others = others[: draw(st.integers(min(1, len(others)), len(others)))]
    return (first, *(TensorSpec(_changed(first.shape, changes), first.dtype) for changes in others))


def _image(layer: LayerType, given: Mapping[str, Any]) -> SearchStrategy[TensorSpec]:
    """Colour images, in either data format."""
    size = st.integers(8, 12)
    first = given.get("data_format") == "channels_first"
    dtypes = ("float32", "float16") if layer.integers is Integers.REFUSED else ("float32", "float16", "uint8")
    shape = st.tuples(size, size).map(lambda sizes: (3, *sizes) if first else (*sizes, 3))
    return st.builds(TensorSpec, shape, st.sampled_from(dtypes))


def _changed(shape: tuple[int | None, ...], changes: list[int]) -> tuple[int | None, ...]:
    """Each size kept, kept again, made 1 or one more."""
    new = [lambda size: size, lambda size: size, lambda _: 1, lambda size: None if size is None else size + 1]
    return tuple(new[change](size) for size, change in zip(shape, changes, strict=False))
