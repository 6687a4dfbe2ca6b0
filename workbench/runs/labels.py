"""What people write about a run: what they call it, a star, tags, a note; and which sweep it is a trial of.

These lie in files of their own: the record belongs to the process that trains, which rewrites it as it goes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from workbench.runs import files
from workbench.runs.errors import RunStoreError, cannot


class RunLabels(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`title` stands for the folder's name in lists; `sweep`, `trial` and `values` are of a sweep's trials only."""

    title: str = ""
    starred: bool = False
    tags: tuple[str, ...] = ()
    sweep: str = ""
    trial: int = 0
    values: dict[str, Any] = {}


def read_labels(folder: Path) -> RunLabels:
    """Labels of a run; none where the file is missing or damaged: a run is worth listing without them."""
    try:
        return msgspec.json.decode((folder / files.LABELS).read_bytes(), type=RunLabels)
    except (OSError, msgspec.DecodeError):
        return RunLabels()


def write_labels(folder: Path, labels: RunLabels) -> None:
    """Replaces the labels. Raises RunStoreError."""
    data = msgspec.json.format(msgspec.json.encode(labels), indent=2) + b"\n"
    _write(folder, files.LABELS, data)


def change_labels(folder: Path, **changes: Any) -> RunLabels:
    """Replaces some labels and keeps the others. Raises RunStoreError."""
    labels = msgspec.structs.replace(read_labels(folder), **changes)
    write_labels(folder, labels)
    return labels


def read_note(folder: Path) -> str:
    """The note, Markdown; "" where there is none. Raises RunStoreError where it cannot be read."""
    path = folder / files.NOTE
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise cannot("read the note", path, error) from error


def write_note(folder: Path, text: str) -> None:
    """Replaces the note; an empty one leaves no file. Raises RunStoreError."""
    if text.strip():
        _write(folder, files.NOTE, text.encode())
        return
    path = folder / files.NOTE
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise cannot("remove the note", path, error) from error


def _write(folder: Path, name: str, data: bytes) -> None:
    if not folder.is_dir():
        raise RunStoreError(f"{folder}: there is no such run folder")
    try:
        files.write_whole(folder / name, data)
    except OSError as error:
        raise cannot("write", folder / name, error) from error
