"""The lock that a run's process holds while it trains; the system frees it however the process ends."""

from pathlib import Path

from filelock import FileLock, Timeout

from workbench.runs import files
from workbench.runs.errors import RunStoreError, cannot

_PROBE = 2.0
"""Seconds; longer than another process needs to look whether the lock is held."""


def hold(folder: Path) -> FileLock:
    """Takes the lock of a run. Raises RunStoreError where another process has it or the file system refuses."""
    # Whoever ends the work releases it, in whichever thread that is.
    lock = FileLock(folder / files.LOCK, timeout=_PROBE, thread_local=False)
    try:
        lock.acquire(poll_interval=0.01)
    except Timeout as error:
        raise RunStoreError(f"{folder}: another process is training this run") from error
    except OSError as error:
        raise cannot("lock the run", folder, error) from error
    return lock


def is_held(folder: Path) -> bool:
    """Whether a living process trains this run."""
    path = folder / files.LOCK
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False  # a read-only copy of a run: nobody trains there
