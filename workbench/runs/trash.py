"""Deleted runs: they move to `.trash` in the store, come back from there, and are gone after thirty days.

The platform's own trash cannot be reached without a desktop, and a run may be larger than its disk has room for.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from workbench.runs import lock
from workbench.runs.errors import RunStoreError, cannot

TRASH = ".trash"
KEPT_DAYS = 30
_DAY = 24 * 3600
_MARK = "~"


@dataclass(frozen=True)
class Trashed:
    """A deleted run: where it lies now and where it was."""

    folder: Path
    original: Path

    @property
    def name(self) -> str:
        """What it was called."""
        return self.original.name

    @property
    def deleted(self) -> float:
        """When, in seconds since 1970."""
        return self.folder.stat().st_mtime


def delete(folder: Path) -> Trashed:
    """Moves a run, or what is left of one, to its store's trash.

    Raises RunStoreError for one that is training, and where the file system refuses.
    """
    if not folder.is_dir():
        raise RunStoreError(f"{folder}: there is no such run folder")
    if lock.is_held(folder):
        raise RunStoreError(f"{folder}: this run is training; stop it first")
    trash = folder.parent / TRASH
    try:
        trash.mkdir(exist_ok=True)
        target = _free(trash, folder.name)
        folder.rename(target)
        os.utime(target)  # its age in the trash counts from now
    except OSError as error:
        raise cannot("delete the run", folder, error) from error
    return Trashed(target, folder)


def restore(trashed: Trashed) -> Path:
    """Moves a run back, to its own name or to that with a number. Raises RunStoreError."""
    original = trashed.original
    target = original if not original.exists() else _free(original.parent, original.name)
    try:
        trashed.folder.rename(target)
    except OSError as error:
        raise cannot("restore the run", trashed.folder, error) from error
    return target


def trashed_runs(root: Path) -> list[Trashed]:
    """What is in a store's trash, the last deleted first. Raises RunStoreError."""
    trash = root / TRASH
    try:
        found = [path for path in trash.iterdir() if path.is_dir()] if trash.is_dir() else []
        found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError as error:
        raise cannot("read the trash", trash, error) from error
    return [Trashed(path, root / path.name.rpartition(_MARK)[0]) for path in found]


def empty_trash(root: Path, older_than_days: float = 0.0) -> int:
    """Removes for good what was deleted that long ago; returns how many runs. Raises RunStoreError."""
    limit = time.time() - older_than_days * _DAY
    old = [trashed for trashed in trashed_runs(root) if trashed.deleted <= limit]
    for trashed in old:
        try:
            shutil.rmtree(trashed.folder)
        except OSError as error:
            raise cannot("empty the trash", trashed.folder, error) from error
    return len(old)


def _free(folder: Path, name: str) -> Path:
    """A name that nothing has. In the trash it ends in a mark and a number, which `trashed_runs` takes off again."""
    names: Iterator[str] = (
        (f"{name}{_MARK}{number}" for number in count(1))
        if folder.name == TRASH
        else (f"{name}-{number}" for number in count(2))
    )
    return next(path for path in (folder / candidate for candidate in names) if not path.exists())
