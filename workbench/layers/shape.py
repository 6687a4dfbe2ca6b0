"""Layers that only rearrange values."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

from workbench.layers.arguments import DATA_FORMAT, DTYPE
from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Integers, LayerType, ShapeError
from workbench.layers.params import MAX_SIZE, Integer, Param, Permutation, TargetShape
from workbench.layers.spec import Shape, TensorSpec, product


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


def _reshaped(given: Shape, target: Shape) -> Shape | None:
    """The target with its -1 worked out; None when the numbers of values differ.

    Keras computes a size of None like one of -1, but leaves it unknown in the output's shape.
    """
    if None in given:
        return tuple(None if size == -1 else size for size in target)
    total = prod(size for size in given if size is not None)
    left, rest = divmod(total, prod(size for size in target if size is not None and size != -1))
    fits = rest == 0 if -1 in target or None in target else left == 1 and rest == 0
    return tuple(left if size == -1 else size for size in target) if fits else None


def _reshape_shape(call: Call) -> TensorSpec:
    target = tuple(call["target_shape"])
    out = _reshaped(call.input.shape, target)
    if out is None:
        raise ShapeError(
            "reshape.size",
            f"Expected a target shape with as many values as the input, {call.input.elements:,}. "
            f"Received: target_shape={list(target)} for {call.input}",
            param="target_shape",
            hint="Let one size be -1: Keras works it out.",
        )
    return TensorSpec(out, call.input.dtype)


def _reshape_window(call: Call) -> str | None:
    return None if _reshaped(call.input.shape, tuple(call["target_shape"])) == call.input.shape else WHOLE_INPUT


def _target(params: Mapping[str, Any]) -> str:
    return "x".join("?" if size is None else str(size) for size in params["target_shape"])


RESHAPE = LayerType(
    key="keras.layers.Reshape",
    label="Reshape",
    category=Category.SHAPE,
    doc="The same values, in the same order, in another shape.",
    params=(
        Param("target_shape", TargetShape(), doc="Sizes without the batch; -1: what is left", suggested=[-1]),
        DTYPE,
    ),
    shape=_reshape_shape,
    window=_reshape_window,
    shorthand=_target,
    integers=Integers.KEPT,
    stem="reshape",
    search_words=("view", "unflatten"),
)


def _permute_shape(call: Call) -> TensorSpec:
    dims, shape = call["dims"], call.input.shape
    if len(dims) != len(shape):
        raise ShapeError(
            "permute.rank",
            f"Expected an input of {len(dims)} axes, as many as dims. Received: {call.input}",
            param="dims",
        )
    return TensorSpec(tuple(shape[axis - 1] for axis in dims), call.input.dtype)


def _permute_window(call: Call) -> str | None:
    """Channels may move from the end to the front and back; other orders mix up the spatial axes."""
    dims = list(call["dims"])
    last = len(dims)
    kept = (list(range(1, last + 1)), [last, *range(1, last)], [*range(2, last + 1), 1])
    return None if dims in kept else WHOLE_INPUT


PERMUTE = LayerType(
    key="keras.layers.Permute",
    label="Permute",
    category=Category.SHAPE,
    doc="Puts the axes in another order.",
    params=(
        Param("dims", Permutation(), doc="For each output axis the input axis; the first is 1", suggested=[3, 1, 2]),
        DTYPE,
    ),
    shape=_permute_shape,
    window=_permute_window,
    shorthand=lambda params: " ".join(map(str, params["dims"])),
    integers=Integers.KEPT,
    stem="permute",
    search_words=("transpose", "swap axes", "channels first"),
)


def _repeat_shape(call: Call) -> TensorSpec:
    shape = call.input.shape
    if len(shape) != 1:
        raise ShapeError(
            "input.rank",
            f"Expected a vector. Received: {call.input}",
            port="input",
            hint="Flatten or pool the input first.",
        )
    return call.output((call["n"], shape[0]))


REPEAT_VECTOR = LayerType(
    key="keras.layers.RepeatVector",
    label="RepeatVector",
    category=Category.SHAPE,
    doc="A sequence of n copies of a vector.",
    params=(Param("n", Integer(1, MAX_SIZE), doc="Number of copies", suggested=2), DTYPE),
    shape=_repeat_shape,
    window=lambda _: WHOLE_INPUT,
    shorthand=lambda params: f"× {params['n']}",
    integers=Integers.KEPT,
    stem="repeat_vector",
    search_words=("tile", "copy"),
)

LAYERS = (FLATTEN, RESHAPE, PERMUTE, REPEAT_VECTOR)
