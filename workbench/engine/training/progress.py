"""Following a training batch by batch: what steers it, what it tells, and what it keeps."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import keras

from workbench.engine.controls import Controls
from workbench.engine.feed import Epoch
from workbench.engine.training.checkpoints import Keeper, Memory
from workbench.engine.training.load import Meter
from workbench.engine.training.pace import Pace
from workbench.engine.training.steering import Steering
from workbench.engine.training.tensorboard import TensorLog
from workbench.engine.training.watching import LayerWatch
from workbench.engine.variables import keeps_averages, swap_averages
from workbench.protocol import (
    AnyEvent,
    BatchProgress,
    EpochEnd,
    LayerNorms,
    LearningRateSet,
    Log,
    Metrics,
)

_EVENT_SECONDS = 0.05
"""Between two progress events: about as often as a screen has use for."""

Report = Callable[[AnyEvent], None]


class Progress(keras.callbacks.Callback):
    """Obeys the controls before every batch, reports batches and epochs, and leaves the run resumable."""

    def __init__(
        self,
        memory: Memory,
        current: Epoch,
        pace: Pace,
        epochs: int,
        keeper: Keeper,
        watch: LayerWatch,
        meter: Meter,
        board: TensorLog | None,
        report: Report,
        controls: Controls,
    ) -> None:
        super().__init__()
        self.stopped_early = False
        self.fitted: keras.Model | None = None
        """What `fit` runs on: the network, or what is behind its kept features."""
        self.may_end_early = True
        """Whether no other phase is to come."""
        self.batch = 0
        """Batches done in this epoch."""
        self._memory = memory
        self.current = current
        self._pace = pace
        self._epochs = epochs
        self._keeper = keeper
        self._watch = watch
        self._meter = meter
        self._board = board
        self._report = report
        self._controls = controls
        self._steering = Steering(controls, pace, report)
        self._next_event = 0.0
        self._rate = 0.0

    @property
    def epoch(self) -> int:
        """The epoch that runs, from 1."""
        return self._memory.epochs_done + 1

    def seconds(self) -> float:
        """Of the whole training, earlier sessions included."""
        return self._memory.seconds_before + self._pace.seconds()

    def begin_phase(self, anew: bool) -> None:
        """Other layers may train from now on; `anew` where this phase has had no epoch yet."""
        self._watch.begin_phase()
        if anew:
            self._memory.best.begin_phase()

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self.current.number = epoch
        self.batch = 0
        self._pace.begin_epoch()

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._obey(batch)
        step = self._memory.epochs_done * self._pace.batches + batch
        if request := self._controls.take_rate():
            rate = self._memory.rates.set_by_hand(request.rate, step)
            by_hand = request.rate is not None
            self._report(LearningRateSet(rate=rate, epoch=self.epoch, batch=batch + 1, by_hand=by_hand))
        self._rate = self._memory.rates.apply(self.model.optimizer, step)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self.batch = batch + 1
        self._pace.batch_done()
        now = time.monotonic()
        if now >= self._next_event or self.batch == self._pace.batches:
            self._next_event = now + _EVENT_SECONDS
            metrics = _numbers(logs)
            self._check(metrics)
            self._report(self._batch_event(metrics))
        self._obey(self.batch)

    def on_test_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        if keeps_averages(self.model):
            swap_averages(self.model)

    def on_test_end(self, logs: Mapping[str, Any] | None = None) -> None:
        if keeps_averages(self.model):
            swap_averages(self.model)

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._obey(self.batch)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        metrics = _numbers(logs)
        self._check(metrics)
        norms = self._watch.look(epoch + 1, self.batch)
        memory = self._memory
        memory.epochs_done = epoch + 1
        best = memory.best.epoch_ended(epoch + 1, metrics)
        cut = memory.rates.epoch_ended(metrics)
        row = {"learning_rate": self._rate, "seconds": round(self._pace.epoch_seconds(), 3)}
        memory.history.append({"epoch": epoch + 1, **metrics, **row})
        self._keep(lambda: self._keeper.keep(memory, best, self.seconds()))
        if self._board is not None:
            self._board.write(epoch + 1, metrics, self._rate, norms)
        self._report(self._epoch_event(metrics, best, norms))
        if cut:
            self._report(
                Log(text=f"The held-out loss no longer falls: learning rate {self._next_rate():.3g} from now on")
            )
        if memory.best.hopeless and self.may_end_early and epoch + 1 < self._epochs:
            self.stopped_early = True
            (self.fitted or self.model).stop_training = True

    def _batch_event(self, metrics: Metrics) -> AnyEvent:
        return BatchProgress(
            epoch=self.epoch,
            batch=self.batch,
            batches=self._pace.batches,
            epochs=self._epochs,
            metrics=metrics,
            images_per_second=self._pace.images_per_second(),
            seconds_left=self._pace.seconds_left(),
            learning_rate=self._rate,
            load=self._meter.take(),
        )

    def _epoch_event(self, metrics: Metrics, best: bool, norms: dict[str, LayerNorms]) -> AnyEvent:
        return EpochEnd(
            epoch=self._memory.epochs_done,
            epochs=self._epochs,
            metrics=metrics,
            learning_rate=self._rate,
            seconds=self._pace.epoch_seconds(),
            seconds_left=self._pace.seconds_left() or 0.0,
            best=best,
            images_per_second=self._pace.images_per_second(),
            norms=norms,
            waited=self._memory.best.shown_wait,
        )

    def _next_rate(self) -> float:
        return self._memory.rates.rate(self._memory.epochs_done * self._pace.batches)

    def _keep(self, write: Callable[[], None]) -> None:
        self._steering.keep(write, self._memory.epochs_done, self.batch)

    def _obey(self, batch: int) -> None:
        self._steering.obey(self.epoch, batch)

    def _check(self, metrics: Metrics) -> None:
        """Raises JobError naming the layer where a number is no longer finite."""
        if self.model.first_bad_step is not None or not all(map(math.isfinite, metrics.values())):
            self._watch.explain_failure(self.epoch, self.batch)


def _numbers(logs: Mapping[str, Any] | None) -> Metrics:
    return {name: float(value) for name, value in (logs or {}).items()}
