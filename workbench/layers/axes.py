"""Axis numbers as Keras counts them: the batch is axis 0, negative numbers count from the end."""

from __future__ import annotations

from workbench.layers.layer_type import ShapeError
from workbench.layers.spec import Shape, TensorSpec


def as_list(axes: int | list[int] | tuple[int, ...]) -> list[int]:
    """One axis or several, as a list."""
    return list(axes) if isinstance(axes, list | tuple) else [axes]


def with_batch(spec: TensorSpec) -> Shape:
    """The shape with the batch axis, whose size is never known."""
    return (None, *spec.shape)


def resolve(axis: int, spec: TensorSpec, param: str = "axis", *, batch: bool = True) -> int:
    """The axis counted from the front. Raises ShapeError where the input has no such axis (or it is the batch)."""
    rank = len(spec.shape) + 1
    if not -rank <= axis < rank or (not batch and axis % rank == 0):
        last = rank - 1
        allowed = f"0 (the batch) to {last}, or {-rank} to -1" if batch else f"1 to {last}, or {1 - rank} to -1"
        raise ShapeError(
            "axis.out-of-range",
            f"Expected {param} to name an axis of the input {spec}: {allowed}. Received: {param}={axis}",
            param=param,
        )
    return axis % rank


def resolve_all(axes: int | list[int] | tuple[int, ...], spec: TensorSpec, param: str = "axis") -> list[int]:
    """Axes counted from the front. Raises ShapeError where the input has no such axis or one is named twice."""
    numbers = [resolve(axis, spec, param) for axis in as_list(axes)]
    if len(set(numbers)) < len(numbers):
        raise ShapeError("axis.repeated", f"Expected different axes. Received: {param}={axes} on {spec}", param=param)
    return numbers


def known_size(axis: int, spec: TensorSpec, param: str = "axis") -> int:
    """Size of an axis. Raises ShapeError where there is none or it is not known."""
    size = with_batch(spec)[resolve(axis, spec, param)]
    if size is None:
        raise ShapeError(
            "input.channels-unknown",
            f"Expected axis {axis} of the input to have a known size. Received: {spec}",
            port="input",
            hint="Give that axis of the Input a size.",
        )
    return size
