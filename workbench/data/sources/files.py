"""Image files that are named by a folder, a table or a pair of folders; only names are kept in memory."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from posixpath import splitext

import numpy as np

from workbench.data.image_file import check_image, read_image, read_stored, scaled
from workbench.data.source import DatasetError, Image, Labels, SampleProblem, SourceGone, Unmasked


@dataclass(frozen=True)
class FileSource(Unmasked):
    """Labelled image files below a folder. `files`: their relative paths with forward slashes."""

    name: str
    folder: Path
    files: tuple[str, ...]
    keys: tuple[str, ...]
    labels: Labels
    class_names: tuple[str, ...]
    parts: tuple[str, ...]
    groups: tuple[str, ...] = ()
    problems: tuple[SampleProblem, ...] = ()
    value_max: float = 255

    def __len__(self) -> int:
        return len(self.files)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of keys, labels, class names and file sizes: pixels would have to be read."""
        return self._own_digest

    @cached_property
    def _own_digest(self) -> str:
        digest = sha256(repr((self.class_names, self.value_max)).encode())
        digest.update(np.ascontiguousarray(self.labels).data)
        folder = f"{self.folder}/"
        for key, file in zip(self.keys, self.files, strict=True):
            digest.update(f"{key}\0{file_size(folder + file)}\n".encode(errors="surrogateescape"))
        return digest.hexdigest()

    def read(self, index: int) -> Image:
        """The image in the file."""
        path = self.folder / self.files[index]
        try:
            return self._read(path)
        except DatasetError:
            if not self.folder.is_dir():
                raise SourceGone(f"No image can be read any more: the folder {self.folder} is gone") from None
            return self._read(path)  # the folder may have been away for a moment

    def _read(self, path: Path) -> Image:
        return read_image(path) if self.value_max == 255 else scaled(read_stored(path), self.value_max)

    def check(self, index: int) -> None:
        """Looks at the file's header and end."""
        check_image(self.folder / self.files[index])

    def origin(self, index: int) -> Path | None:
        """The file."""
        return self.folder / self.files[index]


def keys_of(files: list[str], prefixes: list[str]) -> tuple[str, ...]:
    """A key for each file: its prefix and its path without the suffix, which stays where two would have one key."""
    plain = [prefix + splitext(file)[0] for prefix, file in zip(prefixes, files, strict=True)]
    twice = {key for key, count in Counter(plain).items() if count > 1}
    if not twice:
        return tuple(plain)
    return tuple(
        f"{prefix}{file}" if key in twice else key for key, prefix, file in zip(plain, prefixes, files, strict=True)
    )


def file_size(path: str) -> int:
    """In bytes; -1 where the file is gone."""
    try:
        return os.stat(path).st_size  # noqa: PTH116 (called for every file)
    except OSError:
        return -1
