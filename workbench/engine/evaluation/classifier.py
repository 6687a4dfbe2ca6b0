"""A run's network as a classifier: from framed images to probabilities of named classes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.data.fit import Framing
from workbench.engine.errors import JobError
from workbench.engine.evaluation.head import Head, head_of
from workbench.engine.reading import read_model, read_project
from workbench.project import Project
from workbench.runs import Run, RunStoreError
from workbench.runs.run import Weights

Images = NDArray[Any]
Probabilities = NDArray[np.float32]
_LEAST_BATCH = 32


@dataclass(frozen=True)
class Trained:
    """A run that holds weights, with its project."""

    run: Run
    project: Project
    weights: Weights

    @property
    def class_names(self) -> tuple[str, ...]:
        """As the dataset had them when it was trained; () where the record does not say."""
        return self.run.record.class_names

    @property
    def batch_size(self) -> int:
        """Images at a time: what fitted in training fits here."""
        return max(_LEAST_BATCH, self.project.training.batch_size)


@dataclass(frozen=True)
class Classifier:
    """`model` has one input of height x width x channels and tells `class_names` apart."""

    trained: Trained
    model: keras.Model
    class_names: tuple[str, ...]
    head: Head

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Height, width and channels."""
        return tuple(self.model.inputs[0].shape[1:])

    @property
    def batch_size(self) -> int:
        """One where images may differ in size."""
        return 1 if None in self.input_shape else self.trained.batch_size

    def framing(self, shape: tuple[int | None, ...] | None = None) -> Framing:
        """How images become the network's input, or one of another shape."""
        data = self.trained.project.dataset
        return Framing(shape or self.input_shape, data.fit, data.value_range)

    def probabilities(self, images: Images) -> Probabilities:
        """Images x classes."""
        return self.head.probabilities(np.asarray(self._outputs(tf.constant(images)), np.float32))

    @cached_property
    def _outputs(self) -> Any:
        # Traced once for every batch size; Keras's own `predict` may compile with XLA for each.
        model, shape = self.model, (None, *self.input_shape)
        signature = tf.TensorSpec(shape, tf.float32)
        return tf.function(lambda images: model(images, training=False), input_signature=[signature])


def open_trained(folder: str, weights: str) -> Trained:
    """A run's folder. Raises RunStoreError where there are no weights, JobError or ProjectFileError."""
    if weights not in ("best", "last"):
        raise JobError(f"There are no weights {weights!r}.", "Choose one of: best, last.")
    which = cast(Weights, weights)
    run = Run.open(Path(folder))
    run.weights_file(which)  # said before anything slow begins
    try:
        content = run.project_file.read_bytes()
    except OSError as error:
        raise RunStoreError(f"{run.project_file}: cannot be read: {error.strerror or error}") from error
    return Trained(run, read_project(content, str(run.project_file)), which)


def open_all(folders: tuple[str, ...], weights: str) -> tuple[Trained, ...]:
    """Runs that tell the same classes apart. Raises JobError, RunStoreError or ProjectFileError."""
    if not folders:
        raise JobError("Expected at least one run.")
    opened = tuple(open_trained(folder, weights) for folder in folders)
    first = opened[0]
    for other in opened[1:]:
        if other.class_names != first.class_names:
            raise JobError(
                f"Runs of an ensemble tell the same classes apart: {first.run.name} has {_listed(first.class_names)}; "
                f"{other.run.name} has {_listed(other.class_names)}."
            )
    return opened


def build_classifier(trained: Trained, class_names: tuple[str, ...] = ()) -> Classifier:
    """The model with the run's weights. `class_names` serve where the run's record has none. Raises JobError."""
    model = read_model(trained.run, trained.project, trained.weights)
    if len(model.inputs) != 1 or len(model.inputs[0].shape) != 4:
        shapes = " and ".join(str(tuple(tensor.shape[1:])) for tensor in model.inputs)
        raise JobError(f"{trained.run.name}: Expected a network with one input of images. Received: {shapes}")
    names = trained.class_names or class_names
    return Classifier(trained, model, names, head_of(model, len(names), trained.run.name))


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:5])
    return f"{len(names)} classes ({shown}, …)" if len(names) > 5 else f"{len(names)} classes ({shown})"
