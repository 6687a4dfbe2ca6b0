"""Layers that bring several tensors together. Order matters for Concatenate."""

from __future__ import annotations

from itertools import zip_longest

from workbench.layers.arguments import DTYPE
from workbench.layers.layer_type import Call, Category, Integers, LayerType, Port, ShapeError
from workbench.layers.params import Axes, Param
from workbench.layers.spec import DTYPE_BYTES, FLOATS, Shape, TensorSpec

_INPUTS = (Port("inputs", variadic=True, minimum=2),)


def _all(call: Call) -> str:
    return " and ".join(map(str, call.all))


def _dtype(call: Call) -> str:
    """Floating-point beside whole numbers wins, then the wider type."""
    dtypes = (spec.dtype for spec in call.all)
    return max(dtypes, key=lambda dtype: (dtype in FLOATS, DTYPE_BYTES.get(dtype, 0)))


def broadcast(one: Shape, other: Shape) -> Shape | None:
    """The common shape of two tensors in an elementwise operation, aligned at the last axis; None when there is none.

    A size of 1 stretches; beside an unknown size the result is unknown (Keras's rule).
    """
    out: list[int | None] = []
    for a, b in zip_longest(reversed(one), reversed(other), fillvalue=1):
        if a is None or b is None:
            out.append(None)
        elif a == 1 or b == 1 or a == b:
            out.append(max(a, b))
        else:
            return None
    return tuple(reversed(out))


def _elementwise_shape(call: Call) -> TensorSpec:
    shape = call.all[0].shape
    for spec in call.all[1:]:
        merged = broadcast(shape, spec.shape)
        if merged is None:
            raise ShapeError(
                "merge.shapes-differ",
                f"Expected inputs of one shape. Received: {_all(call)}",
                port="inputs",
                hint="Project channels with a 1x1 convolution; bring sizes together with the same strides, "
                "cropping or padding.",
            )
        shape = merged
    return TensorSpec(shape, _dtype(call))


ADD = LayerType(
    key="keras.layers.Add",
    label="Add",
    category=Category.MERGE,
    doc="Sum, value by value: the end of a residual connection.",
    params=(DTYPE,),
    inputs=_INPUTS,
    shape=_elementwise_shape,
    integers=Integers.KEPT,
    shorthand=lambda _: "+",
    stem="add",
    search_words=("sum", "residual", "skip", "shortcut"),
)


def _concatenated(call: Call) -> int:
    """Index in the shape without batch of the axis along which tensors are joined."""
    rank = len(call.all[0].shape) + 1
    axis = call["axis"]
    if not -rank <= axis < rank or axis % rank == 0:
        raise ShapeError(
            "axis.out-of-range",
            f"Expected axis to name an axis of the inputs (1 to {rank - 1}, or -1). Received: axis={axis}",
            param="axis",
        )
    return int(axis) % rank - 1


def _concatenate_shape(call: Call) -> TensorSpec:
    axis = _concatenated(call)
    shapes = [spec.shape for spec in call.all]
    if len({len(shape) for shape in shapes}) > 1:
        raise ShapeError(
            "concatenate.ranks-differ",
            f"Expected inputs with the same number of axes. Received: {_all(call)}",
            port="inputs",
        )
    out: list[int | None] = []
    for index, sizes_here in enumerate(zip(*shapes, strict=True)):
        known = {size for size in sizes_here if size is not None}
        if index == axis:
            out.append(None if None in sizes_here else sum(known_size for known_size in sizes_here if known_size))
        elif len(known) > 1:
            raise ShapeError(
                "concatenate.sizes-differ",
                f"Expected inputs that differ only along axis {call['axis']}. Received: {_all(call)}",
                port="inputs",
                hint="Crop, pad or resize so that the other sizes agree.",
            )
        else:
            out.append(sizes_here[0])  # Keras's rule: the first input tells, even where another knows more
    return TensorSpec(tuple(out), _dtype(call))


CONCATENATE = LayerType(
    key="keras.layers.Concatenate",
    label="Concatenate",
    category=Category.MERGE,
    doc="Joins tensors along one axis, in the order of their wires.",
    params=(Param("axis", Axes(several=False), -1, "The axis that grows; the batch is axis 0"), DTYPE),
    inputs=_INPUTS,
    shape=_concatenate_shape,
    integers=Integers.KEPT,
    shorthand=lambda params: f"axis {params['axis']}",
    stem="concatenate",
    search_words=("join", "stack", "skip"),
)

LAYERS = (ADD, CONCATENATE)
