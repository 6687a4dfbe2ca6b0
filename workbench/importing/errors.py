"""What can be wrong with a model's file."""

from __future__ import annotations

from pathlib import Path


class ModelFileError(Exception):
    """A model that cannot be read. The message is one line: file, place, what was expected, what came."""

    def __init__(self, path: Path, message: str, place: str = "") -> None:
        super().__init__(f"{path}: {place}: {message}" if place else f"{path}: {message}")
        self.path = path
        self.place = place
        self.message = message
