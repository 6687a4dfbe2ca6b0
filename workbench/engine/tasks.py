"""The jobs, by the command that asks for them: the same for the engine process and the command line.

Their modules import keras, so they are imported when a job is run.
"""

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

from workbench.engine import runtime
from workbench.engine.failures import explain
from workbench.plugins import SHELF
from workbench.protocol import (
    AnyCommand,
    AnyEvent,
    Evaluate,
    Explain,
    Export,
    FindBatchSize,
    FindLearningRate,
    MakeApplication,
    OverfitBatch,
    Predict,
    Train,
)

Report = Callable[[AnyEvent], None]
"""Hears a job's events as they happen."""

_JOBS: dict[type, tuple[str, str]] = {
    Train: ("workbench.engine.training.job", "train"),
    FindLearningRate: ("workbench.engine.training.rate_finder", "find_learning_rate"),
    FindBatchSize: ("workbench.engine.training.batch_size", "find_batch_size"),
    OverfitBatch: ("workbench.engine.training.overfit", "overfit_batch"),
    Export: ("workbench.engine.export_run", "export_run"),
    MakeApplication: ("workbench.engine.pretrained", "make_application"),
    Evaluate: ("workbench.engine.evaluation.evaluate", "evaluate"),
    Predict: ("workbench.engine.evaluation.predict", "predict"),
    Explain: ("workbench.engine.evaluation.explain", "explain"),
}
"""Module and function of each job: (command, report, stop) to the event that ends it."""


def run_job(command: AnyCommand, report: Report, stop: threading.Event) -> Any:
    """Does what the command asks, in this process and thread, and returns the event that ends it.

    `report` hears the events in between; once `stop` is set the job ends within a batch. Raises JobError
    where there is no result, EngineUnavailable where TensorFlow does not load.
    """
    try:
        runtime.load()
        runtime.forget_models()
        SHELF.look()
        module, name = _JOBS[type(command)]
        return getattr(import_module(module), name)(command, report, stop)
    except Exception as error:
        explained = explain(error)
        if explained is error:
            raise
        raise explained from error
