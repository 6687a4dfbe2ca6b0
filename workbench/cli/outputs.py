"""Files that commands write: one that exists is replaced only with `--force`; what the command reads, a folder or a
device never."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from workbench.cli.errors import InputError

_OUTPUTS = "outputs"


def add_output(parser: argparse.ArgumentParser, *flags: str, **options: Any) -> None:
    """An option that names a file to write, and `--force`; `refuse_existing` judges what it gets."""
    outputs: tuple[str, ...] = parser.get_default(_OUTPUTS) or ()
    added = parser.add_argument(*flags, type=Path, **options)
    parser.set_defaults(**{_OUTPUTS: (*outputs, added.dest)})
    if not outputs:
        parser.add_argument("--force", action="store_true", help=f"replace {added.metavar} if it exists")


def refuse_existing(arguments: argparse.Namespace) -> None:
    """Raises InputError where a file to write exists and is not to be replaced, is one that the command reads, or is no
    regular file: a rename over a device or a pipe would put a file in its place."""
    outputs = getattr(arguments, _OUTPUTS, ())
    inputs = [path for name, value in vars(arguments).items() if name not in outputs for path in _files(value)]
    for name in outputs:
        path: Path | None = getattr(arguments, name)
        if path is not None:
            _refuse(path.expanduser(), inputs, arguments.force)


def _refuse(path: Path, inputs: Iterable[Path], force: bool) -> None:
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: expected the name of a file to write. Received: {_kind(path)}")
    if any(_is_same(path, read) for read in inputs):
        raise InputError(f"{path}: this file is read by the command; choose another name for what it writes")
    if os.path.lexists(path) and not force:
        raise InputError(f"{path}: there is a file here already; --force replaces it")


def _kind(path: Path) -> str:
    return "a folder" if path.is_dir() else "a device, a pipe or a socket"


def _files(value: Any) -> Iterator[Path]:
    """The existing files that an argument names."""
    if isinstance(value, list | tuple):
        for item in value:
            yield from _files(item)
    elif isinstance(value, str | Path):
        with contextlib.suppress(OSError, ValueError, RuntimeError):  # no path at all, as a long text
            path = Path(value).expanduser()
            if path.is_file():
                yield path


def _is_same(written: Path, read: Path) -> bool:
    with contextlib.suppress(OSError):
        return written.samefile(read)
    return False
