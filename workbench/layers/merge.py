"""Layers that bring several tensors together. Order matters for Concatenate, Subtract and Dot."""

from __future__ import annotations

from itertools import zip_longest

from workbench.layers.arguments import DTYPE
from workbench.layers.axes import resolve, with_batch
from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Integers, LayerType, Port, ShapeError
from workbench.layers.params import Axes, Boolean, Either, Integer, ListOf, Param
from workbench.layers.spec import Shape, TensorSpec, product

_INPUTS = (Port("inputs", variadic=True, minimum=2),)


def _all(call: Call) -> str:
    return " and ".join(map(str, call.all))


def _check_two(call: Call) -> None:
    if len(call.all) != 2:
        raise ShapeError(
            "merge.two-inputs", f"Expected exactly two inputs. Received: {len(call.all)} ({_all(call)})", port="inputs"
        )


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
    first, *others = call.all
    shape = first.shape
    for spec in others:
        if spec.shape == shape and None not in shape:
            continue
        merged = _stretched(shape, spec.shape)
        if merged is None:
            raise ShapeError(
                "merge.shapes-differ",
                f"Expected inputs of one shape. Received: {_all(call)}",
                port="inputs",
                hint="Project channels with a 1x1 convolution; bring sizes together with the same strides, "
                "cropping or padding.",
            )
        shape = merged
    return call.output(shape)


def _stretched(one: Shape, other: Shape) -> Shape | None:
    """`broadcast` as Keras's merging layers do it: axes that only one of them has are taken over."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    extra = len(longer) - len(shorter)
    merged = broadcast(longer[extra:], shorter)
    return None if merged is None else (*longer[:extra], *merged)


def _subtract_shape(call: Call) -> TensorSpec:
    _check_two(call)
    return _elementwise_shape(call)


def _elementwise(label: str, sign: str, doc: str, *words: str) -> LayerType:
    return LayerType(
        key=f"keras.layers.{label}",
        label=label,
        category=Category.MERGE,
        doc=doc,
        params=(DTYPE,),
        inputs=_INPUTS,
        shape=_subtract_shape if label == "Subtract" else _elementwise_shape,
        shorthand=lambda _: sign,
        integers=Integers.REFUSED if label == "Average" else Integers.NUMBERS_KEPT,
        stem=label.lower(),
        search_words=words,
    )


def _concatenated(call: Call) -> int:
    """Index in the shape without batch of the axis along which tensors are joined."""
    return resolve(call["axis"], call.all[0], batch=False) - 1


def _concatenate_shape(call: Call) -> TensorSpec:
    axis = _concatenated(call)
    shapes = [spec.shape for spec in call.all]
    if len({len(shape) for shape in shapes}) > 1:
        raise ShapeError(
            "concatenate.ranks-differ",
            f"Expected inputs with the same number of axes. Received: {_all(call)}",
            port="inputs",
        )
    for index, sizes_here in enumerate(zip(*shapes, strict=True)):
        if index != axis and len({size for size in sizes_here if size is not None}) > 1:
            raise ShapeError(
                "concatenate.sizes-differ",
                f"Expected inputs that differ only along axis {call['axis']}. Received: {_all(call)}",
                port="inputs",
                hint="Crop, pad or resize so that the other sizes agree.",
            )
    # Where the first tensor does not know a size, Keras does not look at the others.
    joined = [shape[axis] for shape in shapes]
    known = [size for size in joined if size is not None]
    total = sum(known) if len(known) == len(joined) else None
    return call.output((*shapes[0][:axis], total, *shapes[0][axis + 1 :]))


CONCATENATE = LayerType(
    key="keras.layers.Concatenate",
    label="Concatenate",
    category=Category.MERGE,
    doc="Joins tensors along one axis, in the order of their wires.",
    params=(Param("axis", Axes(several=False), -1, "The axis that grows; the batch is axis 0"), DTYPE),
    inputs=_INPUTS,
    shape=_concatenate_shape,
    shorthand=lambda params: f"axis {params['axis']}",
    integers=Integers.KEPT,
    stem="concatenate",
    search_words=("join", "stack", "skip", "densenet", "u-net"),
)


def _dot_axes(call: Call) -> tuple[int, int]:
    """The summed axis of either input, counted with the batch."""
    _check_two(call)
    axes = call["axes"] if isinstance(call["axes"], list | tuple) else _one_axis_for_both(call)
    first, second = (resolve(axis, spec, "axes", batch=False) for axis, spec in zip(axes, call.all, strict=True))
    return first, second


def _one_axis_for_both(call: Call) -> tuple[int, ...]:
    """Keras counts a negative axis that is given once modulo the number of axes: on vectors, -3 is -1."""
    axis = call["axes"]
    return tuple(axis % (len(spec.shape) + 1) if axis < 0 else axis for spec in call.all)


def _dot_shape(call: Call) -> TensorSpec:
    first, second = _dot_axes(call)
    one, other = map(with_batch, call.all)
    if one[first] != other[second]:
        raise ShapeError(
            "dot.sizes-differ",
            f"Expected inputs with the same size on axes {first} and {second}. Received: {_all(call)}",
            port="inputs",
        )
    left = (*one[1:first], *one[first + 1 :], *other[1:second], *other[second + 1 :])
    return call.output(left or (1,))


def _dot_macs(call: Call, output: TensorSpec) -> int | None:
    first, _ = _dot_axes(call)
    return product((*output.shape, with_batch(call.all[0])[first]))


DOT = LayerType(
    key="keras.layers.Dot",
    label="Dot",
    category=Category.MERGE,
    doc="Sums products of two tensors along an axis of each; normalised, it is the cosine of their angle.",
    params=(
        Param(
            "axes",
            Either((Integer(), ListOf(Integer(), 2))),
            doc="The summed axis, or one for each input; the batch is axis 0",
            suggested=-1,
        ),
        Param("normalize", Boolean(), False, "Scale to length 1 along the axis first"),
        DTYPE,
    ),
    inputs=_INPUTS,
    shape=_dot_shape,
    macs=_dot_macs,
    window=lambda _: WHOLE_INPUT,
    shorthand=lambda params: f"axes {params['axes']}",
    stem="dot",
    search_words=("matrix product", "inner product", "cosine", "similarity"),
)

LAYERS = (
    _elementwise(
        "Add", "+", "Sum, value by value: the end of a residual connection.", "sum", "residual", "skip", "shortcut"
    ),
    CONCATENATE,
    _elementwise("Multiply", "×", "Product, value by value: gates and attention masks.", "gate", "scale", "mask"),
    _elementwise("Subtract", "-", "The first less the second, value by value.", "difference", "minus"),
    _elementwise("Average", "mean", "Mean, value by value.", "mean", "ensemble"),
    _elementwise("Maximum", "max", "Largest, value by value (maxout).", "maxout", "largest"),
    _elementwise("Minimum", "min", "Smallest, value by value.", "smallest"),
    DOT,
)
