"""Which part of the network's input an output position depends on.

Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019: along each spatial
axis, output position i sees the interval that starts at i * stride + start and holds `size` input positions.
After a transposed convolution the size differs from one output position to the next by the period of the up-sampling;
ours then lies between the smallest and the largest.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from workbench.layers import Window

Position = int | Fraction
"""In input positions. A fraction only after a transposed convolution: plain numbers are much faster."""


class AxisField(NamedTuple):
    """The field along one axis, in input positions."""

    size: int = 1
    stride: Position = 1
    start: Position = 0

    @property
    def center(self) -> Position:
        """Middle of the field of output position 0, in input positions; 0 is the middle of the first."""
        return self.start + Fraction(self.size - 1, 2)

    def through(self, size: int, stride: Position, before: Position, transposed: bool) -> AxisField:
        """The field after a window on top of this one."""
        if not transposed:
            return AxisField(self._span(size), self.stride * stride, self.start - before * self.stride)
        taps = -(-size // stride)
        # The first input that reaches output position 0 is ceil((before - size + 1) / stride).
        first = -((size - 1 - before) // stride)
        return AxisField(self._span(taps), _plain(Fraction(self.stride, stride)), self.start + first * self.stride)

    def _span(self, positions: int) -> int:
        """Input positions under `positions` neighbouring fields, rounded up where they start between two inputs."""
        return self.size + -(-((positions - 1) * self.stride) // 1)

    def union(self, other: AxisField) -> AxisField:
        """The smallest field that covers both."""
        if self == other:
            return self
        start = min(self.start, other.start)
        end = max(self.start + self.size, other.start + other.size)
        return AxisField(-((start - end) // 1), min(self.stride, other.stride), start)


def _plain(value: Fraction) -> Position:
    return value.numerator if value.denominator == 1 else value


class ReceptiveField(NamedTuple):
    """The field for every spatial axis; `whole` when an output position sees the whole input."""

    axes: tuple[AxisField, ...] = ()
    whole: bool = False

    def __str__(self) -> str:
        if self.whole:
            return "whole input"
        return "x".join(str(axis.size) for axis in self.axes) or "1"

    def through(self, window: Window | str | None) -> ReceptiveField:
        """The field after a layer with this window (None: position by position; a word: the whole input)."""
        if window is None or self.whole:
            return self
        if isinstance(window, str) or len(window.size) != len(self.axes):
            return WHOLE
        sliding = tuple(zip(self.axes, window.size, window.stride, window.before, strict=True))
        if all(axis == sliding[0] for axis in sliding):  # square windows on square inputs: the usual case
            axis, size, stride, before = sliding[0]
            return ReceptiveField((axis.through(size, stride, before, window.transposed),) * len(sliding))
        return ReceptiveField(
            tuple(axis.through(size, stride, before, window.transposed) for axis, size, stride, before in sliding)
        )


WHOLE = ReceptiveField(whole=True)


def of_input(spatial_axes: int) -> ReceptiveField:
    """An input position sees itself."""
    return ReceptiveField((AxisField(),) * spatial_axes)


def union(fields: Sequence[ReceptiveField]) -> ReceptiveField:
    """The field of a tensor made from several."""
    first = fields[0]
    if all(field == first for field in fields):
        return first
    if any(field.whole or len(field.axes) != len(first.axes) for field in fields):
        return WHOLE
    merged = first.axes
    for field in fields[1:]:
        merged = tuple(a.union(b) for a, b in zip(merged, field.axes, strict=True))
    return ReceptiveField(merged)
