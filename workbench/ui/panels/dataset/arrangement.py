"""Where thumbnails stand: sections of cells under headings, worked out for one screenful at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate


@dataclass(frozen=True)
class Arrangement:
    """`sizes`: cells of each section; `columns` cells of `width` x `height` pixels stand beside each other.

    A position counts cells over all sections, from 0. Whatever the number of cells, each question costs as much as
    there are sections at most.
    """

    sizes: tuple[int, ...]
    columns: int
    width: int
    height: int
    heading: int
    """Pixels of a section's heading; 0: there are none."""

    @cached_property
    def _tops(self) -> tuple[int, ...]:
        """Of each section, and the end."""
        return tuple(accumulate((self._section_height(size) for size in self.sizes), initial=0))

    @cached_property
    def _firsts(self) -> tuple[int, ...]:
        """Position of each section's first cell, and the end."""
        return tuple(accumulate(self.sizes, initial=0))

    def _section_height(self, size: int) -> int:
        return self.heading + -(-size // self.columns) * self.height if size else 0

    @property
    def total(self) -> int:
        """Cells."""
        return self._firsts[-1]

    @property
    def extent(self) -> int:
        """Pixels from the top of the first section to the bottom of the last."""
        return self._tops[-1]

    def place(self, position: int) -> tuple[int, int]:
        """Left and top of a cell."""
        section = bisect_right(self._firsts, position) - 1
        row, column = divmod(position - self._firsts[section], self.columns)
        return column * self.width, self._tops[section] + self.heading + row * self.height

    def at(self, x: int, y: int) -> int | None:
        """The position of the cell at a point."""
        column = x // self.width
        if not 0 <= y < self.extent or not 0 <= column < self.columns:
            return None
        section = bisect_right(self._tops, y) - 1
        row = (y - self._tops[section] - self.heading) // self.height
        position = row * self.columns + column
        return self._firsts[section] + position if row >= 0 and position < self.sizes[section] else None

    def within(self, top: int, bottom: int) -> range:
        """Positions of the cells that are at least partly between two heights; whole rows."""
        first, last = self._row_start(top), self._row_start(bottom - 1) + self.columns
        return range(max(0, first), min(last, self.total))

    def headings(self, top: int, bottom: int) -> Iterator[tuple[int, int]]:
        """Section and top of each heading to be seen; that of the uppermost section stays at the edge."""
        for section, size in enumerate(self.sizes):
            if size and self._tops[section] < bottom and self._tops[section + 1] > top and self.heading:
                pushed = self._tops[section + 1] - self.heading
                yield section, min(max(self._tops[section], top), pushed)

    def step(self, position: int, rows: int) -> int:
        """The cell that is so many rows below, or above; across sections too, and never beyond the ends."""
        x, y = self.place(position)
        for _ in range(abs(rows)):
            y = self._next_row(y, 1 if rows > 0 else -1)
        return self._nearest(x, y)

    def _next_row(self, y: int, step: int) -> int:
        section = bisect_right(self._tops, y) - 1
        beyond = y + step * self.height
        if self._tops[section] + self.heading <= beyond < self._tops[section + 1]:
            return beyond
        section += step
        while 0 <= section < len(self.sizes) and not self.sizes[section]:
            section += step
        if not 0 <= section < len(self.sizes):
            return y
        first, last = self._tops[section] + self.heading, self._tops[section + 1] - self.height
        return first if step > 0 else last

    def _nearest(self, x: int, y: int) -> int:
        start = self._row_start(y)
        section = bisect_right(self._firsts, start) - 1
        return min(start + x // self.width, self._firsts[section + 1] - 1)

    def _row_start(self, y: int) -> int:
        """First position of the row at a height; of the first row of a section for its heading."""
        y = min(max(y, 0), self.extent - 1)
        section = bisect_right(self._tops, y) - 1
        row = max(0, (y - self._tops[section] - self.heading) // self.height)
        return self._firsts[section] + row * self.columns


def columns_in(width: int, cell: int) -> int:
    """How many cells stand beside each other."""
    return max(1, width // cell)


def arranged(sizes: Sequence[int], width: int, cell: tuple[int, int], heading: int) -> Arrangement:
    """Cells in as many columns as there is room for."""
    return Arrangement(tuple(sizes), columns_in(width, cell[0]), *cell, heading)
