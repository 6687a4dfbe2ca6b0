"""Where the window lens draws each pixel, and which pixel is at a point."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from workbench.analysis.windows import AxisWindows
from workbench.ui.panels.inspector.lens_frame import AxisFrame, Spot

GAP = 28
_WIDEST = 240
_LARGEST_CELL = 30
_WHOLE = 4
"""Cells from this size on are whole pixels, so that lines are sharp."""


@dataclass(frozen=True)
class Side:
    """The input or the output: positions in sight, those that exist, and the size of a cell."""

    left: float
    top: float
    cell: float
    rows: range
    columns: range
    height: int
    width: int

    def rect(self, row: int, column: int, rows: int = 1, columns: int = 1) -> QRectF:
        """Where a position is, or a number of neighbours."""
        x = self.left + (column - self.columns.start) * self.cell
        y = self.top + (row - self.rows.start) * self.cell
        return QRectF(x, y, columns * self.cell, rows * self.cell)

    @property
    def area(self) -> QRectF:
        """All that is in sight, padding included."""
        return self.rect(self.rows.start, self.columns.start, len(self.rows), len(self.columns))

    @property
    def existing(self) -> tuple[range, range]:
        """Rows and columns in sight that are not padding."""
        rows = range(max(0, self.rows.start), min(self.height, self.rows.stop))
        return rows, range(max(0, self.columns.start), min(self.width, self.columns.stop))

    def at(self, point: QPointF) -> tuple[int, int] | None:
        """The position at a point; None where there is none."""
        row = int((point.y() - self.top) // self.cell) + self.rows.start
        column = int((point.x() - self.left) // self.cell) + self.columns.start
        rows, columns = self.existing
        return (row, column) if row in rows and column in columns else None


@dataclass(frozen=True)
class Places:
    """Both sides: the input to the left, the output to the right."""

    input: Side
    output: Side
    heading: float
    """Height of the line above the sides."""

    @classmethod
    def fitted(
        cls, width: float, heading: float, axes: tuple[AxisWindows, AxisWindows], rows: AxisFrame, columns: AxisFrame
    ) -> Places:
        """As large as fits; a cell of the strided side is as wide as its stride on the other one."""
        box = min((width - GAP) / 2, _WIDEST)
        dense = _cell(box, max(len(rows.dense), len(columns.dense)))
        widest = max(len(rows.windows), len(columns.windows))
        strided = min(dense * min(axis.stride for axis in axes), _LARGEST_CELL, _cell(box, widest))
        transposed = axes[0].transposed
        seen = ((rows.dense, columns.dense, dense), (rows.windows, columns.windows, strided))
        given, out = reversed(seen) if transposed else seen
        lefts = (max(0.0, width / 2 - GAP / 2 - box), width / 2 + GAP / 2)
        tall = max(len(side[0]) * side[2] for side in seen)

        def side(left: float, of: tuple[range, range, float], height: int, length: int) -> Side:
            margin = (box - len(of[1]) * of[2]) / 2
            top = heading + (tall - len(of[0]) * of[2]) / 2
            return Side(round(left + margin) + 0.5, round(top) + 0.5, of[2], of[0], of[1], height, length)

        return cls(
            side(lefts[0], given, axes[0].given, axes[1].given),
            side(lefts[1], out, axes[0].out, axes[1].out),
            heading,
        )

    @property
    def height(self) -> float:
        """Of the whole drawing."""
        return max(self.input.area.bottom(), self.output.area.bottom()) + 2

    def spot_at(self, point: QPointF) -> Spot | None:
        """The pixel at a point."""
        for side in (self.input, self.output):
            found = side.at(point)
            if found is not None:
                return Spot(side is self.output, *found)
        return None


def _cell(box: float, count: int) -> float:
    size = min(box / max(1, count), _LARGEST_CELL)
    return float(int(size)) if size >= _WHOLE else size
