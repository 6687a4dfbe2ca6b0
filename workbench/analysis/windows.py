"""How the windows of one layer lie over its positions: what each output reads, what each input reaches, how often.

Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016). Where windows of a transposed
convolution overlap unevenly the output has a checkerboard pattern: Odena, Dumoulin and Olah, "Deconvolution and
checkerboard artifacts" (Distill, 2016).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any, NamedTuple

from workbench.layers import BLOCK_INPUT, Call, LayerType, Shape, ShapeError, TensorSpec, Window

ASSUMED_SIZE = 32
"""Positions along an axis whose size is not known, so that its windows can be shown."""


class AxisWindows(NamedTuple):
    """The windows along one spatial axis.

    The strided side is where neighbours are `stride` positions of the other side apart: the output, or the input of a
    transposed layer. On the other, the dense side, window k has its taps at k * stride - before + t * dilation. Taps
    that are not on the dense side fall on padding, or (transposed) on what is cut off.
    """

    given: int
    """Input positions."""
    out: int
    """Output positions."""
    size: int
    """Dense positions that a window spans."""
    stride: int
    before: int
    dilation: int = 1
    transposed: bool = False

    @property
    def strided(self) -> int:
        """Positions of the strided side: one a window."""
        return self.given if self.transposed else self.out

    @property
    def dense(self) -> int:
        """Positions of the dense side."""
        return self.out if self.transposed else self.given

    def taps(self, window: int) -> range:
        """Dense positions of a window's taps, also those that do not exist."""
        start = window * self.stride - self.before
        return range(start, start + self.size, self.dilation)

    def over(self, position: int) -> tuple[int, ...]:
        """The windows with a tap on a dense position, in order."""
        last = (position + self.before) // self.stride
        first = -((self.size - 1 - position - self.before) // self.stride)
        candidates = range(max(0, first), min(self.strided - 1, last) + 1)
        return tuple(window for window in candidates if position in self.taps(window))

    def read_by(self, output: int) -> tuple[int, ...]:
        """Input positions that an output position depends on; padding left out."""
        found = self.over(output) if self.transposed else self.taps(output)
        return tuple(position for position in found if 0 <= position < self.given)

    def reached_from(self, position: int) -> tuple[int, ...]:
        """Output positions that an input position has a part in; what is cut off left out."""
        found = self.taps(position) if self.transposed else self.over(position)
        return tuple(output for output in found if 0 <= output < self.out)

    @property
    def pattern(self) -> tuple[int, ...]:
        """Windows over each of `stride` neighbouring dense positions, far from the ends: what repeats all along."""
        taps = range(0, self.size, self.dilation)
        return tuple(sum((tap - phase) % self.stride == 0 for tap in taps) for phase in range(self.stride))


class Overlap(NamedTuple):
    """How many windows lie over one dense position, far from the ends."""

    least: int
    most: int

    @property
    def even(self) -> bool:
        """True where every position lies under as many."""
        return self.least == self.most


class Sliding(NamedTuple):
    """The windows of a layer on a given input, axis by axis."""

    axes: tuple[AxisWindows, ...]
    assumed: bool = False
    """True where a size of the input is not known and `ASSUMED_SIZE` stands for it."""

    @property
    def transposed(self) -> bool:
        """True where the stride is on the output's side."""
        return self.axes[0].transposed

    @property
    def overlap(self) -> Overlap:
        """Fewest and most windows over a dense position; axes multiply."""
        patterns = [axis.pattern for axis in self.axes]
        return Overlap(prod(map(min, patterns)), prod(map(max, patterns)))

    @property
    def levels(self) -> tuple[int, ...]:
        """Every number of windows that lie over some dense position far from the ends, smallest first."""
        return tuple(sorted({prod(counts) for counts in product(*(set(axis.pattern) for axis in self.axes))}))


def sliding(kind: LayerType, params: Mapping[str, Any], given: TensorSpec) -> Sliding | None:
    """The windows of a layer with these parameters (defaults may be missing) on one input.

    None where it has none: it works position by position, sees everything, does not fit or reads between positions.
    """
    if len(kind.inputs) != 1 or kind.key == BLOCK_INPUT:
        return None
    full = kind.full_params(params)
    first = full.get("data_format") == "channels_first"
    spatial = _spatial(given.shape, first)
    known = tuple(ASSUMED_SIZE if size is None else size for size in spatial)
    shape = (*given.shape[:1], *known) if first else (*known, *given.shape[-1:])
    call = Call(full, {kind.inputs[0].name: (TensorSpec(shape, given.dtype),)})
    try:
        sizes, window = _spatial(kind.shape(call).shape, first), kind.window(call)
    except ShapeError:
        return None
    if not isinstance(window, Window) or len(window.size) != len(known):
        return None
    if not all(isinstance(place, int) for place in (*window.stride, *window.before)):
        return None
    dilation = window.dilation or (1,) * len(known)
    each = zip(known, sizes, window.size, window.stride, window.before, dilation, strict=True)
    axes = tuple(
        AxisWindows(size, out or 0, span, int(stride), int(before), step, window.transposed)
        for size, out, span, stride, before, step in each
    )
    return Sliding(axes, None in spatial) if any(map(_moves, axes)) else None


def _moves(axis: AxisWindows) -> bool:
    """False where every output position is the input position of the same number."""
    return (axis.size, axis.stride, axis.before, axis.given) != (1, 1, 0, axis.out)


def _spatial(shape: Shape, channels_first: bool) -> Shape:
    return shape[1:] if channels_first else shape[:-1]
