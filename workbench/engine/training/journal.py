"""What a training tells: events for whoever listens, lines for the run's log, and how it ended for its record."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from workbench.engine.controls import Controls
from workbench.engine.errors import JobError
from workbench.engine.failures import explain
from workbench.engine.supply import Unreadable
from workbench.protocol import AnyEvent, Continued, LayerAlarm, LearningRateSet, Log, Paused, Started, TrainingAlarm
from workbench.runs import ActiveRun, RunStatus, RunStoreError
from workbench.runs.record import RateChange


class Journal:
    """Reports, and writes into the run's log what a person will want to read there later."""

    def __init__(self, run: ActiveRun, report: Callable[[AnyEvent], None]) -> None:
        self._run = run
        self._report = report

    def tell(self, event: AnyEvent) -> None:
        """Reports an event; some are worth a line in the log, too."""
        self._report(event)
        match event:
            case Paused(problem=problem) if problem:
                self.note(f"paused: {problem} {event.hint}".rstrip(), "warning")
            case Paused():
                self.note(f"paused in epoch {event.epoch} after batch {event.batch}")
            case Continued():
                self.note("continued")
            case LearningRateSet():
                self._record_rate(event)
                self.note(f"learning rate {event.rate:.3g} from epoch {event.epoch}, batch {event.batch} on")
            case LayerAlarm():
                self.note(event.message, "warning")
            case TrainingAlarm():
                self.note(f"epoch {event.epoch}: {event.message} {event.hint}".rstrip(), "warning")

    def _record_rate(self, event: LearningRateSet) -> None:
        change = RateChange(event.epoch, event.batch, event.rate, event.by_hand)
        with contextlib.suppress(RunStoreError):  # a full disk is told where epochs are kept
            self._run.update(rate_changes=(*self._run.record.rate_changes, change))

    def note(self, text: str, level: str = "info") -> None:
        """A line in the log, and for the console."""
        with contextlib.suppress(RunStoreError):  # what matters is written elsewhere, and waits for the disk
            self._run.log(text)
        self._report(Log(text=f"{self._run.name}: {text}", level=level))


def wait_for_data(
    unreadable: Unreadable, journal: Journal, controls: Controls, where: Callable[[], tuple[int, int]]
) -> None:
    """Lets the pipeline wait for a folder that is gone. `where`: the epoch and the batch that it waits in."""
    unreadable.tell_to(lambda text: journal.note(text, "warning"))

    def wait(problem: str, hint: str) -> bool:
        epoch, batch = where()
        event = Paused(epoch=epoch, batch=batch, problem=problem, hint=hint)
        go_on = controls.hold_for(lambda: journal.tell(event))
        if go_on:
            journal.tell(Continued())
        return go_on

    unreadable.wait = wait


def started(run: ActiveRun, batches: int, epochs_done: int, layers: Mapping[str, str] | None = None) -> Started:
    """What a training says when it begins; `layers`: primitives by the name of their layer."""
    record = run.record
    return Started(
        run=str(run.folder),
        name=run.name,
        epochs=record.epochs_planned,
        batches=batches,
        train_images=record.train_images,
        validation_images=record.validation_images,
        device=record.device,
        seed=record.seed,
        epochs_done=epochs_done,
        layers=dict(layers or {}),
        monitor=record.monitor,
    )


def outcome(run: ActiveRun) -> dict[str, Any]:
    """What the last event of a training says of its run."""
    record = run.record
    return {
        "run": str(run.folder),
        "name": run.name,
        "best": record.best,
        "monitor": record.monitor,
        "best_epoch": record.best_epoch,
        "epochs": record.epochs,
        "seconds": record.seconds,
    }


def record_failure(run: ActiveRun, error: Exception) -> JobError:
    """The failure to raise for what ended a run, which is recorded in it."""
    failure = explain(error)
    failure.run = str(run.folder)
    with contextlib.suppress(RunStoreError):  # the disk may be what failed
        run.finish(RunStatus.FAILED, problem=failure.message)
        run.log(f"failed: {failure.message}\n{failure.detail}".rstrip())
    return failure


def gpu_number(device: str) -> int | None:
    """The number of a GPU, None for another device."""
    return int(device.partition(":")[2] or 0) if device.startswith("gpu") else None
