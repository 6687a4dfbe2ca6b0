"""What stands in a folder: images, folders and what is neither, found by name without opening a file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import realpath, splitext

from workbench.data.image_file import SUFFIXES
from workbench.data.progress import Steps
from workbench.data.source import DatasetError, SampleProblem

_NAMED = frozenset((*SUFFIXES, ""))
_QUIET = ("thumbs.db", "desktop.ini", "__macosx", "dataset.json", "@eadir", "$recycle.bin", "system volume information")
"""What systems and programs leave in folders; files whose names begin with a dot are passed over as well."""


@dataclass(frozen=True)
class Listing:
    """One folder's own entries, sorted by name."""

    images: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    problems: list[SampleProblem] = field(default_factory=list)


def listed(folder: Path, root: Path) -> Listing:
    """The entries of a folder below `root`.

    Links that lead out of `root` are left out, since opening a dataset reads no other file, and so are linked folders,
    which may lead in circles. Raises DatasetError where the folder cannot be read.
    """
    found = Listing()
    try:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if not entry.name.startswith(".") and entry.name.lower() not in _QUIET:
                    _sort_in(found, entry, root)
    except OSError as error:
        raise DatasetError(f"{folder}: the folder cannot be read ({error.strerror})") from None
    return found


def images_below(folder: Path, root: Path, steps: Steps, problems: list[SampleProblem]) -> Iterator[str]:
    """Relative paths of the images in a folder and in those below it; what is left out is added to `problems`."""
    waiting = [""]
    while waiting:
        inner = waiting.pop()
        try:
            found = listed(folder / inner, root)
        except DatasetError as error:
            problems.append(SampleProblem(str(folder / inner), str(error).removeprefix(f"{folder / inner}: ")))
            continue
        problems += found.problems
        problems += [
            SampleProblem(str(folder / inner / name), "is not named as an image and is left out")
            for name in found.others
        ]
        steps.more(len(found.images))
        yield from (inner + name for name in found.images)
        waiting += [f"{inner}{name}/" for name in reversed(found.folders)]


def _sort_in(found: Listing, entry: os.DirEntry[str], root: Path) -> None:
    if not _is_text(entry.name):
        shown = os.fsencode(entry.path).decode(errors="backslashreplace")
        found.problems.append(SampleProblem(shown, "its name is not UTF-8 and it is left out; rename it"))
        return
    if entry.is_symlink():
        reason = _linked(entry, root)
        if reason:
            found.problems.append(SampleProblem(entry.path, reason))
            return
    if entry.is_dir():
        found.folders.append(entry.name)
    elif not entry.is_file():
        found.problems.append(SampleProblem(entry.path, "is no file that can be read as an image"))
    elif splitext(entry.name)[1].lower() in _NAMED:
        found.images.append(entry.name)
    else:
        found.others.append(entry.name)


def _linked(entry: os.DirEntry[str], root: Path) -> str:
    """Why a link is not followed; "" for one to a file inside."""
    try:
        if entry.is_dir():
            return "a linked folder is not followed; put the images themselves there"
        if not is_inside(entry.path, root):
            return "the link leads out of the dataset's folder and is not followed; put the image itself there"
        return "" if entry.is_file() else "the link leads nowhere"
    except OSError:  # in circles
        return "the link leads nowhere"


def is_inside(path: str, folder: Path) -> bool:
    """Whether what a path leads to, through all links, is below a folder. Never raises for circles of links."""
    return Path(realpath(path)).is_relative_to(realpath(folder))


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def file_names(folder: Path) -> list[str]:
    """Names of the files in a folder. Raises DatasetError where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_file())
    except OSError as error:
        raise DatasetError(f"{folder}: the folder cannot be read ({error.strerror})") from None
