"""Exporting a run's model and comparing it over the run's held-out images."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import tensorflow as tf

from workbench.engine.errors import JobError
from workbench.engine.export import TOLERANCE, export_model
from workbench.engine.export_forms import FORMS
from workbench.engine.feed import Supplies, open_supplies
from workbench.engine.reading import read_model, read_project, read_snapshot
from workbench.protocol import AnyEvent, Export, ExportDone, Stage, Stopped
from workbench.runs import Run
from workbench.runs.run import Weights

_IMAGES = 256
"""Held-out images to compare over, at most."""

Value = TypeVar("Value")
_WEIGHTS: Mapping[str, Weights] = {"best": "best", "last": "last"}


def export_run(command: Export, report: Callable[[AnyEvent], None], stop: threading.Event) -> ExportDone | Stopped:
    """Writes the model of the command's run and compares it. Raises JobError, RunStoreError or DatasetError."""
    form = _chosen("format", command.format, FORMS)
    weights = _chosen("weights", command.weights, _WEIGHTS)
    path = Path(command.path).expanduser().absolute()
    report(Stage(text="reading the run"))
    run = Run.open(Path(command.run))
    project = read_project(read_snapshot(run), str(run.project_file))
    # On the CPU, as the process that reloads the export: a GPU rounds differently.
    with tf.device("/CPU:0"):
        model = read_model(run, project, weights)
        inputs = _held_out(open_supplies(project, model))
        if stop.is_set():
            return Stopped(run=str(run.folder), name=run.name)
        report(Stage(text="exporting, reloading and comparing"))
        comparison = export_model(model, path, inputs, form)
    return ExportDone(
        path=str(path),
        difference=comparison.difference,
        scale=comparison.scale,
        tolerance=TOLERANCE,
        images=len(inputs[0]),
    )


def _held_out(supplies: Supplies) -> list[Any]:
    """The arrays of some samples, one for each input; training ones where none are held out."""
    supply = supplies.validation if len(supplies.validation) else supplies.training
    inputs = supply.packed(supply.arrays(np.arange(min(_IMAGES, len(supply))), 0))[0]
    return list(inputs) if isinstance(inputs, tuple) else [inputs]


def _chosen(what: str, choice: str, among: Mapping[str, Value]) -> Value:
    if choice not in among:
        raise JobError(f"There is no {what} {choice!r}.", f"Choose one of: {', '.join(among)}.")
    return among[choice]
