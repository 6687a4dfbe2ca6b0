"""Which positions of a layer's input and output are in sight, and where: so many that a pixel can be pointed at."""

from __future__ import annotations

from typing import NamedTuple

from workbench.analysis.windows import AxisWindows, Sliding

_ROOM = 13
"""Dense positions that are shown where the windows let them be so few."""
_FEWEST = 3
"""Windows that are shown however large they are: fewer say nothing of their overlap."""
LARGEST = 64
"""A window over more positions would be dust."""


class Spot(NamedTuple):
    """A position of the input or of the output."""

    of_output: bool
    row: int
    column: int


class AxisFrame(NamedTuple):
    """What is in sight along one axis: windows, and dense positions with the padding under them."""

    windows: range
    dense: range


def shown_windows(axis: AxisWindows) -> int:
    """How many neighbouring windows are in sight."""
    return min(axis.strided, max(_FEWEST, (_ROOM - axis.size) // axis.stride + 1))


def axis_frame(axis: AxisWindows, first: int) -> AxisFrame:
    """The windows from `first` on, and what lies under them; at the ends also positions that no window reaches."""
    count = shown_windows(axis)
    first = min(max(first, 0), axis.strided - count)
    last = first + count - 1
    start, end = axis.taps(first).start, axis.taps(last).start + max(axis.size, axis.stride)
    if last == axis.strided - 1:
        end = max(axis.taps(last).start + axis.size, axis.dense)
    return AxisFrame(range(first, last + 1), range(min(start, 0) if first == 0 else start, end))


def drawn_axes(sliding: Sliding) -> tuple[AxisWindows, AxisWindows]:
    """Rows and columns: of three axes the last two; of one, a single row."""
    if len(sliding.axes) == 1:
        return AxisWindows(1, 1, 1, 1, 0, transposed=sliding.transposed), sliding.axes[0]
    return sliding.axes[-2], sliding.axes[-1]


def can_be_drawn(sliding: Sliding) -> bool:
    """False for windows of too many positions."""
    return all(max(axis.size, axis.stride) <= LARGEST and axis.strided > 0 for axis in sliding.axes)


def first_for(axis: AxisWindows, first: int, position: int, *, strided: bool) -> int:
    """The first window in sight once a position is: the frame moves as little as it must."""
    count = shown_windows(axis)
    reached = [position] if strided else list(axis.over(position)) or [min(position // axis.stride, axis.strided - 1)]
    first = max(first, reached[-1] - count + 1)
    return max(0, min(first, reached[0], axis.strided - count))
