"""Whether a project's file is still as this window last read or wrote it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FileState:
    """The content of a file at one moment. `digest` is "" where there was no file that could be read."""

    path: Path
    digest: str

    @classmethod
    def of(cls, path: Path) -> FileState:
        """The file as it is now."""
        return cls(path.absolute(), _digest(path))

    def replaced(self) -> bool:
        """Whether another program has written other content since. A file that is gone loses nothing."""
        now = _digest(self.path)
        return bool(now) and now != self.digest


def _digest(path: Path) -> str:
    # Content rather than time: a checkout or a sync tool may set times back, and touching a file changes nothing.
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""
