"""The jobs, by the command that asks for them: the same for the engine process and the command line.

Their modules import keras, so they are imported when a job is run.
"""

import threading
from collections.abc import Callable

from workbench.engine import runtime
from workbench.engine.failures import explain
from workbench.protocol import AnyEvent, Export, ExportDone, Finished, Stopped, Train

Report = Callable[[AnyEvent], None]
"""Hears a job's events as they happen."""

Outcome = Finished | Stopped | ExportDone


def run_job(command: Train | Export, report: Report, stop: threading.Event) -> Outcome:
    """Does what the command asks, in this process and thread, and returns the event that ends it.

    `report` hears the events in between; once `stop` is set the job ends within a batch. Raises JobError
    where there is no result, EngineUnavailable where TensorFlow does not load.
    """
    try:
        runtime.load()
        runtime.forget_models()
        return _job(command, report, stop)
    except Exception as error:
        explained = explain(error)
        if explained is error:
            raise
        raise explained from error


def _job(command: Train | Export, report: Report, stop: threading.Event) -> Outcome:
    match command:
        case Train():
            from workbench.engine.train import train

            return train(command, report, stop)
        case Export():
            from workbench.engine.export_run import export_run

            return export_run(command, report, stop)
