"""FER-2013's form: a table with the pixels of a square grey image in each row. Only where the rows begin is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from math import isqrt
from pathlib import Path
from threading import Event
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, Image, Labels, SampleProblem, Unmasked
from workbench.data.sources.columns import PARTS, Columns, classes_of


@dataclass(frozen=True)
class PixelRows(Unmasked):
    """Images in the rows of a file; `offsets` are their first bytes, `rows` their numbers."""

    name: str
    file: Path
    delimiter: str
    column: int
    size: int
    bytes: int
    offsets: NDArray[np.int64]
    rows: NDArray[np.int64]
    labels: Labels
    class_names: tuple[str, ...]
    parts: tuple[str, ...]
    groups: tuple[str, ...] = ()
    problems: tuple[SampleProblem, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Named as an export would name the files."""
        return tuple(
            "/".join(filter(None, (part, self.class_names[label], f"{index:06d}")))
            for index, (part, label) in enumerate(zip(self.parts, self.labels.tolist(), strict=True))
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of keys, places of the rows, and the file's size."""
        digest = sha256(repr((self.class_names, self.size, self.bytes)).encode())
        digest.update(np.ascontiguousarray(self.labels).data)
        digest.update(np.ascontiguousarray(self.offsets).data)
        digest.update("\n".join(self.parts).encode())
        return digest.hexdigest()

    def read(self, index: int) -> Image:
        """A square grey image. Raises DatasetError."""
        try:
            with self.file.open("rb") as stream:
                stream.seek(int(self.offsets[index]))
                line = stream.readline()
        except OSError as error:
            raise DatasetError(f"{self.file}: the file cannot be read ({error.strerror})") from None
        fields = _fields(line, self.delimiter.encode())
        values = fields[self.column].split() if len(fields) > self.column else []
        try:
            pixels = np.array(values, np.int64)
        except (ValueError, OverflowError):
            raise self._wrong(index, "something else than whole numbers") from None
        if len(pixels) != self.size**2:
            raise self._wrong(index, f"{len(pixels):,}")
        if pixels.min() < 0 or pixels.max() > 255:
            raise self._wrong(index, f"{pixels.min()} to {pixels.max()}")
        return pixels.astype(np.uint8).reshape(self.size, self.size, 1)

    def origin(self, index: int) -> Path | None:
        """The table."""
        return self.file

    def _wrong(self, index: int, came: str) -> DatasetError:
        expected = f"Expected {self.size**2:,} pixels from 0 to 255. Received: {came}"
        return DatasetError(f"{self.file}: row {self.rows[index]}: {expected}")


class _Row(NamedTuple):
    number: int
    offset: int
    text: str
    part: str
    group: str
    pixels: int


def read_pixel_rows(
    path: Path, delimiter: str, columns: Columns, progress: Progress | None, cancel: Event | None
) -> PixelRows:
    """Looks through the table once for labels, parts and the numbers of pixels. Raises DatasetError, and Cancelled."""
    problems: list[SampleProblem] = []
    steps = Steps(f"Reading {path.name}", path.stat().st_size, progress, cancel)
    with path.open("rb") as stream:
        rows = list(_rows(path, stream, delimiter.encode(), columns, problems, steps))
    size = _size(rows)
    for row in rows:
        if row.pixels != size**2:
            expected = f"Expected {size**2:,} pixels, as most rows have" if size else "Expected a square of pixels"
            problems.append(SampleProblem(str(path), f"{expected}. Received: {row.pixels:,}", row.number))
    rows = [row for row in rows if row.pixels == size**2]
    if not rows:
        first = f", first {problems[0]}" if problems else ""
        raise DatasetError(f"{path}: Expected rows with pixels. Received: {len(problems):,} that cannot be used{first}")
    classes = classes_of((row.text for row in rows), columns)
    return PixelRows(
        path.stem,
        path,
        delimiter,
        columns.pixels or 0,
        size,
        path.stat().st_size,
        np.array([row.offset for row in rows], np.int64),
        np.array([row.number for row in rows], np.int64),
        np.array([classes[row.text][0] for row in rows], np.int64),
        tuple(name for _, name in classes.values()),
        tuple(row.part for row in rows),
        () if columns.group is None else tuple(row.group for row in rows),
        tuple(sorted(problems, key=lambda problem: problem.row or 0)),
    )


def _rows(
    path: Path, stream: BinaryIO, delimiter: bytes, columns: Columns, problems: list[SampleProblem], steps: Steps
) -> Iterator[_Row]:
    offset = len(stream.readline())
    for number, line in enumerate(stream, 2):
        if line.strip():
            row = _row(_fields(line, delimiter), columns, number, offset)
            if isinstance(row, str):
                problems.append(SampleProblem(str(path), row, number))
            else:
                yield row
        offset += len(line)
        steps.to(offset)


def _row(fields: list[bytes], columns: Columns, number: int, offset: int) -> _Row | str:
    """A row, or what is wrong with it."""
    if len(fields) < columns.needed:
        return f"Expected {columns.needed} or more fields. Received: {len(fields)}"
    text = fields[columns.label].decode(errors="replace")
    part = "" if columns.split is None else fields[columns.split].decode(errors="replace")
    group = "" if columns.group is None else fields[columns.group].decode(errors="replace")
    if not text:
        return "the label is missing"
    if part.lower() not in PARTS:
        return f"Expected Training, PublicTest or PrivateTest. Received: {part!r}"
    return _Row(number, offset, text, PARTS[part.lower()], group, len(fields[columns.pixels or 0].split()))


def _size(rows: list[_Row]) -> int:
    """Height and width of the images of most rows; 0 where no row holds a square."""
    squares = Counter(row.pixels for row in rows if row.pixels and isqrt(row.pixels) ** 2 == row.pixels)
    return isqrt(squares.most_common(1)[0][0]) if squares else 0


def _fields(line: bytes, delimiter: bytes) -> list[bytes]:
    """Pixels hold no delimiters, so that no field that is needed has one inside quotation marks."""
    return [field.strip().strip(b'"').strip() for field in line.split(delimiter)]
