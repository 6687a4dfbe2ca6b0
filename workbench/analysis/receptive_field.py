"""Which part of the network's input an output position depends on.

Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019: along each spatial
axis, output position i sees the interval that starts at i * stride + start and holds `size` input positions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from workbench.layers import Window


@dataclass(frozen=True, slots=True)
class AxisField:
    """The field along one axis, in input positions; the stride is a fraction after a transposed convolution."""

    size: int
    stride: Fraction
    start: Fraction

    def through(self, size: int, stride: int, before: int, transposed: bool) -> AxisField:
        """The field after a window on top of this one."""
        if not transposed:
            start = self.start - before * self.stride
            return AxisField(self._span(size), self.stride * stride, start)
        taps = -(-size // stride)
        # The first input that reaches output position 0 is ceil((before - size + 1) / stride).
        first = -((size - 1 - before) // stride)
        return AxisField(self._span(taps), self.stride / stride, self.start + first * self.stride)

    def _span(self, positions: int) -> int:
        """Input positions under `positions` neighbouring fields, rounded up where they start between two inputs."""
        return self.size + -(-((positions - 1) * self.stride.numerator) // self.stride.denominator)

    def union(self, other: AxisField) -> AxisField:
        """The smallest field that covers both."""
        start = min(self.start, other.start)
        end = max(self.start + self.size, other.start + other.size)
        return AxisField(-((start - end) // 1), min(self.stride, other.stride), start)


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """The field for every spatial axis; `whole` when an output position sees the whole input."""

    axes: tuple[AxisField, ...] = ()
    whole: bool = False

    def __str__(self) -> str:
        if self.whole:
            return "whole input"
        return "x".join(str(axis.size) for axis in self.axes) or "1"

    @classmethod
    def of_input(cls, spatial_axes: int) -> ReceptiveField:
        """An input position sees itself."""
        return cls((AxisField(1, Fraction(1), Fraction(0)),) * spatial_axes)

    def through(self, window: Window | str | None) -> ReceptiveField:
        """The field after a layer with this window (None: position by position; a word: the whole input)."""
        if window is None or self.whole:
            return self
        if isinstance(window, str) or len(window.size) != len(self.axes):
            return WHOLE
        axes = zip(self.axes, window.size, window.stride, window.before, strict=True)
        return ReceptiveField(
            tuple(axis.through(size, stride, before, window.transposed) for axis, size, stride, before in axes)
        )


WHOLE = ReceptiveField(whole=True)


def union(fields: Iterable[ReceptiveField]) -> ReceptiveField:
    """The field of a tensor made from several."""
    fields = list(fields)
    if any(field.whole for field in fields) or len({len(field.axes) for field in fields}) > 1:
        return WHOLE
    merged = fields[0].axes
    for field in fields[1:]:
        merged = tuple(a.union(b) for a, b in zip(merged, field.axes, strict=True))
    return ReceptiveField(merged)
