"""Autosave: every open document has a folder with its last states, and a lock that a crash sets free."""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from workbench.project.atomic import write_atomic
from workbench.project.document import Project
from workbench.project.file import Loaded, ProjectFileError, dumps, load_project

KEPT = 3
"""States that are kept; the newest is number 0."""


@dataclass(frozen=True)
class Recovery:
    """What a document that was not closed properly left behind."""

    folder: Path
    original: Path | None
    """The file that it was opened from or saved to, if any."""
    saved: datetime
    digest: str = ""
    """Of the original's content as that window last read or wrote it; "" where that is not known."""

    def load(self) -> Loaded:
        """The newest state that can be read. Raises ProjectFileError when there is none."""
        error: ProjectFileError | None = None
        for number in range(KEPT):
            try:
                return load_project(_state(self.folder, number))
            except ProjectFileError as failed:
                error = error or failed
        raise error or ProjectFileError(self.folder, "Expected an autosaved project. Received: none")

    def discard(self) -> None:
        """Delete it."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Autosave:
    """The autosaved states of one open document, in a folder of its own under `root`."""

    def __init__(self, root: Path) -> None:
        self.folder = root / uuid.uuid4().hex
        self.folder.mkdir(parents=True)
        self._lock = FileLock(self.folder / "lock")
        self._lock.acquire(timeout=0)

    def save(self, project: Project, original: Path | None, digest: str = "") -> None:
        """Keep the project as it is now; older states roll on. `digest` is that of the original as it was last read or
        written. Raises OSError.
        """
        content = dumps(project)
        if project.weights is not None:
            # Imported here: it brings numpy and h5py, which most projects do without.
            from workbench.project.weights import keep_shared

            keep_shared(project.weights)
        for number in range(KEPT - 1, 0, -1):
            older = _state(self.folder, number - 1)
            if older.exists():
                older.replace(_state(self.folder, number))
        write_atomic(_state(self.folder, 0), content)
        name = None if original is None else str(original)
        about = {"original": name, "digest": digest, "saved": datetime.now(UTC).isoformat()}
        write_atomic(self.folder / "about.json", json.dumps(about).encode())

    def clear(self) -> None:
        """Forget the states: the document is on disk."""
        for number in range(KEPT):
            _state(self.folder, number).unlink(missing_ok=True)
        (self.folder / "about.json").unlink(missing_ok=True)

    def close(self) -> None:
        """The document was closed properly: leave nothing behind."""
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)


def _state(folder: Path, number: int) -> Path:
    return folder / f"{number}.workbench"


def find_recoveries(root: Path) -> list[Recovery]:
    """Documents that a crash left behind, newest first; those of windows that are still open are not among them."""
    found = [recovery for folder in root.glob("*/") if (recovery := _recovery(folder))]
    return sorted(found, key=lambda recovery: recovery.saved, reverse=True)


def _recovery(folder: Path) -> Recovery | None:
    if not (folder / "lock").exists():
        return None  # another window is about to take it
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return None
    lock.release()
    states = [_state(folder, number) for number in range(KEPT) if _state(folder, number).exists()]
    if not states:
        shutil.rmtree(folder, ignore_errors=True)  # nothing was autosaved: there is nothing to recover
        return None
    try:
        about = json.loads((folder / "about.json").read_text())
        saved = datetime.fromisoformat(about["saved"]).astimezone(UTC)
        original = None if about["original"] is None else Path(about["original"])
        digest = str(about.get("digest", ""))
    except (OSError, ValueError, KeyError, TypeError):  # died between writing the state and the note about it
        saved, original, digest = datetime.fromtimestamp(states[0].stat().st_mtime, UTC), None, ""
    return Recovery(folder, original, saved, digest)
