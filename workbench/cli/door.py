"""The door that everything printed leaves by: no text from a file or a name reaches a terminal as a command to it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast

from workbench.text import visible


class _Door:
    """A text stream that escapes what is not shown, but line breaks and tabs; otherwise the stream behind it."""

    def __init__(self, stream: TextIO) -> None:
        self.behind = stream

    def write(self, text: str) -> int:
        self.behind.write(visible(text, keep="\n\t"))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.behind, name)


def guarded(stream: TextIO) -> TextIO:
    """The stream behind the door."""
    return stream if isinstance(stream, _Door) else cast(TextIO, _Door(stream))


def unguarded(stream: TextIO) -> TextIO:
    """The stream itself, for tables and bars that style their own text; what they show goes through `visible`."""
    return stream.behind if isinstance(stream, _Door) else stream


@contextlib.contextmanager
def printing_guarded() -> Iterator[None]:
    """Puts the door before standard output and errors."""
    with contextlib.redirect_stdout(guarded(sys.stdout)), contextlib.redirect_stderr(guarded(sys.stderr)):
        yield
