"""Zeros around an input, and what is cut off around it, for any number of spatial axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workbench.layers import spatial
from workbench.layers.arguments import DATA_FORMAT, DTYPE
from workbench.layers.layer_type import Call, Category, Integers, LayerType, ShapeError, Window
from workbench.layers.params import MAX_SIZE, Either, Integer, Kind, ListOf, Param
from workbench.layers.spec import TensorSpec

_SIZE = Integer(0, MAX_SIZE)
_SIDES = Either((_SIZE, ListOf(_SIZE, 2)))

Margins = tuple[tuple[int, int], ...]
"""For each spatial axis: how much before and after."""


def _kind(rank: int) -> Kind:
    """One number for all sides, or for each axis a number or a pair (before, after)."""
    return _SIDES if rank == 1 else Either((_SIZE, ListOf(_SIDES, rank)))


def margins(value: Any, rank: int) -> Margins:
    """Before and after for each axis, from any of the ways to write it."""
    if isinstance(value, int):
        return ((value, value),) * rank
    each = (value,) if rank == 1 else value
    return tuple((side, side) if isinstance(side, int) else (side[0], side[1]) for side in each)


def _shorthand(sign: str, name: str, rank: int) -> Callable[[Mapping[str, Any]], str]:
    def shorthand(params: Mapping[str, Any]) -> str:
        sides = margins(params[name], rank)
        distinct = {side for pair in sides for side in pair}
        if len(distinct) == 1:
            return f"{sign}{distinct.pop()}"
        return sign + " ".join(f"{before},{after}" for before, after in sides)

    return shorthand


def zero_padding(rank: int) -> LayerType:
    """ZeroPadding1D to 3D."""

    def shape(call: Call) -> TensorSpec:
        given, channels = spatial.split(call, rank)
        sides = margins(call["padding"], rank)
        out = tuple(None if size is None else size + sum(pair) for size, pair in zip(given, sides, strict=True))
        return spatial.join(call, out, channels)

    def window(call: Call) -> Window:
        before = tuple(pair[0] for pair in margins(call["padding"], rank))
        return Window((1,) * rank, (1,) * rank, before)

    default = 1 if rank == 1 else [1, 1] if rank == 2 else [[1, 1], [1, 1], [1, 1]]
    return LayerType(
        key=f"keras.layers.ZeroPadding{rank}D",
        label=f"ZeroPadding{rank}D",
        category=Category.SHAPE,
        doc="Zeros around the input.",
        params=(Param("padding", _kind(rank), default, "Zeros before and after each axis"), DATA_FORMAT, DTYPE),
        shape=shape,
        window=window,
        shorthand=_shorthand("+", "padding", rank),
        integers=Integers.KEPT,
        stem="zero_padding",
        search_words=("pad", "border"),
    )


def cropping(rank: int) -> LayerType:
    """Cropping1D to 3D."""

    def shape(call: Call) -> TensorSpec:
        given, channels = spatial.split(call, rank)
        sides = margins(call["cropping"], rank)
        out = tuple(None if size is None else size - sum(pair) for size, pair in zip(given, sides, strict=True))
        if any(size is not None and size <= 0 for size in out):
            raise ShapeError(
                "cropping.too-large",
                f"Expected cropping smaller than the input, {TensorSpec(given)}. "
                f"Received: cropping={call['cropping']!r}",
                param="cropping",
            )
        return spatial.join(call, out, channels)

    def window(call: Call) -> Window:
        before = tuple(-pair[0] for pair in margins(call["cropping"], rank))
        return Window((1,) * rank, (1,) * rank, before)

    default = [1, 1] if rank == 1 else [[0, 0], [0, 0]] if rank == 2 else [[1, 1], [1, 1], [1, 1]]
    return LayerType(
        key=f"keras.layers.Cropping{rank}D",
        label=f"Cropping{rank}D",
        category=Category.SHAPE,
        doc="Cuts off the border of the input.",
        params=(
            Param("cropping", _kind(rank), default, "What to cut before and after each axis"),
            *((DATA_FORMAT,) if rank > 1 else ()),
            DTYPE,
        ),
        shape=shape,
        window=window,
        shorthand=_shorthand("-", "cropping", rank),
        integers=Integers.KEPT,
        stem="cropping",
        search_words=("crop", "cut", "trim", "u-net"),
    )


LAYERS = (*(zero_padding(rank) for rank in (2, 1, 3)), *(cropping(rank) for rank in (2, 1, 3)))
