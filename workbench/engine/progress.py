"""Following a training batch by batch: events, the run's files, and stopping."""

import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import keras

from workbench.engine.errors import JobError
from workbench.engine.feed import Epoch
from workbench.engine.pace import Pace
from workbench.engine.variables import model_arrays, optimizer_arrays
from workbench.protocol import AnyEvent, BatchProgress, EpochEnd, Metrics
from workbench.runs import ActiveRun, Checkpoint

_EVENT_SECONDS = 0.05
"""Between two progress events: about as often as a screen has use for."""


class StopRequested(Exception):
    """Ends `fit` within the batch; Keras's own flag would first run the validation."""


class Progress(keras.callbacks.Callback):
    """Reports batches and epochs, and leaves the run resumable at the end of every epoch."""

    def __init__(
        self,
        run: ActiveRun,
        current: Epoch,
        pace: Pace,
        report: Callable[[AnyEvent], None],
        stop: threading.Event,
    ) -> None:
        super().__init__()
        self.best: Metrics = {}
        self.best_epoch = 0
        self.last: Metrics = {}
        self.epochs_done = 0
        self._run = run
        self._current = current
        self._pace = pace
        self._report = report
        self._stop = stop
        self._next_event = 0.0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._current.number = epoch
        self._pace.begin_epoch()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._obey()
        self._pace.batch_done()
        now = time.monotonic()
        if now >= self._next_event or batch + 1 == self._pace.batches:
            self._next_event = now + _EVENT_SECONDS
            metrics = _numbers(logs)
            self._check(metrics, batch + 1)
            self._report(self._batch_event(batch + 1, metrics))

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._obey()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        metrics = _numbers(logs)
        self._check(metrics, self._pace.batches)
        self.last = metrics
        self.epochs_done = epoch + 1
        best = not self.best or _quality(metrics) > _quality(self.best)
        if best:
            self.best, self.best_epoch = metrics, epoch + 1
        self._keep(best)
        self._report(self._epoch_event(metrics, best))

    def _batch_event(self, batch: int, metrics: Metrics) -> AnyEvent:
        return BatchProgress(
            epoch=self.epochs_done + 1,
            batch=batch,
            batches=self._pace.batches,
            epochs=self._pace.epochs,
            metrics=metrics,
            images_per_second=self._pace.images_per_second(),
            seconds_left=self._pace.seconds_left(),
        )

    def _epoch_event(self, metrics: Metrics, best: bool) -> AnyEvent:
        return EpochEnd(
            epoch=self.epochs_done,
            epochs=self._pace.epochs,
            metrics=metrics,
            learning_rate=self._learning_rate(),
            seconds=self._pace.epoch_seconds(),
            seconds_left=self._pace.seconds_left() or 0.0,
            best=best,
        )

    def _keep(self, best: bool) -> None:
        arrays = model_arrays(self.model)
        state = {"epoch": self.epochs_done, "best": self.best, "best_epoch": self.best_epoch}
        self._run.save_checkpoint(Checkpoint(arrays | optimizer_arrays(self.model.optimizer), state))
        if best:
            self._run.save_best(Checkpoint(arrays, state))
        row = {"learning_rate": self._learning_rate(), "seconds": round(self._pace.epoch_seconds(), 3)}
        self._run.add_epoch({"epoch": self.epochs_done, **self.last, **row})
        self._run.update(
            epochs=self.epochs_done,
            best=self.best,
            best_epoch=self.best_epoch,
            last=self.last,
            seconds=round(self._pace.seconds(), 3),
        )

    def _learning_rate(self) -> float:
        return float(self.model.optimizer.learning_rate)

    def _obey(self) -> None:
        if self._stop.is_set():
            raise StopRequested

    def _check(self, metrics: Metrics, batch: int) -> None:
        if not all(math.isfinite(value) for value in metrics.values()):
            raise JobError(
                f"The loss is no longer a finite number (epoch {self.epochs_done + 1}, batch {batch}): "
                "the training diverged.",
                "Try a learning rate ten times smaller; check that the last activation fits a classifier.",
            )


def _numbers(logs: Mapping[str, Any] | None) -> Metrics:
    return {name: float(value) for name, value in (logs or {}).items()}


def _quality(metrics: Metrics) -> tuple[float, float]:
    """The larger the better: accuracy on the held-out images, then the smaller loss."""
    accuracy = metrics.get("val_accuracy", metrics.get("accuracy", 0.0))
    return accuracy, -metrics.get("val_loss", metrics["loss"])
