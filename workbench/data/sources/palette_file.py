"""Files beside the masks that name classes: a name a line, `R G B name`, CVAT's label map, or a table."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.data.source import VOID, DatasetError
from workbench.data.sources.palette import Palette, Seen, found_palette

_VOID = ("void", "ignore", "ignored")
_MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class _Entry:
    name: str
    colour: int | None = None
    value: int | None = None


def read_palette(path: Path, masks: Sequence[Seen]) -> Palette:
    """The classes that the file names. A class called void or ignore is none. Raises DatasetError."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise DatasetError(f"{path}: Expected a list of classes. Received: more than {_MOST_BYTES:,} bytes")
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise DatasetError(f"{path}: the file cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise DatasetError(f"{path}: Expected a text in UTF-8. Received: other bytes") from None
    entries = []
    for number, line in _READERS[path.name].lines(lines):
        try:
            entries.append(_READERS[path.name].read(line))
        except (ValueError, KeyError, IndexError):
            expected = _READERS[path.name].expected
            raise DatasetError(f"{path}: line {number}: Expected {expected}. Received: {line!r}") from None
    if not 1 <= len(entries) <= VOID:
        raise DatasetError(f"{path}: Expected 1 to {VOID} classes. Received: {len(entries)}")
    return _palette(path, entries, masks)


def _palette(path: Path, entries: list[_Entry], masks: Sequence[Seen]) -> Palette:
    source = f"as {path.name} names them"
    classes = [entry for entry in entries if entry.name.lower() not in _VOID]
    void = [entry for entry in entries if entry.name.lower() in _VOID]
    names = tuple(entry.name for entry in classes)
    if entries[0].colour is not None:
        colours, none = (tuple(entry.colour or 0 for entry in some) for some in (classes, void))
        seen = frozenset[int]().union(*(mask.codes for mask in masks))
        return Palette(names, colours, none, True, source, seen)
    seen = frozenset[int]().union(*(mask.numbers for mask in masks))
    if entries[0].value is not None:
        values, none = (tuple(entry.value or 0 for entry in some) for some in (classes, void))
        return Palette(names, values, none, False, source, seen)
    found = found_palette(masks)
    if len(found.numbers) == len(entries) and not void:
        return replace(found, class_names=names, source=source)
    places = {entry.name: place for place, entry in enumerate(entries)}
    none = tuple({*(places[entry.name] for entry in void), VOID})
    return Palette(names, tuple(places[name] for name in names), none, False, source, seen)


@dataclass(frozen=True)
class _Reader:
    """How a kind of file is read: which lines count, what one means, and what is expected there, in words."""

    lines: Callable[[list[str]], Sequence[tuple[int, object]]]
    read: Callable[[object], _Entry]
    expected: str


def _plain(lines: list[str]) -> list[tuple[int, object]]:
    return [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]


def _table(lines: list[str]) -> list[tuple[int, object]]:
    rows = csv.DictReader(lines, skipinitialspace=True)
    return [(n, {(key or "").strip().lower(): value for key, value in row.items()}) for n, row in enumerate(rows, 2)]


def _colour(parts: Sequence[str]) -> int:
    red, green, blue = (int(part) for part in parts)
    if not all(0 <= part <= 255 for part in (red, green, blue)):
        raise ValueError
    return red << 16 | green << 8 | blue


def _name(line: object) -> _Entry:
    return _Entry(str(line).strip())


def _colour_and_name(line: object) -> _Entry:
    red, green, blue, name = str(line).split(maxsplit=3)
    return _Entry(name.strip(), _colour((red, green, blue)))


def _cvat(line: object) -> _Entry:
    name, colour = str(line).split(":")[:2]
    return _Entry(name.strip(), _colour(colour.split(",")))


def _row(row: object) -> _Entry:
    assert isinstance(row, Mapping)
    name = str(row["name"]).strip()
    if "r" in row:
        return _Entry(name, _colour([row["r"], row["g"], row["b"]]))
    value = int(row["value"])
    if not 0 <= value <= VOID:
        raise ValueError
    return _Entry(name, value=value)


_READERS = {
    "classes.txt": _Reader(_plain, _name, "a name"),
    "label_colors.txt": _Reader(_plain, _colour_and_name, "R G B name"),
    "labelmap.txt": _Reader(_plain, _cvat, "name:R,G,B::"),
    "classes.csv": _Reader(_table, _row, "the columns name and r, g, b or value"),
    "class_dict.csv": _Reader(_table, _row, "the columns name and r, g, b or value"),
}
FILES = tuple(_READERS)
"""Names under which such a file is looked for in the folder of masks."""
