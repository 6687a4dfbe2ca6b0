"""The jobs, by the command that asks for them: the same for the engine process and the command line."""

import threading
from collections.abc import Callable

from workbench.protocol import AnyEvent, Export, ExportDone, Finished, Stopped, Train

Report = Callable[[AnyEvent], None]
"""Hears a job's events as they happen."""


def run_job(command: Train | Export, report: Report, stop: threading.Event) -> Finished | Stopped | ExportDone:
    """Does what the command asks, in this process and thread, and returns the event that ends it.

    `report` hears the events in between; once `stop` is set the job ends within a batch. Raises JobError
    where there is no result.
    """
    raise NotImplementedError
