"""Progress of a job that counts images: at most about twenty events a second, with the time left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from workbench.protocol import AnyEvent, Stage

_EVENT_SECONDS = 0.05


class Interrupted(Exception):
    """The job was asked to stop."""


class Counter:
    """Counts images over all runs and views; `add` raises Interrupted once `stop` is set."""

    def __init__(self, total: int, report: Callable[[AnyEvent], None], stop: threading.Event) -> None:
        self.text = ""
        self._total = total
        self._report = report
        self._stop = stop
        self._done = self._counted = 0
        self._began: float | None = None
        self._next_event = 0.0

    def add(self, images: int) -> None:
        """These are done."""
        if self._stop.is_set():
            raise Interrupted
        self._done += images
        now = time.monotonic()
        if self._began is None:
            self._began = now  # TensorFlow traces the model for the first batch: it says nothing of the pace
        else:
            self._counted += images
        if now >= self._next_event or self._done >= self._total:
            self._next_event = now + _EVENT_SECONDS
            self._report(Stage(text=self.text, done=self._done, total=self._total, seconds_left=self._left(now)))

    def _left(self, now: float) -> float | None:
        if not self._counted or self._began is None:
            return None
        return (now - self._began) / self._counted * max(0, self._total - self._done)
