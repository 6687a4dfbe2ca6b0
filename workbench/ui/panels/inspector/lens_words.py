"""What the window lens shows, in words: it is read out, and colour alone says nothing."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.windows import ASSUMED_SIZE, AxisWindows, Sliding
from workbench.ui.panels.inspector.lens_frame import Spot

_LISTED = 4
_PATTERNS = {
    (True, "once"): "Every output is made of one input.",
    (True, "even"): "Every output adds up {times} products: no checkerboard.",
    (True, "uneven"): "Outputs add up {times} products in turn: a checkerboard. A kernel that is a multiple of the "
    "strides has none.",
    (True, "gaps"): "The stride is larger than the kernel: outputs between the windows are made of nothing.",
    (False, "once"): "Every input is read once.",
    (False, "even"): "Every input is read {times} times.",
    (False, "uneven"): "Inputs are read {times} times in turn; their gradients follow that pattern.",
    (False, "gaps"): "The stride skips inputs: those between the windows are never read.",
}
"""By whether the layer is transposed and how its windows overlap."""


def spot_words(axes: tuple[AxisWindows, AxisWindows], spot: Spot) -> str:
    """What an output reads, or where an input goes."""
    rows, columns = axes
    if spot.of_output:
        found, says, other, beyond = (
            (rows.read_by(spot.row), columns.read_by(spot.column)),
            "reads",
            "input",
            "of padding",
        )
    else:
        reached = rows.reached_from(spot.row), columns.reached_from(spot.column)
        found, says, other, beyond = reached, "reaches", "output", "cut off"
    here = f"{'Output' if spot.of_output else 'Input'} {spot.row}, {spot.column}"
    count = len(found[0]) * len(found[1])
    if not count:
        return f"{here} {says} no {other}"
    lost = _beyond(axes, spot) - count
    places = f"row{_places(found[0])}, column{_places(found[1])}"
    several = "" if count == 1 else "s"
    return f"{here} {says} {count} {other}{several}: {places}" + (f"; {lost} more {beyond}" if lost else "")


def _beyond(axes: tuple[AxisWindows, AxisWindows], spot: Spot) -> int:
    """Taps of the window, those on padding or cut off included; for a dense position, the windows over it."""
    rows, columns = axes
    if spot.of_output == rows.transposed:
        return len(rows.over(spot.row)) * len(columns.over(spot.column))
    return len(rows.taps(spot.row)) * len(columns.taps(spot.column))


def _places(found: Sequence[int]) -> str:
    """` 3`, `s 2 to 4`, `s 1, 3, 5`, `s 1, 3 to 9`."""
    if len(found) == 1:
        return f" {found[0]}"
    if found[-1] - found[0] == len(found) - 1:
        return f"s {found[0]} to {found[-1]}"
    if len(found) <= _LISTED:
        return "s " + ", ".join(map(str, found))
    return f"s {found[0]}, {found[1]} to {found[-1]}"


def pattern_words(sliding: Sliding) -> str:
    """How evenly the windows overlap, and what follows from it."""
    overlap = sliding.overlap
    times = f"{overlap.most}" if overlap.even else f"{overlap.least} to {overlap.most}"
    if overlap.least == 0:
        kind = "gaps"
    elif overlap.even:
        kind = "once" if overlap.most == 1 else "even"
    else:
        kind = "uneven"
    text = _PATTERNS[sliding.transposed, kind].format(times=times)
    return text + (f" A size that is not known is drawn as {ASSUMED_SIZE}." if sliding.assumed else "")
