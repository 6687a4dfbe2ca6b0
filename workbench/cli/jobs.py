"""Engine jobs in this process: what TensorFlow prints goes to a log, Ctrl-C becomes a stop."""

import contextlib
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from workbench import engine, locations
from workbench.cli import interruption
from workbench.cli.door import guarded
from workbench.cli.errors import InputError
from workbench.cli.logs import keep_details
from workbench.data.source import DatasetError
from workbench.engine import JobError, Report
from workbench.engine.controls import Controls
from workbench.project import ProjectFileError
from workbench.protocol import AnyCommand, AnyEvent, Export
from workbench.runs import RunStoreError

_OUTPUT, _ERRORS = 1, 2
_RETRY_SECONDS = 10.0
"""A training that waits for a full disk or a missing folder looks again this often: nobody can press Continue here."""
# What these say is all there is: a trace of where they arose tells a person nothing.
_COMPLETE = (DatasetError, ProjectFileError, RunStoreError)


def run_job(command: AnyCommand, report: Report) -> AnyEvent:
    """Does the job; Ctrl-C, SIGTERM and SIGHUP stop it within a batch, and a second one at once (KeyboardInterrupt).

    Raises InputError.
    """
    stop = Controls(retry_seconds=_RETRY_SECONDS)
    try:
        with _interrupt_sets(stop):
            ended: AnyEvent = engine.run_job(command, report, stop)
            return ended
    except JobError as error:
        # Ctrl-C in a terminal reaches the process that reloads an export, too, and ends it.
        if stop.is_set() and isinstance(command, Export):
            raise KeyboardInterrupt from error
        raise InputError(_told(error)) from error


def _told(error: JobError) -> str:
    """What is wrong, what to do, and where there is more: in the run, or in a file of its own."""
    more = ""
    if error.run:
        more = f"The run is {error.run}"
    elif error.detail and not isinstance(error.__cause__, _COMPLETE):
        more = f"Details: {keep_details('job', error.detail)}"
    sentences = [part if part.endswith(".") else f"{part}." for part in (error.message, error.hint) if part]
    return " ".join([*sentences, more]).strip()


@contextlib.contextmanager
def _interrupt_sets(stop: threading.Event) -> Iterator[None]:
    def interrupted(signal_number: int, frame: object) -> None:
        interruption.last = signal_number
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, interrupted) for number in interruption.SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def quietened() -> Iterator[TextIO]:
    """Sends standard output and errors, native code's too, to a log; gives the stream that people still see."""
    sys.stdout.flush()
    sys.stderr.flush()
    with (
        _peoples_stream() as people,
        _open_log() as log,
        contextlib.redirect_stdout(log),
        contextlib.redirect_stderr(log),
        _descriptors_to(log.fileno()),
    ):
        yield people


@contextlib.contextmanager
def _peoples_stream() -> Iterator[TextIO]:
    try:
        descriptor = os.dup(sys.stderr.fileno())
    except (OSError, io.UnsupportedOperation):
        yield guarded(sys.stderr)  # something in memory, which no descriptor leads to
        return
    with os.fdopen(descriptor, "w", encoding=sys.stderr.encoding, errors="backslashreplace", buffering=1) as stream:
        yield guarded(stream)


def _open_log() -> TextIO:
    path = locations.user_data() / "logs" / "engine-output.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", encoding="utf-8", errors="backslashreplace", buffering=1)
    except OSError:
        return Path(os.devnull).open("w", encoding="utf-8")


@contextlib.contextmanager
def _descriptors_to(target: int) -> Iterator[None]:
    kept = {descriptor: os.dup(descriptor) for descriptor in (_OUTPUT, _ERRORS)}
    for descriptor in kept:
        os.dup2(target, descriptor)
    try:
        yield
    finally:
        for descriptor, original in kept.items():
            os.dup2(original, descriptor)
            os.close(original)
