"""CSV tables: image files with labels, or FER-2013's pixels in the rows themselves."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath
from threading import Event
from typing import TextIO

import numpy as np

from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, SampleProblem, Source
from workbench.data.sources.columns import PARTS, Columns, classes_of, columns_of
from workbench.data.sources.files import FileSource, keys_of
from workbench.data.sources.listing import is_inside
from workbench.data.sources.pixel_rows import read_pixel_rows

_DELIMITERS = ",;\t"
_LONGEST_FIELD = 1 << 24


def read_table(path: Path, group: str = "", progress: Progress | None = None, cancel: Event | None = None) -> Source:
    """The samples of a table. Raises DatasetError, and Cancelled."""
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            heading, delimiter = _heading(path, stream)
            columns = columns_of(path, heading, group)
            if columns.image is not None:
                return _read_files(path, csv.reader(stream, delimiter=delimiter), columns, progress, cancel)
        return read_pixel_rows(path, delimiter, columns, progress, cancel)
    except UnicodeDecodeError:
        raise DatasetError(f"{path}: Expected a table in UTF-8. Received: other bytes") from None
    except csv.Error as error:
        raise DatasetError(f"{path}: the table cannot be read ({error})") from None
    except OSError as error:
        raise DatasetError(f"{path}: the file cannot be read ({error.strerror})") from None


def _heading(path: Path, stream: TextIO) -> tuple[list[str], str]:
    line = stream.readline(_LONGEST_FIELD)
    if not line.strip():
        raise DatasetError(f"{path}: Expected a heading with image and label. Received: an empty first row")
    delimiter = max(_DELIMITERS, key=line.count)
    return [name.strip() for name in next(csv.reader([line], delimiter=delimiter))], delimiter


def _read_files(
    path: Path, rows: Iterator[list[str]], columns: Columns, progress: Progress | None, cancel: Event | None
) -> FileSource:
    """A source of the rows whose file is there, in the table's order."""
    files, texts, parts, groups, problems = [], [], [], [], list[SampleProblem]()
    folder, present = path.parent, _Present(path.parent)
    steps = Steps(f"Reading {path.name}", None, progress, cancel)
    seen: set[str] = set()
    for number, row in enumerate(rows, 2):
        if not any(row):
            continue
        steps.more()
        if any("\n" in cell for cell in row[: columns.needed]):
            line = getattr(rows, "line_num", number) + 1 - sum(cell.count("\n") for cell in row)
            raise DatasetError(f"{path}: line {line}: a quotation mark is not closed in the line in which it opens")
        cells = _cells(row, columns)
        problem = cells if isinstance(cells, str) else present.problem(cells[0]) or _repeated(cells[0], seen)
        if isinstance(cells, str) or problem:
            problems.append(SampleProblem(str(path), problem, number))
            continue
        file, text, part, group = cells
        files.append(file)
        texts.append(text)
        parts.append(part)
        groups.append(group)
    if not files:
        first = f", first {problems[0]}" if problems else ""
        raise DatasetError(f"{path}: Expected rows with images. Received: {len(problems):,} that cannot be used{first}")
    classes = classes_of(texts, columns)
    return FileSource(
        path.stem,
        folder,
        tuple(files),
        keys_of(files, [_prefix(part, classes[text][1]) for part, text in zip(parts, texts, strict=True)]),
        np.array([classes[text][0] for text in texts], np.int64),
        tuple(name for _, name in classes.values()),
        tuple(parts),
        tuple(groups) if columns.group is not None else (),
        tuple(problems),
    )


def _cells(row: list[str], columns: Columns) -> tuple[str, str, str, str] | str:
    """File, label, part and group of a row, or what is wrong with it."""
    if len(row) < columns.needed:
        return f"Expected {columns.needed} or more fields. Received: {len(row)}"
    file, text = row[columns.image or 0].strip(), row[columns.label].strip()
    if not file:
        return "the image is missing"
    if not text:
        return "the label is missing"
    part = "" if columns.split is None else row[columns.split].strip()
    if part.lower() not in PARTS:
        return f"Expected train, validation or test. Received: {part!r}"
    file = normpath(file.replace("\\", "/"))
    return file, text, PARTS[part.lower()], "" if columns.group is None else row[columns.group].strip()


def _prefix(part: str, class_name: str) -> str:
    return f"{part}/{class_name}/" if part else f"{class_name}/"


def _repeated(file: str, seen: set[str]) -> str:
    if file in seen:
        return f"{file} stands in a row above as well; the first one counts"
    seen.add(file)
    return ""


class _Present:
    """Which files are there, found by listing each folder once; only those below the table's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names: dict[Path, set[str] | None] = {}

    def problem(self, file: str) -> str:
        """Why a file cannot be used; "" where it can."""
        if "\0" in file:
            return f"{file!r} is no name of a file"
        path = self._folder / file.replace("\\", "/")
        names = self._listed(path.parent)
        if names is None:
            return f"{file} is outside the table's folder and is not read; put the table above its images"
        if path.name not in names:
            return f"{file} is not there"
        if path.is_symlink() and not is_inside(str(path), self._folder):
            return f"{file} is a link that leads out of the table's folder and is not read"
        return ""

    def _listed(self, parent: Path) -> set[str] | None:
        """Names of the files; None for a folder that is not to be read."""
        if parent not in self._names:
            if not is_inside(str(parent), self._folder):
                self._names[parent] = None
            else:
                try:
                    self._names[parent] = {child.name for child in parent.iterdir() if not child.is_dir()}
                except OSError:
                    self._names[parent] = set()
        return self._names[parent]
