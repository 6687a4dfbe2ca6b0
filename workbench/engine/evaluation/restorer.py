"""A run's network as one that gives an image for an image."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from workbench.data.fit import Framing, Pixels, value_bounds
from workbench.engine.errors import JobError
from workbench.engine.evaluation.classifier import Trained
from workbench.engine.reading import read_model
from workbench.graph import edits
from workbench.layers import CATALOGUE
from workbench.project import LiveAnalysis, Project, loads
from workbench.project.edits import InGraph
from workbench.project.file import dumps
from workbench.project.outputs import output_of

_IMAGES = 4
"""Axes of a batch of images."""
MOST_PIXELS = 2048 * 2048
"""Of an image that a network takes in one go."""


def gives_images(project: Project) -> bool:
    """Whether the network's output is compared with an image."""
    return project.dataset.target == "image"


@dataclass(frozen=True)
class Restorer:
    """`model` has one input and one output of height x width x channels; `any_size` where they may vary."""

    trained: Trained
    model: keras.Model
    any_size: bool = False

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Height, width and channels."""
        return tuple(self.model.inputs[0].shape[1:])

    @property
    def framing(self) -> Framing:
        """How images become the network's input."""
        data = self.trained.project.dataset
        return Framing(self.input_shape, data.fit, data.value_range)

    def outputs(self, images: Pixels) -> Pixels:
        """Batch x height x width x channels in the run's range of values."""
        return np.asarray(self._outputs(tf.constant(images)), np.float32)

    def shares(self, values: Pixels) -> Pixels:
        """Values in the run's range as values from 0 to 1; what is beyond black and full brightness is cut off."""
        low, high = value_bounds(self.trained.project.dataset.value_range)
        return np.asarray(np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1), np.float32)

    @cached_property
    def _outputs(self) -> Any:
        model = self.model
        signature = tf.TensorSpec((None, *self.input_shape), tf.float32)
        return tf.function(
            lambda images: tf.cast(model(images, training=False), tf.float32), input_signature=[signature]
        )


def build_restorer(trained: Trained, *, any_size: bool = False) -> Restorer:
    """The model with the run's weights; with `any_size`, where the network can be, for images of every size.

    Raises JobError.
    """
    freed = _freed(trained.project) if any_size else None
    model = read_model(trained.run, freed or trained.project, trained.weights)
    ends = (*model.inputs, *model.outputs)
    if len(ends) != 2 or any(len(end.shape) != _IMAGES for end in ends):
        shapes = " and ".join(str(tuple(end.shape[1:])) for end in ends)
        raise JobError(f"{trained.run.name}: Expected a network from an image to an image. Received: {shapes}")
    return Restorer(trained, model, freed is not None)


def _freed(project: Project) -> Project | None:
    """The project with an input of any height and width; None where its layers need the size that they were given."""
    freed = loads(dumps(project), "project").project
    (graph,) = freed.graphs.values()
    starts = [node for node in graph if node.type == "input"]
    if len(starts) != 1:
        return None
    channels = starts[0].params["shape"][-1]
    shape = {"shape": [None, None, channels]}
    freed.apply(InGraph(graph.name, edits.set_params(graph, starts[0].id, shape, CATALOGUE["input"].defaults)))
    analysis = LiveAnalysis(freed)
    sound = not analysis.errors
    analysis.close()
    return freed if sound and output_of(freed, (None, None, None)).scale is not None else None
