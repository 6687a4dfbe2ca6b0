"""Images larger than a network, cut into tiles whose predictions fade into one another.

Each tile is what the network takes; what it gives may be smaller (valid convolutions), and then tiles reach beyond the
image, which is mirrored at its borders (Ronneberger, Fischer and Brox, 2015). Neighbours overlap, and where they do
their shares of a pixel change smoothly from one to the other and sum to one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

OVERLAP = 0.25
"""Share of a tile's output that neighbours have in common, at least."""
Pair = tuple[int, int]


class Tile(NamedTuple):
    """Its number down and its number across."""

    row: int
    column: int


class Band(NamedTuple):
    """Rows of the image from `top` on that no further tile changes: rows x width x classes, float32."""

    top: int
    values: NDArray[np.float32]


@dataclass(frozen=True)
class Axis:
    """Tiles along one side of an image of `size` pixels: `given` pixels enter the network, `kept` come out of it."""

    size: int
    given: int
    kept: int
    starts: tuple[int, ...]
    """Where the output of each tile begins; before the image where that is smaller than a tile."""
    weights: NDArray[np.float32]
    """Tiles x kept: the share of each tile in a pixel. Over the tiles of a pixel they sum to one."""

    def read(self, tile: int) -> slice | NDArray[np.int64]:
        """Which pixels of the image enter the network; mirrored beyond its borders."""
        first = self.starts[tile] - (self.given - self.kept) // 2
        if first >= 0 and first + self.given <= self.size:
            return slice(first, first + self.given)
        return mirrored(np.arange(first, first + self.given), self.size)

    def place(self, tile: int) -> tuple[slice, slice]:
        """Where a tile's output lies in the image, and which part of it that is."""
        start = self.starts[tile]
        first, last = max(0, start), min(self.size, start + self.kept)
        return slice(first, last), slice(first - start, last - start)


@dataclass(frozen=True)
class Tiling:
    """Tiles of an image, row by row."""

    down: Axis
    across: Axis

    @property
    def tiles(self) -> list[Tile]:
        """In the order in which `Blend` expects them."""
        return [Tile(row, column) for row in range(len(self.down.starts)) for column in range(len(self.across.starts))]

    def __len__(self) -> int:
        return len(self.down.starts) * len(self.across.starts)

    def cut(self, image: NDArray[Any], tile: Tile) -> NDArray[Any]:
        """What the network takes of an image, height x width x channels."""
        return np.asarray(image[self.down.read(tile.row)][:, self.across.read(tile.column)])


def tiling(shape: Pair, given: Pair, kept: Pair, overlap: float = OVERLAP) -> Tiling:
    """Tiles for an image of height x width. Raises ValueError where a network gives more than it takes."""
    down, across = (axis(*sizes, overlap) for sizes in zip(shape, given, kept, strict=True))
    return Tiling(down, across)


def axis(size: int, given: int, kept: int, overlap: float = OVERLAP) -> Axis:
    """Tiles along one side: as few as give every two neighbours the overlap, evenly spread."""
    if not 0 < kept <= given or not 0 <= overlap < 1:
        raise ValueError(f"Expected an output of 1 to {given} pixels and an overlap below 1. Received: {kept, overlap}")
    if size <= kept:
        starts: tuple[int, ...] = (-((kept - size) // 2),)
    else:
        step = max(1, kept - round(kept * overlap))
        count = 1 - (kept - size) // step  # rounded up
        starts = tuple(number * (size - kept) // (count - 1) for number in range(count))
    return Axis(size, given, kept, starts, _weights(starts, size, kept))


def mirrored(places: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Places beyond 0 to size - 1 reflected into it, the border pixel itself not repeated; as often as it takes."""
    if size == 1:
        return np.zeros_like(places)
    folded = places % (2 * size - 2)
    return np.minimum(folded, 2 * size - 2 - folded)


def _weights(starts: Sequence[int], size: int, kept: int) -> NDArray[np.float32]:
    """A squared sine rises over what a tile shares with the one before and falls over what it shares with the next."""
    raw = np.ones((len(starts), kept))
    for number, (start, following) in enumerate(pairwise(starts)):
        shared = start + kept - following
        rise = np.sin(np.pi / 2 * (np.arange(shared) + 0.5) / max(1, shared)) ** 2
        raw[number + 1, :shared] *= rise
        raw[number, kept - shared :] *= rise[::-1]
    total = np.zeros(max(size, kept))
    first = min(starts)
    for start, row in zip(starts, raw, strict=True):
        total[start - first : start - first + kept] += row
    for start, row in zip(starts, raw, strict=True):
        row /= total[start - first : start - first + kept]
    return raw.astype(np.float32)


class Blend:
    """Sums weighted tiles, and holds no more of the image than the rows of one row of tiles."""

    def __init__(self, tiles: Tiling, classes: int) -> None:
        self._tiles = tiles
        self._sums = np.zeros((tiles.down.kept, tiles.across.size, classes), np.float32)
        self._top = 0
        self._row = 0

    def add(self, tile: Tile, values: NDArray[np.float32]) -> Iterator[Band]:
        """Takes a tile's output, kept x kept x classes, in the order of `Tiling.tiles`; gives rows that are done."""
        down, across = self._tiles.down, self._tiles.across
        if tile.row != self._row:
            self._row = tile.row
            yield self._finish(max(0, down.starts[tile.row]))
        (rows, own_rows), (columns, own_columns) = down.place(tile.row), across.place(tile.column)
        shares = down.weights[tile.row, own_rows, np.newaxis] * across.weights[tile.column, own_columns]
        part = self._sums[rows.start - self._top : rows.stop - self._top, columns]
        part += values[own_rows, own_columns] * shares[..., np.newaxis]

    def rest(self) -> Band:
        """The last rows, once every tile was added."""
        return self._finish(self._tiles.down.size)

    def _finish(self, until: int) -> Band:
        """Rows up to one; those after it move to the top."""
        count = until - self._top
        band = Band(self._top, self._sums[:count].copy())
        left = len(self._sums) - count
        self._sums[:left] = self._sums[count:].copy()
        self._sums[left:] = 0
        self._top = until
        return band
