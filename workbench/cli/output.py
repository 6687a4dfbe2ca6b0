"""What commands print on standard output: one JSON document, or a table for people."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from workbench.cli.door import unguarded
from workbench.text import visible

_ANY_WIDTH = 10_000
"""Columns where the output is no terminal: nothing is cut off in a file or a pipe."""


def print_json(document: Any) -> None:
    """Prints one document; numbers that JSON cannot hold (NaN, infinity) become null."""
    print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[str] = ()) -> None:
    """Prints rows under bold headings; the columns named in `right` are numbers and align to the right.

    On a narrow terminal long cells are folded, but never the first column: a name has to be whole to be copied.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    numbers = frozenset(right)
    for position, column in enumerate(columns):
        justify: Literal["left", "right"] = "right" if column in numbers else "left"
        longest_word = max(map(len, column.split()))
        table.add_column(column, justify=justify, overflow="fold", no_wrap=position == 0, min_width=longest_word)
    for row in rows:
        table.add_row(*map(visible, row))
    width = None if sys.stdout.isatty() else _ANY_WIDTH
    # Names are the user's: nothing in them is markup, an emoji or worth a colour.
    Console(file=unguarded(sys.stdout), width=width, markup=False, emoji=False, highlight=False).print(table)


def metric(value: float) -> str:
    """A loss or an accuracy, with the digits that mean something."""
    return f"{value:.4f}" if abs(value) < 1000 else f"{value:.4g}"


def metrics_line(metrics: dict[str, float]) -> str:
    """Every metric with its name."""
    return "  ".join(f"{name} {metric(value)}" for name, value in metrics.items())


def duration(seconds: float) -> str:
    """Seconds as people read them: 8.2 s, 1:05, 2:03:40."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
