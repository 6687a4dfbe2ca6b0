"""Which value or colour of a mask is which class: found in the masks themselves, or named by a file beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.data.source import VOID, DatasetError, Mask
from workbench.data.sources.mask_file import StoredMask

MOST_IN_A_FILE = 64
"""More values or colours than this in one mask are a photograph, or edges that were smoothed."""
_MOST_CLASSES = 255
_LEVELS, _GAP = 16, 16
"""So few grey values, so far apart, are levels that somebody chose, and not class numbers."""
_FEW, _NEAR, _ENDS_SHARE = 4, 16, 0.9
"""More values than this, nearly all pixels so near to black or white: the others are edges."""
_BINARY = ("background", "object")
_NAMED = {
    0x000000: "black",
    0xFFFFFF: "white",
    0xFF0000: "red",
    0x00FF00: "lime",
    0x0000FF: "blue",
    0xFFFF00: "yellow",
    0x00FFFF: "cyan",
    0xFF00FF: "magenta",
    0x800000: "maroon",
    0x008000: "green",
    0x000080: "navy",
    0x808000: "olive",
    0x800080: "purple",
    0x008080: "teal",
    0x808080: "grey",
    0xC0C0C0: "silver",
    0xFFA500: "orange",
}
"""As CSS calls them."""


@dataclass(frozen=True)
class Seen:
    """The numbers of one mask: grey values, palette indices with their colours, or colours."""

    path: Path
    numbers: frozenset[int]
    colours: dict[int, int] | None = None
    """Of a palette's indices that occur."""
    coloured: bool = False
    pixels: NDArray[np.intp] | None = field(default=None, compare=False)
    """Of grey masks: how many there are of each value."""

    @classmethod
    def of(cls, path: Path, stored: StoredMask) -> Seen:
        """What a mask holds."""
        flat = stored.numbers.ravel()
        # Counting bytes takes a twentieth of the time of sorting them.
        counts = np.bincount(flat, minlength=256) if flat.dtype == np.uint8 else None
        found = np.unique(flat) if counts is None else np.flatnonzero(counts)
        numbers = frozenset(found.tolist())
        table = stored.colours
        colours = None if table is None else {number: int(table[number]) for number in numbers}
        return cls(path, numbers, colours, stored.coloured, counts if table is None else None)

    @property
    def codes(self) -> frozenset[int]:
        """As colours."""
        if self.coloured:
            return self.numbers
        return frozenset(self.colours.values() if self.colours else (value * 0x010101 for value in self.numbers))

    @property
    def smooth(self) -> bool:
        """Whether it cannot be a mask."""
        return self.colours is None and len(self.numbers) > MOST_IN_A_FILE


@dataclass(frozen=True)
class Palette:
    """`numbers` are the stored values of the classes in their order: grey values and palette indices, or colours where
    `coloured`; `void` are those of no class. `source` says in words where that comes from.
    """

    class_names: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    void: tuple[int, ...] = ()
    coloured: bool = False
    source: str = ""
    seen: frozenset[int] = field(default_factory=frozenset)
    """Numbers that occur in the masks that were looked at."""

    def classes_of(self, stored: StoredMask, path: Path) -> Mask:
        """Class indices. Raises DatasetError for a value or colour that is no class."""
        if not self.coloured and stored.coloured:
            raise self._unknown(path, stored.codes, int(stored.codes.flat[0]), colour=True)
        values = stored.codes if self.coloured else stored.numbers
        if self.coloured:
            places = np.minimum(np.searchsorted(self._sorted, values), len(self._sorted) - 1)
            classes = np.where(self._sorted[places] == values, self._classes[places], -1)
        else:
            classes = self._table[values]
        if classes.min(initial=0) < 0:
            raise self._unknown(path, values, int(values[classes < 0][0]), self.coloured)
        return classes.astype(np.uint8)

    @cached_property
    def _sorted(self) -> NDArray[np.int32]:
        return np.sort(np.array((*self.numbers, *self.void), np.int32))

    @cached_property
    def _classes(self) -> NDArray[np.int16]:
        """In the order of the sorted numbers."""
        known = np.array((*range(len(self.numbers)), *(VOID,) * len(self.void)), np.int16)
        return known[np.argsort(np.array((*self.numbers, *self.void), np.int32), kind="stable")]

    @cached_property
    def _table(self) -> NDArray[np.int16]:
        table = np.full(256, -1, np.int16)
        table[list(self.numbers)] = np.arange(len(self.numbers))
        table[list(self.void)] = VOID
        return table

    def _unknown(self, path: Path, values: NDArray[np.generic], number: int, colour: bool) -> DatasetError:
        row, column = (int(where[0]) for where in np.nonzero(values == number))
        count = int(np.count_nonzero(values == number))
        came = f"colour {colour_name(number)}" if colour else f"value {number}"
        expected = ", ".join(self._told(value) for value in self.numbers[:8])
        more = ", ..." if len(self.numbers) > 8 else ""
        return DatasetError(
            f"{path}: Expected one of {expected}{more}, {self.source}. Received: {came} in row {row}, column {column} "
            f"({count:,} pixel{'s' if count > 1 else ''})"
        )

    def _told(self, number: int) -> str:
        return colour_name(number) if self.coloured else str(number)


