"""Obeying a person between two batches, and waiting for the disk: the same for every kind of training."""

from __future__ import annotations

import time
from collections.abc import Callable

from workbench.engine.controls import Controls
from workbench.engine.training.pace import Pace
from workbench.engine.training.persistence import keep_trying
from workbench.protocol import AnyEvent, Continued, Paused


class StopRequested(Exception):
    """Ends a training within the batch; Keras's own flag would first run the validation."""


class Steering:
    """Stops, holds and writes; time that was no training is left out of the pace."""

    def __init__(self, controls: Controls, pace: Pace, report: Callable[[AnyEvent], None]) -> None:
        self._controls = controls
        self._pace = pace
        self._report = report

    def obey(self, epoch: int, batch: int) -> None:
        """Holds while a pause is asked for. Raises StopRequested."""
        controls = self._controls
        if controls.is_set():
            raise StopRequested
        if not controls.paused:
            return
        began = time.monotonic()
        alone = not controls.troubled  # a thread of the pipeline waits and has told why
        if alone:
            self._report(Paused(epoch=epoch, batch=batch))
        controls.hold()
        self._pace.leave_out(time.monotonic() - began)
        if controls.is_set():
            raise StopRequested
        if alone:
            self._report(Continued())

    def keep(self, write: Callable[[], None], epoch: int, batch: int) -> None:
        """Writes, as often as it takes. Raises StopRequested where the job is to stop instead."""
        began = time.monotonic()
        done, waited = keep_trying(write, epoch, batch, self._report, self._controls)
        if waited:
            self._pace.leave_out(time.monotonic() - began)
        if not done:
            raise StopRequested
