"""How a job ended, for people: by the kind of its last event, with a sensible line for those that have none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from workbench.protocol import (
    AnyCommand,
    AnyEvent,
    BatchSizeFound,
    ExportDone,
    Failed,
    Finished,
    LearningRateCurve,
    OverfitDone,
    Stopped,
)
from workbench.ui.notices import Level
from workbench.ui.training import wording
from workbench.ui.training.job_words import words_of


@dataclass(frozen=True)
class Outcome:
    """How the engine or its last job ended; `detail` is technical, `folder` is where something was written.

    `at_training`: the Training panel tells it, as it does of trainings, trials and the engine itself.
    """

    level: Level
    text: str
    hint: str = ""
    detail: str = ""
    folder: str = ""
    at_training: bool = True


def _failed(command: AnyCommand, event: Failed) -> Outcome:
    return Outcome(Level.ERROR, f"{words_of(command).failed}: {event.message}", event.hint, event.detail)


def _stopped(command: AnyCommand, event: Stopped) -> Outcome:
    words = words_of(command)
    return Outcome(Level.INFO, wording.stopped(event) if words.trains else words.stopped)


def _rates(_: AnyCommand, event: LearningRateCurve) -> Outcome:
    if event.suggestion is None:
        return Outcome(Level.WARNING, "No learning rate stands out.", event.message)
    return Outcome(Level.OK, f"A good learning rate is {event.suggestion:.2g}.", event.message)


def _overfit(_: AnyCommand, event: OverfitDone) -> Outcome:
    return Outcome(Level.OK if event.ok else Level.WARNING, event.message)


def _batch_size(_: AnyCommand, event: BatchSizeFound) -> Outcome:
    return Outcome(Level.OK if event.largest else Level.ERROR, wording.batch_size(event))


_OUTCOMES: dict[type, Callable[[AnyCommand, Any], Outcome]] = {
    Finished: lambda _, event: Outcome(Level.OK, wording.finished(event)),
    Stopped: _stopped,
    Failed: _failed,
    LearningRateCurve: _rates,
    OverfitDone: _overfit,
    BatchSizeFound: _batch_size,
    ExportDone: lambda _, event: Outcome(Level.OK, wording.exported(event), folder=event.path),
}


def outcome_of(command: AnyCommand, event: AnyEvent) -> Outcome:
    """What to say of the event that ended the command's job."""
    told, words = _OUTCOMES.get(type(event)), words_of(command)
    outcome = told(command, event) if told else Outcome(Level.OK, words.done)
    return replace(outcome, at_training=words.at_training)


def outcome_of_death(command: AnyCommand | None, run: str, reason: str, log: str) -> Outcome:
    """What to say where the engine process was lost: with a job, and perhaps a run that it had begun, or idle."""
    text = f"The engine process is gone: {reason}."
    if command is None:
        return Outcome(Level.WARNING, text, "The next job starts a new one.", log)
    words = words_of(command)
    if not words.trains:
        return Outcome(Level.ERROR, f"{words.failed}. {text}", words.died, log, at_training=words.at_training)
    listed = f"The run {run} is listed as interrupted, with its completed epochs. " if run else ""
    return Outcome(Level.ERROR, text, f"{listed}{words.died}", log)
