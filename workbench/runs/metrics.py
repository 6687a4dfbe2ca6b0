"""A run's metrics table: one row an epoch, comma separated, appended as the epochs end."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path


def append_row(path: Path, row: Mapping[str, float]) -> None:
    """Adds a row and, to a new file, the header; the first row decides on the columns. Raises OSError."""
    columns = _columns(path)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if columns is None:
        columns = list(row)
        writer.writerow(columns)
    writer.writerow([_text(row.get(column)) for column in columns])
    with path.open("a", encoding="utf-8") as file:
        file.write(text.getvalue())


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