def colour_name(code: int) -> str:
    """CSS's name or `#7f0000`."""
    return _NAMED.get(code, f"#{code:06x}")


def found_palette(masks: Sequence[Seen]) -> Palette:
    """The classes of masks that were looked at. Raises DatasetError where they are none."""
    sound = [seen for seen in masks if not seen.smooth]
    if not sound:
        first = masks[0]
        what = "colours" if first.coloured else "grey values"
        raise DatasetError(
            f"{first.path}: Expected a mask of at most {MOST_IN_A_FILE} {what}. Received: {len(first.numbers):,}; save "
            "masks as PNG without smoothing, or set the dataset's target to image where these are pictures"
        )
    source = f"as in the {len(masks):,} masks that were looked at" if len(masks) > 1 else "as in the first mask"
    if is_coloured(sound):
        codes = sorted(frozenset[int]().union(*(seen.codes for seen in sound)))
        if len(codes) > _MOST_CLASSES:
            raise DatasetError(
                f"{masks[0].path.parent}: Expected masks of at most {_MOST_CLASSES} colours. Received: {len(codes):,}"
            )
        return Palette(tuple(map(colour_name, codes)), tuple(codes), (), True, source, frozenset(codes))
    values = frozenset[int]().union(*(seen.numbers for seen in sound))
    _check_edges(masks)
    return _grey(values, any(seen.colours for seen in sound), source)


def _check_edges(masks: Sequence[Seen]) -> None:
    """Raises DatasetError where the values are those of black and white whose edges JPEG or scaling smoothed.

    Class numbers with 255 for void never come close to 255.
    """
    grey = [seen.pixels for seen in masks if seen.pixels is not None]
    if not grey:
        return
    counts = np.sum(grey, axis=0)
    ends = counts[: _NEAR + 1].sum() + counts[-_NEAR - 1 :].sum()
    values = np.count_nonzero(counts)
    almost_white = np.count_nonzero(counts[-_NEAR - 1 : -1])
    if values > _FEW and almost_white > 1 and ends >= _ENDS_SHARE * counts.sum():
        raise DatasetError(
            f"{masks[0].path.parent}: Expected masks with one value for each class. Received: {values} grey values, of "
            f"which {ends / counts.sum():.0%} of the pixels are nearly black or white: edges smoothed by JPEG or by "
            "scaling; save masks as PNG without smoothing (black below 128, white from there)"
        )


def is_coloured(masks: Iterable[Seen]) -> bool:
    """Whether colours tell classes apart: there are some, or one index has other colours in other files."""
    known: dict[int, int] = {}
    for seen in masks:
        if seen.coloured:
            return True
        for index, colour in (seen.colours or {}).items():
            if known.setdefault(index, colour) != colour:
                return True
    return False


def _grey(values: frozenset[int], indexed: bool, source: str) -> Palette:
    if values <= {0, VOID}:
        return Palette(_BINARY, (0, VOID), (), False, source, values)
    if values <= {0, 1}:
        return Palette(_BINARY, (0, 1), (), False, source, values)
    ordered = sorted(values)
    gaps = [later - earlier for earlier, later in pairwise(ordered)]
    if not indexed and gaps and len(values) <= _LEVELS and min(gaps) >= _GAP:
        return Palette(tuple(map(str, ordered)), tuple(ordered), (), False, source, values)
    classes = range(max(values - {VOID}) + 1)
    return Palette(tuple(map(str, classes)), tuple(classes), (VOID,), False, source, values)
