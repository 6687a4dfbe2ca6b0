"""A run's metrics table: one row an epoch, comma separated, appended as the epochs end."""

import contextlib
import csv
import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from workbench.runs.files import write_whole


def append_row(path: Path, row: Mapping[str, float]) -> None:
    """Adds a row and, to a new file, the header; the first row decides on the columns. Raises OSError."""
    columns = _columns(path)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if columns is None:
        columns = list(row)
        writer.writerow(columns)
    writer.writerow([_text(row.get(column)) for column in columns])
    _append_whole(path, text.getvalue())


def write_rows(path: Path, rows: Iterable[Mapping[str, float]]) -> None:
    """Replaces the whole table. Raises OSError."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns: list[str] = []
    for row in rows:
        if not columns:
            columns = list(row)
            writer.writerow(columns)
        writer.writerow([_text(row.get(column)) for column in columns])
    write_whole(path, text.getvalue().encode())


def _append_whole(path: Path, text: str) -> None:
    """Where the disk takes only a part, that part is taken back: the next row would follow on its line."""
    size = path.stat().st_size if path.exists() else 0
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        with contextlib.suppress(OSError):
            os.truncate(path, size)
        raise


def read_rows(path: Path) -> list[dict[str, float]]:
    """Every whole row; a row that a crash cut short, or that is not numbers, is left out. Raises OSError."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    header, *rows = list(csv.reader(whole)) or [[]]
    parsed = (_parse(header, row) for row in rows)
    return [row for row in parsed if row is not None]


def _columns(path: Path) -> list[str] | None:
    if not path.exists() or path.stat().st_size == 0:
        return None
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file), None)


def _text(value: float | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else format(value, ".9g")


def _parse(header: list[str], row: list[str]) -> dict[str, float] | None:
    if len(row) != len(header):
        return None
    try:
        return {name: float(value) for name, value in zip(header, row, strict=True) if value}
    except ValueError:
        return None
