"""One process's share of an adversarial training: epochs, batches, and what they tell and keep."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import numpy as np

from workbench.engine.adversarial.alarms import WINDOW, Alarms
from workbench.engine.adversarial.failures import explain_divergence
from workbench.engine.adversarial.feed import RealImages
from workbench.engine.adversarial.memory import Keeper, Memory
from workbench.engine.adversarial.networks import Networks
from workbench.engine.adversarial.samples import FixedNoise
from workbench.engine.adversarial.step import PLACES, Step, means
from workbench.engine.controls import Controls
from workbench.engine.training.beginning import Beginning
from workbench.engine.training.journal import Journal, gpu_number, outcome, started, wait_for_data
from workbench.engine.training.load import Meter
from workbench.engine.training.pace import Pace
from workbench.engine.training.rates import Rates
from workbench.engine.training.steering import Steering, StopRequested
from workbench.engine.training.tensorboard import TensorLog
from workbench.protocol import (
    AnyEvent,
    BatchProgress,
    EpochEnd,
    Finished,
    LearningRateSet,
    Metrics,
    Samples,
    Stopped,
)
from workbench.runs import ActiveRun, RunStatus, RunStoreError
from workbench.runs.files import TENSORBOARD

_EVENT_SECONDS = 0.05
"""Between two progress events: about as often as a screen has use for."""


class Session:
    """Trains epoch by epoch and leaves the run resumable after each."""

    def __init__(
        self,
        device: str,
        networks: Networks,
        real: RealImages,
        beginning: Beginning,
        run: ActiveRun,
        report: Callable[[AnyEvent], None],
        controls: Controls,
    ) -> None:
        project = beginning.project
        self._device = device
        self._networks = networks
        self._real = real
        self._beginning = beginning
        self._run = run
        self._report = report
        self._controls = controls
        self._settings = project.adversarial
        self._epochs = beginning.epochs
        self._journal = Journal(run, report)
        training, batches = project.training, real.batches
        rates = Rates(self._settings.course(training, batches, self._epochs))
        self._memory = Memory(rates=rates, alarms=Alarms(self._settings.loss))
        self._keeper = Keeper(run, networks, training)
        self._step = Step(networks, project, self._epochs * batches)
        self._noise = FixedNoise(networks, project, real, run.folder)
        self._board = TensorLog(run.folder / TENSORBOARD) if training.tensorboard else None
        self._applied: float | None = None
        self._next_event = 0.0
        self._batch = 0

    def fit(self) -> Finished | Stopped:
        """Trains to the end, or to a stop."""
        self._take_up()
        memory, real, epochs = self._memory, self._real, self._epochs
        self._report(started(self._run, self._real.batches, self._memory.epochs_done))
        left = f"{epochs} epochs" if not memory.epochs_done else f"epochs {memory.epochs_done + 1} to {epochs}"
        self._journal.note(f"training on {self._device}: {len(real)} images, {left}")
        self._pace = Pace(epochs - memory.epochs_done, real.batches, real.batches * real.batch_size)
        self._steering = Steering(self._controls, self._pace, self._journal.tell)
        wait_for_data(real.unreadable, self._journal, self._controls, lambda: (memory.epochs_done + 1, self._batch))
        with (
            Meter(gpu_number(self._device)) as self._meter,
            contextlib.closing(self._board) if self._board else contextlib.nullcontext(),
        ):
            try:
                if not memory.epochs_done:
                    self._sample(0, self._noise.images())
                while memory.epochs_done < epochs:
                    self._epoch(memory.epochs_done)
            except StopRequested:
                return self._end_stopped()
            except Exception:
                # A pipeline that waited for its folder ends with an error of its own when it is told to stop.
                if self._controls.is_set():
                    return self._end_stopped()
                raise
        return self._end_finished()

    # -- an epoch
    def _epoch(self, number: int) -> None:
        step, windowed = self._step, ([0.0] * 4, [0.0] * 4)
        step.begin_epoch()
        self._pace.begin_epoch()
        self._batch = 0
        for images, labels in self._real.of_epoch(number):
            self._steering.obey(number + 1, self._batch)
            self._use_rate(number * self._real.batches + self._batch)
            step.run(images, labels)
            self._batch += 1
            self._pace.batch_done()
            self._tell_batch(number)
            if self._batch % WINDOW == 0 or self._batch == self._real.batches:
                windowed = self._look(number, windowed)
        self._steering.obey(number + 1, self._batch)
        self._end_epoch(number)

    def _tell_batch(self, number: int) -> None:
        now, last = time.monotonic(), self._batch == self._real.batches
        if now < self._next_event and not last:
            return
        self._next_event = now + _EVENT_SECONDS
        self._check()
        event = BatchProgress(
            epoch=number + 1,
            batch=self._batch,
            batches=self._real.batches,
            epochs=self._epochs,
            metrics=self._step.metrics(),
            images_per_second=self._pace.images_per_second(),
            seconds_left=self._pace.seconds_left(),
            learning_rate=self._applied,
            load=self._meter.take(),
        )
        self._report(event)

    def _look(self, number: int, before: tuple[list[float], list[float]]) -> tuple[list[float], list[float]]:
        """Judges the batches since the last look; returns the totals for the next."""
        sums, counts = self._step.totals()
        found = means(
            *(
                [now - then for now, then in zip(*pair, strict=True)]
                for pair in ((sums, before[0]), (counts, before[1]))
            )
        )
        for alarm in self._memory.alarms.window(found, number + 1, self._batch):
            self._journal.tell(alarm)
        return sums, counts

    def _end_epoch(self, number: int) -> None:
        memory, images = self._memory, self._noise.images()
        diversity = self._noise.diversity(images)
        metrics = {**self._step.metrics(), "diversity": diversity}
        for alarm in memory.alarms.epoch(diversity, number + 1, self._batch):
            self._journal.tell(alarm)
        memory.epochs_done = number + 1
        rate = self._applied or 0.0
        row = {"learning_rate": rate, "seconds": round(self._pace.epoch_seconds(), 3)}
        memory.history.append({"epoch": number + 1, **metrics, **row})
        self._steering.keep(lambda: self._keeper.keep(memory, self._seconds()), number + 1, self._batch)
        if self._board is not None:
            self._board.write(number + 1, metrics, rate, {})
        if (number + 1) % self._settings.sample_every == 0 or number + 1 == self._epochs:
            self._sample(number + 1, images)
        self._report(self._epoch_event(metrics, rate))

    def _sample(self, epoch: int, images: np.ndarray) -> None:
        self._steering.keep(lambda: self._noise.write(epoch, images), epoch, self._batch)
        self._report(Samples(epoch=epoch, path=str(self._noise.path(epoch))))

    def _use_rate(self, step: int) -> None:
        """Gives both optimisers their rate; the discriminator's follows the generator's in proportion."""
        rates = self._memory.rates
        if request := self._controls.take_rate():
            rate = rates.set_by_hand(request.rate, step)
            by_hand = request.rate is not None
            at = {"epoch": self._memory.epochs_done + 1, "batch": self._batch + 1}
            self._journal.tell(LearningRateSet(rate=rate, by_hand=by_hand, **at))
        rate = rates.rate(step)
        if rate != self._applied:
            share = self._settings.discriminator_rate / self._settings.generator_rate
            # The backend's variables themselves: Keras's own assignment takes ten times as long, for every batch.
            self._networks.generator_optimizer.learning_rate.value.assign(np.float32(rate))
            self._networks.discriminator_optimizer.learning_rate.value.assign(np.float32(rate * share))
            self._applied = rate

    def _check(self) -> None:
        """Raises JobError where a number is no longer finite."""
        bad, place = (int(value) for value in self._step.bad.numpy())
        if bad >= 0:
            epoch, batch = divmod(bad, self._real.batches)
            explain_divergence(self._networks, PLACES[place], self._real.batch(epoch, batch), epoch + 1, batch + 1)

    # -- begin and end
    def _take_up(self) -> None:
        beginning = self._beginning
        if beginning.checkpoint is None:
            return
        if not self._keeper.take_up(beginning.checkpoint, self._memory):
            self._journal.note("the optimisers begin anew: the checkpoint's are of another kind", "warning")
        self._step.number.assign(self._memory.epochs_done * self._real.batches)
        resumed = beginning.resumed
        if resumed is not None and resumed.record.dataset_digest != self._real.digest:
            self._journal.note("the dataset is not what it was when this run began", "warning")
        if beginning.origin is not None:
            self._keeper.begin_branch(self._memory)
            self._journal.note(f"begins after epoch {beginning.branch_epoch} of {beginning.origin.name}")

    def _seconds(self) -> float:
        return self._memory.seconds_before + self._pace.seconds()

    def _end_stopped(self) -> Stopped:
        done = self._memory.epochs_done
        try:
            self._keeper.keep_stopped(done)
        except RunStoreError as error:  # the disk may be why it was stopped; whole epochs are kept
            self._journal.note(f"the weights of the interrupted epoch are not kept: {error}", "warning")
        self._run.finish(RunStatus.STOPPED, seconds=round(self._seconds(), 3))
        self._journal.note(f"stopped on request after {done} of {self._epochs} epochs")
        return Stopped(**outcome(self._run))

    def _end_finished(self) -> Finished:
        unreadable = len(self._real.unreadable.seen)
        self._run.finish(RunStatus.FINISHED, seconds=round(self._seconds(), 3), unreadable=unreadable)
        self._journal.note(f"finished {self._memory.epochs_done} epochs")
        return Finished(**outcome(self._run), last=self._run.record.last, unreadable=unreadable)

    def _epoch_event(self, metrics: Metrics, rate: float) -> EpochEnd:
        return EpochEnd(
            epoch=self._memory.epochs_done,
            epochs=self._epochs,
            metrics=metrics,
            learning_rate=rate,
            seconds=self._pace.epoch_seconds(),
            seconds_left=self._pace.seconds_left() or 0.0,
            best=False,
            images_per_second=self._pace.images_per_second(),
        )
