"""What is wrong with a run store or a run, told with the path."""

from pathlib import Path


class RunStoreError(Exception):
    """A run cannot be found, read or written; the message says which and why."""


def reason(error: OSError) -> str:
    """The system's words for an error, without its number and path."""
    return (error.strerror or str(error) or type(error).__name__).lower()


def cannot(doing: str, path: Path, error: OSError) -> RunStoreError:
    """The error for something that the file system refused."""
    return RunStoreError(f"{path}: cannot {doing}: {reason(error)}")
