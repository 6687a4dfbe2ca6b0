"""A run's generator with what it takes: from points of the latent space to images as bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.data.grid import visible
from workbench.engine import runtime
from workbench.engine.adversarial.generator import load_generator
from workbench.engine.adversarial.networks import arranged, encoded, label_input, latent_input
from workbench.engine.errors import JobError
from workbench.engine.reading import read_project, read_snapshot
from workbench.project import Project
from workbench.protocol import LAST
from workbench.runs import Run

Pictures = NDArray[np.uint8]
_BATCH = 64
"""Points at a time, filled up where there are fewer: how a batch is computed must not depend on how many are asked for,
or sample k would differ in its last bit."""


@dataclass(frozen=True)
class Points:
    """Where images are made: `latents` points x size, `labels` their classes, -1 where there are none."""

    latents: NDArray[np.float32]
    labels: NDArray[np.int64]


@dataclass(frozen=True)
class Sampler:
    """`class_names` are () where the generator takes no class; `epoch` is the one that its weights are of."""

    run: Run
    project: Project
    model: keras.Model
    class_names: tuple[str, ...]
    epoch: int

    @property
    def latent_size(self) -> int:
        """Numbers in a point."""
        return int(latent_input(self.model).shape[-1])

    @property
    def image_shape(self) -> tuple[int | None, ...]:
        """Height, width, channels."""
        return tuple(self.model.outputs[0].shape[1:])

    def images(self, points: Points, made: Callable[[int], object] = lambda count: None) -> Pictures:
        """Count x height x width x 1 (grey) or 3. `made` hears of every batch, and may raise to end this."""
        parts = []
        for start in range(0, len(points.latents), _BATCH):
            latents, labels = points.latents[start : start + _BATCH], points.labels[start : start + _BATCH]
            parts.append(self._bytes(self.outputs(self.model, latents, labels)))
            made(len(latents))
        return np.concatenate(parts)

    def outputs(self, model: keras.Model, latents: NDArray[Any], labels: NDArray[Any]) -> NDArray[np.float32]:
        """What the generator, or a part of it, gives for at most a batch of points. A single point goes alone."""
        count = len(latents)
        rows = np.arange(_BATCH if count > 1 else 1) % count
        given: list[Any] = []
        if self.class_names:
            given = [tf.constant(encoded(labels[rows], label_input(self.model), len(self.class_names)))]
        call = self._call if model is self.model else model
        values = call(arranged(self.model, tf.constant(latents[rows]), given))
        return np.asarray(values, np.float32)[:count]

    @cached_property
    def _call(self) -> Any:
        model = self.model
        return tf.function(lambda inputs: model(inputs, training=False), reduce_retracing=True)

    def _bytes(self, values: NDArray[np.float32]) -> Pictures:
        shown = values[..., :3] if values.shape[-1] >= 3 else values[..., :1]
        pictures = visible(shown, self.project.dataset.value_range)
        return pictures[..., : shown.shape[-1]]


def open_sampler(folder: str, epoch: int, averaged: bool, device: str) -> Sampler:
    """The run's generator, kept for the next job. Raises JobError, RunStoreError or ProjectFileError."""
    run = Run.open(Path(folder))
    if epoch < LAST:
        raise JobError(f"Expected an epoch of 0 or more, or {LAST} for the last. Received: {epoch}")
    stamp = 0 if epoch == 0 else _weights(run, epoch).stat().st_mtime_ns
    key = (str(run.folder), epoch, averaged, device, stamp)
    found: Sampler = runtime.kept("generator", key, lambda: _sampler(run, epoch, averaged))
    return found


def _weights(run: Run, epoch: int) -> Path:
    return run.weights_file("last") if epoch == LAST else run.epoch_file(epoch)


def _sampler(run: Run, epoch: int, averaged: bool) -> Sampler:
    project = read_project(read_snapshot(run), str(run.project_file))
    model = load_generator(run, None if epoch == LAST else epoch, averaged)
    shape = tuple(latent_input(model).shape[1:])
    if len(shape) != 1 or not shape[0]:
        raise JobError(f"{run.name}: Expected a generator that takes a vector of fixed size. Received: {shape}")
    names = run.record.class_names if label_input(model) is not None else ()
    if label_input(model) is not None and not names:
        raise JobError(f"{run.name}: the run does not say what its classes are called.", "Train again.")
    return Sampler(run, project, model, names, run.record.epochs if epoch == LAST else epoch)
