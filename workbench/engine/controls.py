"""What steers a job while it runs: stop, pause, and another learning rate. Imports neither keras nor tensorflow."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_LOOK = 0.1
"""Seconds between two looks at a stop that is not ours."""


@dataclass(frozen=True)
class RateRequest:
    """A learning rate set by hand; None: the schedule's again."""

    rate: float | None


class Controls(threading.Event):
    """The event says stop. Any thread may steer; the job obeys between two batches.

    `retry_seconds`: after a pause that a problem made, the job tries again by itself after this time; None: only when
    somebody says so.
    """

    def __init__(self, retry_seconds: float | None = None, stop: threading.Event | None = None) -> None:
        super().__init__()
        self.retry_seconds = retry_seconds
        self._stop = stop
        self._paused = threading.Event()
        self._go_on = threading.Event()
        self._rate: RateRequest | None = None
        self._holding = threading.Lock()

    @classmethod
    def of(cls, stop: threading.Event) -> Controls:
        """The controls that a job was given, or some that follow a bare event."""
        return stop if isinstance(stop, Controls) else cls(stop=stop)

    def is_set(self) -> bool:
        """Whether the job is to stop."""
        return super().is_set() or (self._stop is not None and self._stop.is_set())

    def pause(self) -> None:
        """The job holds before its next batch."""
        self._go_on.clear()
        self._paused.set()

    def proceed(self) -> None:
        """The job goes on, or tries again."""
        self._paused.clear()
        self._go_on.set()

    def set_rate(self, rate: float | None) -> None:
        """The next batch is trained with this rate; None: with the schedule's."""
        self._rate = RateRequest(rate)

    def take_rate(self) -> RateRequest | None:
        """The rate that was asked for since the last call."""
        request, self._rate = self._rate, None
        return request

    @property
    def paused(self) -> bool:
        """Whether somebody asked for a pause."""
        return self._paused.is_set()

    @property
    def troubled(self) -> bool:
        """Whether the pause was made by a problem."""
        return self._holding.locked()

    def hold(self) -> None:
        """Returns when the pause is over or the job is to stop."""
        while self._paused.is_set() and not self.is_set():
            self._go_on.wait(_LOOK)

    def hold_for(self, told: Callable[[], None]) -> bool:
        """Waits until a problem is to be tried again; False where the job is to stop instead.

        `told` is called once, as the pause begins. Threads that meet a problem together wait together, and it is
        told for one of them.
        """
        if self._holding.acquire(blocking=False):
            try:
                self.pause()
                told()
                self._wait()
                self.proceed()
            finally:
                self._holding.release()
        else:
            with self._holding:
                pass
        return not self.is_set()

    def _wait(self) -> None:
        until = None if self.retry_seconds is None else time.monotonic() + self.retry_seconds
        while self._paused.is_set() and not self.is_set():
            if until is not None and time.monotonic() >= until:
                return
            self._go_on.wait(_LOOK)
