"""Exporting a run's model and comparing it over the run's held-out images, or over latent vectors."""

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import keras
import numpy as np
import tensorflow as tf

from workbench.data.source import DatasetError
from workbench.engine.adversarial.generator import load_generator
from workbench.engine.adversarial.networks import arranged, encoded, label_input, latent_input
from workbench.engine.errors import JobError
from workbench.engine.export import TOLERANCE, Comparison, export_model
from workbench.engine.export_forms import FORMS, Form
from workbench.engine.feed import Supplies, open_supplies
from workbench.engine.reading import read_model, read_own_model, read_project, read_snapshot
from workbench.evaluation.latents import latents
from workbench.project import Project, is_adversarial
from workbench.protocol import AnyEvent, Export, ExportDone, Log, Stage, Stopped
from workbench.runs import Run
from workbench.runs.run import Weights

_RANDOM = 16
"""Random samples to compare over, where there are no others."""
_UNKNOWN_SIZE = 64
"""Pixels of a side that a network leaves open."""
_IMAGES = 256
"""Held-out images to compare over, at most."""

Value = TypeVar("Value")
_WEIGHTS: Mapping[str, Weights] = {"best": "best", "last": "last"}


def export_run(command: Export, report: Callable[[AnyEvent], None], stop: threading.Event) -> ExportDone | Stopped:
    """Writes the model of the command's run and compares it. Raises JobError, RunStoreError or DatasetError."""
    form = _chosen("format", command.format, FORMS)
    weights = _chosen("weights", command.weights, _WEIGHTS)
    path = Path(command.path).expanduser().absolute()
    if command.project:
        return _export_project(command, form, path, report, stop)
    report(Stage(text="reading the run"))
    run = Run.open(Path(command.run))
    project = read_project(read_snapshot(run), str(run.project_file))
    # On the CPU, as the process that reloads the export: a GPU rounds differently.
    with tf.device("/CPU:0"):
        generates = is_adversarial(project)
        if generates:
            (model, inputs), random = _generator(run), True
        else:
            model = read_model(run, project, weights)
            inputs, random = _inputs(project, model, report)
        if stop.is_set():
            return Stopped(run=str(run.folder), name=run.name)
        report(Stage(text="exporting, reloading and comparing"))
        comparison = export_model(model, path, inputs, form)
    return _done(path, comparison, len(inputs[0]), random=random)


def _export_project(
    command: Export, form: Form, path: Path, report: Callable[[AnyEvent], None], stop: threading.Event
) -> ExportDone | Stopped:
    """A project with its own weights, without a run."""
    report(Stage(text="reading the project"))
    project = read_project(command.project.encode(), "the project", command.weights_file)
    with tf.device("/CPU:0"):
        model = read_own_model(project, report)
        inputs, random = _inputs(project, model, report)
        if stop.is_set():
            return Stopped()
        report(Stage(text="exporting, reloading and comparing"))
        comparison = export_model(model, path, inputs, form)
    return _done(path, comparison, len(inputs[0]), random)


def _inputs(project: Project, model: keras.Model, report: Callable[[AnyEvent], None]) -> tuple[list[Any], bool]:
    """Samples of the project's data, or random ones where those do not fit: an imported network has its own."""
    try:
        return _held_out(open_supplies(project, model)), False
    except (DatasetError, JobError) as error:
        report(Log(text=f"compared over random inputs: {error}"))
    dice = np.random.default_rng(project.training.seed)
    shapes = [tuple(size or _UNKNOWN_SIZE for size in tensor.shape[1:]) for tensor in model.inputs]
    dtypes = [tensor.dtype for tensor in model.inputs]
    return [dice.random((_RANDOM, *shape)).astype(dtype) for shape, dtype in zip(shapes, dtypes, strict=True)], True


def _done(path: Path, comparison: Comparison, count: int, random: bool = False) -> ExportDone:
    return ExportDone(
        path=str(path),
        difference=comparison.difference,
        scale=comparison.scale,
        tolerance=TOLERANCE,
        images=count,
        random=random,
    )


def _generator(run: Run) -> tuple[keras.Model, list[Any]]:
    """The generator alone, as it samples, with latent vectors and every class in turn where it takes one."""
    model, classes = load_generator(run), len(run.record.class_names)
    size, label = int(latent_input(model).shape[-1]), label_input(model)
    labels = [] if label is None else [encoded(np.arange(_IMAGES) % max(1, classes), label, classes)]
    given = arranged(model, latents(run.record.seed, _IMAGES, size), labels)
    return model, list(given) if isinstance(given, list) else [given]


def _held_out(supplies: Supplies) -> list[Any]:
    """The arrays of some samples, one for each input; training ones where none are held out."""
    supply = supplies.validation if len(supplies.validation) else supplies.training
    inputs = supply.packed(supply.arrays(np.arange(min(_IMAGES, len(supply))), 0))[0]
    return list(inputs) if isinstance(inputs, tuple) else [inputs]


def _chosen(what: str, choice: str, among: Mapping[str, Value]) -> Value:
    if choice not in among:
        raise JobError(f"There is no {what} {choice!r}.", f"Choose one of: {', '.join(among)}.")
    return among[choice]
