"""The generator of a run, ready to give images."""

from __future__ import annotations

import keras

from workbench.engine.compile import build_model
from workbench.engine.errors import JobError
from workbench.engine.reading import read_project, read_snapshot
from workbench.engine.variables import restore_model
from workbench.project import Project, is_adversarial, project_catalogue
from workbench.project.adversarial import GENERATOR
from workbench.runs import Run, read_checkpoint

AVERAGE = "generator_average"
"""First part of the keys of the generator's running mean in a checkpoint."""


def load_generator(run: Run, epoch: int | None = None, ema: bool = True) -> keras.Model:
    """The generator after an epoch: 0 as it began, None as it was last. Its images are float32 in the data's range.

    `ema`: with the running mean of its weights, where the run keeps one. A conditional generator's second input is
    `label`. Raises JobError where the run is no GAN's, RunStoreError where there is no such checkpoint.
    """
    project = read_project(read_snapshot(run), str(run.project_file))
    if not is_adversarial(project):
        raise JobError(f"The run {run.name} has no generator: it is not a GAN's.", "Choose the run of a GAN.")
    model = build_generator(project, run.record.seed)
    if epoch == 0:
        return model
    path = run.weights_file("last") if epoch is None else run.epoch_file(epoch)
    variables = read_checkpoint(path).variables
    averaged = ema and any(key.startswith(f"{AVERAGE}/") for key in variables)
    restore_model(model, variables, AVERAGE if averaged else GENERATOR)
    return model


def build_generator(project: Project, seed: int) -> keras.Model:
    """The generator with its initial weights. Raises JobError."""
    return build_model(project.graph(GENERATOR), seed, project_catalogue(project.blocks.values()))
