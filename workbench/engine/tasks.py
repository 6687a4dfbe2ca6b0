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
    FindDirections,
    FindLearningRate,
    FindNearest,
    MakeApplication,
    MeasureQuality,
    OverfitBatch,
    Predict,
    Sample,
    Train,
    Walk,
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
    Sample: ("workbench.engine.generating.sample", "sample"),
    Walk: ("workbench.engine.generating.sample", "walk"),
    FindDirections: ("workbench.engine.generating.directions", "find_directions"),
    FindNearest: ("workbench.engine.generating.nearest", "find_nearest"),
    MeasureQuality: ("workbench.engine.generating.quality", "measure_quality"),
}
"""Module and function of each job: (command, report, stop) to the event that ends it."""
_IN_A_ROW = (Sample, Walk, FindDirections, FindNearest)
"""Jobs that a person asks for many times a second with one generator, which stays."""


def run_job(command: AnyCommand, report: Report, stop: threading.Event) -> Any:
    """Does what the command asks, in this process and thread, and returns the event that ends it.

    `report` hears the events in between; once `stop` is set the job ends within a batch. Raises JobError
    where there is no result, EngineUnavailable where TensorFlow does not load.
    """
    try:
        runtime.load()
        if not isinstance(command, _IN_A_ROW):
            runtime.forget_models()
        SHELF.look()
        module, name = _JOBS[type(command)]
        return getattr(import_module(module), name)(command, report, stop)
    except Exception as error:
        explained = explain(error)
        if explained is error:
            raise
        raise explained from error
