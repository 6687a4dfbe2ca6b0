"""EinsumDense: a dense layer over the axes that an equation names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from workbench.layers.arguments import ACTIVATION, DTYPE, weight_arguments
from workbench.layers.axes import with_batch
from workbench.layers.layer_type import WHOLE_INPUT, Call, Category, Integers, LayerType, ShapeError
from workbench.layers.params import MAX_SIZE, Either, Integer, ListOf, Optional, Param, Text
from workbench.layers.spec import Shape, TensorSpec, WeightSpec, product

_FORMS = r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)|\.\.\.[a-zA-Z]+,[a-zA-Z]+->\.\.\.[a-zA-Z]+"
_PATTERN = rf"{_FORMS}|[a-zA-Z]{{2,}}\.\.\.,[a-zA-Z]+->[a-zA-Z]+\.\.\."


class Equation(NamedTuple):
    """The letters of the input, the kernel and the output; whether axes are left unnamed, and on which side."""

    given: str
    kernel: str
    out: str
    left: bool
    open: bool


class Reading(NamedTuple):
    """An equation applied to an input. Shapes include the batch."""

    kernel: tuple[int | None, ...]
    bias: tuple[int | None, ...] | None
    out: Shape
    multiplied: tuple[int | None, ...]
    """Sizes of all axes that take part, but for the batch."""


@lru_cache(maxsize=256)
def parse(equation: str) -> Equation:
    """The parts of an equation that its kind has accepted."""
    given, kernel, out = re.split(r",|->", equation)
    return Equation(given.strip("."), kernel, out.strip("."), given.startswith("."), "." in equation)


def read(equation: Equation, bias_axes: str | None, given: Shape, target: Shape) -> Reading:
    """Shapes of kernel, bias and output. Raises ShapeError where the equation does not fit.

    `given` includes the batch, `target` does not.
    """
    elided = len(given) - len(equation.given)
    if elided < 0 or (elided and not equation.open):
        raise _misfit(f"an input of {len(equation.given)} axes with the batch", given)
    named = (given[elided:] if equation.left else given[: len(equation.given)]) if elided else given
    unnamed = (given[:elided] if equation.left else given[len(equation.given) :]) if elided else ()
    out = _output(equation, given, target, unnamed)
    skipped = elided if equation.left else 0
    if len(out) != elided + len(equation.out):
        raise _misfit(f"an output_shape with a size for each axis of {equation.out!r}", target, "output_shape")
    sizes_in = dict(zip(equation.given, named, strict=True))
    sizes_out = dict(zip(equation.out, out[skipped:], strict=False))
    _check_shared(sizes_in, sizes_out)
    kernel = tuple(sizes_out[letter] if letter in sizes_out else sizes_in[letter] for letter in equation.kernel)
    sizes = {**sizes_out, **{letter: size for letter, size in sizes_in.items() if size is not None}}
    if not (equation.left and unnamed):
        del sizes[equation.given[0]]  # the batch
    multiplied = (*sizes.values(), *(unnamed[1:] if equation.left else unnamed))
    bias = None if bias_axes is None else _bias(equation, bias_axes, sizes_out, elided)
    return Reading(kernel, bias, out, multiplied)


def _output(equation: Equation, given: Shape, target: Shape, unnamed: Shape) -> Shape:
    if not (equation.left and unnamed):
        return (given[0], *target, *unnamed)
    if unnamed[1:] != unnamed[:0:-1]:
        raise ShapeError(
            "einsum.unnamed-axes",
            f"Expected at most one axis before the named ones: Keras (3.15) takes several in reverse. "
            f"Received: {TensorSpec(unnamed[1:])}",
            param="equation",
            hint="Name every axis in the equation.",
        )
    return (*unnamed, *target)


def _check_shared(given: Mapping[str, int | None], out: Mapping[str, int | None]) -> None:
    for letter, size in given.items():
        if out.get(letter) is not None and out[letter] != size:
            raise ShapeError(
                "einsum.sizes-differ",
                f"Expected output_shape to keep axis {letter!r} of the input ({size}), or null there. "
                f"Received: {out[letter]}",
                param="output_shape",
            )


def _bias(equation: Equation, axes: str, sizes: Mapping[str, int | None], elided: int) -> tuple[int | None, ...]:
    first = min(equation.out.index(letter) for letter in axes)
    shape = tuple(sizes[letter] if letter in axes else 1 for letter in equation.out[first:])
    return shape if equation.left else (*shape, *(1,) * max(elided, 0))


def _misfit(expected: str, received: Shape, param: str | None = None) -> ShapeError:
    return ShapeError(
        "einsum.axes",
        f"Expected {expected}. Received: {TensorSpec(received)}",
        param=param,
        port=None if param else "input",
    )


def _check_letters(equation: Equation, bias_axes: str | None) -> None:
    lost = set(equation.out) - set(equation.given) - set(equation.kernel)
    odd = set(equation.kernel) - set(equation.given) - set(equation.out)
    if lost or odd:
        raise ShapeError(
            "einsum.letters",
            f"Expected every letter of output and kernel to be in another part too. "
            f"Received: {', '.join(sorted(lost | odd))} alone",
            param="equation",
        )
    if bias_axes is not None and not set(bias_axes) <= set(equation.out):
        raise ShapeError(
            "einsum.bias-axes",
            f"Expected bias_axes among the letters of the output ({equation.out}). Received: {bias_axes}",
            param="bias_axes",
        )


def _reading(call: Call) -> Reading:
    equation = parse(call["equation"])
    _check_letters(equation, call["bias_axes"])
    target = call["output_shape"]
    shape = tuple(target) if isinstance(target, list | tuple) else (target,)
    reading = read(equation, call["bias_axes"], with_batch(call.input), shape)
    if None in reading.kernel or (reading.bias is not None and None in reading.bias):
        raise ShapeError(
            "input.features-unknown",
            f"Expected known sizes on the axes that kernel and bias have. Received: {call.input}",
            port="input",
        )
    return reading


def _known(shape: Shape) -> tuple[int, ...]:
    return tuple(size for size in shape if size is not None)


def _weights(call: Call) -> tuple[WeightSpec, ...]:
    reading = _reading(call)
    kernel = call.weight("kernel", _known(reading.kernel))
    return (kernel,) if reading.bias is None else (kernel, call.weight("bias", _known(reading.bias)))


def _macs(call: Call, _: TensorSpec) -> int | None:
    return product(_reading(call).multiplied)


def _window(call: Call) -> str | None:
    """Over the last axis it works position by position; over others it mixes positions."""
    equation = parse(call["equation"])
    kept = equation.given[:-1] == equation.out[: len(equation.given) - 1] and equation.given[-1] in equation.kernel
    return None if kept and len(call.input.shape) > 1 else WHOLE_INPUT


EINSUM_DENSE = LayerType(
    key="keras.layers.EinsumDense",
    label="EinsumDense",
    category=Category.CORE,
    doc="A dense layer over the axes that an equation names.",
    params=(
        Param(
            "equation",
            Text("an equation like ab,bc->ac, ...x,xy->...y or ab...,bc->ac...", _PATTERN),
            doc="Axes of input, kernel and output, the batch first",
            suggested="...x,xy->...y",
        ),
        Param(
            "output_shape",
            Either((Integer(1, MAX_SIZE), ListOf(Optional(Integer(1, MAX_SIZE), "as the input")))),
            doc="Sizes without the batch",
            suggested=64,
        ),
        ACTIVATION,
        Param("bias_axes", Optional(Text("letters of the output", "[a-zA-Z]+"), "no bias"), None, "Axes with a bias"),
        *weight_arguments("kernel", axes=3, activity=False),
        DTYPE,
    ),
    shape=lambda call: call.output(_reading(call).out[1:]),
    weights=_weights,
    macs=_macs,
    window=_window,
    shorthand=lambda params: str(params["equation"]),
    integers=Integers.MADE_FLOAT,
    stem="einsum_dense",
    search_words=("fully connected", "matrix product", "linear"),
)
