"""Progress and cancelling of what may take longer than a second."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

Progress = Callable[[int, int | None, str], None]
"""Called with what is done, of how much (None: unknown), and what is being done, in a few words."""

_SECONDS_BETWEEN = 0.05


class Cancelled(Exception):
    """The work was cancelled, as asked."""


class Steps:
    """Reports progress some twenty times a second, however often it is told, and ends cancelled work."""

    def __init__(self, what: str, total: int | None, progress: Progress | None, cancel: Event | None) -> None:
        self._what = what
        self._total = total
        self._progress = progress
        self._cancel = cancel
        self._next = 0.0
        self.done = 0
        self.to(0)

    def to(self, done: int) -> None:
        """So much is done. Raises Cancelled where that was asked for."""
        if self._cancel is not None and self._cancel.is_set():
            raise Cancelled(self._what)
        self.done = done
        now = time.monotonic()
        if self._progress is not None and (now >= self._next or done == self._total):
            self._next = now + _SECONDS_BETWEEN
            self._progress(done, self._total, self._what)

    def more(self, count: int = 1) -> None:
        """So much more is done. Raises Cancelled where that was asked for."""
        self.to(self.done + count)
