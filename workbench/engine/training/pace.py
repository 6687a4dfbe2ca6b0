"""How fast a training goes and how long it has still to go."""

import time
from collections import deque
from collections.abc import Callable

_LAST = 50
"""Batches that the speed is taken over."""


class Pace:
    """Counts batches against the clock, in seconds.

    The first batch of all is left out of the estimates: TensorFlow traces the model in it. The speed is that of the
    last batches, across epochs and without the first of each, which waits for its data: it has no saw of epochs.
    """

    def __init__(self, epochs: int, batches: int, images: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.epochs = epochs
        self.batches = batches
        self._images_per_batch = images / batches
        self._clock = clock
        self._began = clock()
        self._epoch_began = self._began
        self._batch_began = self._began
        self._durations: deque[float] = deque(maxlen=_LAST)
        self._first = self._began
        self._done = 0
        self._done_in_epoch = 0

    def begin_epoch(self) -> None:
        """To be called as each epoch begins."""
        self._epoch_began = self._clock()
        self._done_in_epoch = 0

    def batch_done(self) -> None:
        """To be called as each batch ends."""
        self._done += 1
        self._done_in_epoch += 1
        now = self._clock()
        if self._done_in_epoch > 1:
            self._durations.append(now - self._batch_began)
        self._batch_began = now
        if self._done == 1:
            self._first = now

    def leave_out(self, seconds: float) -> None:
        """Time that was no training, as a pause."""
        self._epoch_began += seconds
        self._batch_began += seconds
        self._first += seconds
        self._began += seconds

    def images_per_second(self) -> float:
        """Over the last batches; 0 until it can be told."""
        elapsed = sum(self._durations)
        return len(self._durations) * self._images_per_batch / elapsed if elapsed > 0 else 0.0

    def seconds_left(self) -> float | None:
        """For the whole training, validation and saving included as they went so far; None until it can be told."""
        counted = self._done - 1
        if counted < 1:
            return None
        left = self.epochs * self.batches - self._done
        return (self._clock() - self._first) / counted * left

    def epoch_seconds(self) -> float:
        """Since this epoch began."""
        return self._clock() - self._epoch_began

    def seconds(self) -> float:
        """Since the beginning."""
        return self._clock() - self._began
