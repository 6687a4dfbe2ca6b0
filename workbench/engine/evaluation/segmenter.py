"""A run's network as one that gives a class to every pixel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.analysis import GraphAnalysis
from workbench.data.fit import Framing
from workbench.engine.errors import JobError
from workbench.engine.evaluation.classifier import Trained
from workbench.engine.evaluation.head import activation_of
from workbench.engine.reading import classifier_graph, read_model
from workbench.project import Project, project_catalogue

Pair = tuple[int, int]
_IMAGES = 4
"""Axes of a batch of images."""
_MOST_CLASSES = 256
_FREE_SIDE, _FREE_STEP = 512, 32
"""Tiles of a network that takes any size: no larger than this, and a multiple that most networks can halve down to."""


@dataclass(frozen=True)
class Segmenter:
    """`model` gives a map of a value for each of `class_names`, or one value for the second of two classes."""

    trained: Trained
    model: keras.Model
    class_names: tuple[str, ...]
    binary: bool

    @property
    def channels(self) -> int | None:
        """Of the images that it takes; None for any."""
        channels: int | None = self.model.inputs[0].shape[3]
        return channels

    @property
    def batch_size(self) -> int:
        """Tiles at a time: what fitted in training fits here."""
        return self.trained.project.training.batch_size

    @property
    def any_size(self) -> bool:
        """Whether it takes images as they are: training showed them so, too."""
        return None in self.model.inputs[0].shape[1:3]

    def sizes(self, shape: Pair) -> tuple[Pair, Pair]:
        """Height and width that enter the network for an image of this shape, and that come out. Raises JobError."""
        height, width = (
            side or min(_FREE_SIDE, -(-wanted // _FREE_STEP) * _FREE_STEP)
            for side, wanted in zip(self.model.inputs[0].shape[1:3], shape, strict=True)
        )
        known = self.model.outputs[0].shape[1:3]
        if None in known:
            channels = self.channels or 3
            known = self.model.compute_output_shape((1, height, width, channels))[1:3]
        given, kept = (height, width), (int(known[0]), int(known[1]))
        if kept[0] > height or kept[1] > width:
            raise JobError(
                f"{self.trained.run.name}: Expected a map no larger than the image, {height}x{width}. "
                f"Received: {kept[0]}x{kept[1]}"
            )
        return given, kept

    def framing(self) -> Framing:
        """How pixels become the network's input, whatever the size."""
        data = self.trained.project.dataset
        return Framing((None, None, self.channels), data.fit, data.value_range)

    def probabilities(self, images: NDArray[Any]) -> NDArray[np.float32]:
        """Images x height x width x classes."""
        return np.asarray(self._outputs(tf.constant(images)))

    @cached_property
    def _outputs(self) -> Any:
        # Traced once for every batch size and, where the network takes any, every size.
        model, read = self.model, _reading(self.model.outputs[0], self.binary)
        signature = tf.TensorSpec((None, *self.model.inputs[0].shape[1:]), tf.float32)
        return tf.function(
            lambda images: read(tf.cast(model(images, training=False), tf.float32)), input_signature=[signature]
        )


def gives_maps(project: Project) -> bool:
    """Whether the network ends in a map, height x width x channels, rather than in one answer for an image."""
    graph = classifier_graph(project)
    analysis = GraphAnalysis(graph, project_catalogue(project.blocks.values()))
    ends = [node.id for node in graph if not graph.topology.out_degree(node.id)]
    shapes = [spec.shape for end in ends for spec in analysis.report(end).outputs.values()]
    return len(shapes) == 1 and len(shapes[0]) == _IMAGES - 1


def build_segmenter(trained: Trained, class_names: tuple[str, ...] = ()) -> Segmenter:
    """The model with the run's weights. `class_names` serve where the run's record has none; else classes are numbers.

    Raises JobError.
    """
    name, model = trained.run.name, read_model(trained.run, trained.project, trained.weights)
    if len(model.inputs) != 1 or len(model.inputs[0].shape) != _IMAGES:
        shapes = " and ".join(str(tuple(tensor.shape[1:])) for tensor in model.inputs)
        raise JobError(f"{name}: Expected a network with one input of images. Received: {shapes}")
    if len(model.outputs) != 1 or len(model.outputs[0].shape) != _IMAGES:
        shapes = " and ".join(str(tuple(tensor.shape[1:])) for tensor in model.outputs)
        raise JobError(f"{name}: Expected a network that gives height x width x classes. Received: {shapes}")
    values = model.outputs[0].shape[3]
    names = trained.class_names or class_names
    binary = values == 1 and len(names) in (0, 2)
    names = names or tuple(map(str, range(2 if binary else values)))
    if not binary and values != len(names):
        raise JobError(f"{name}: Expected a map of {len(names)} classes. Received: {values} values a pixel")
    if len(names) > _MOST_CLASSES:
        raise JobError(f"{name}: Expected at most {_MOST_CLASSES} classes of pixels. Received: {len(names):,}")
    return Segmenter(trained, model, names, binary)


def _reading(output: Any, binary: bool) -> Callable[[Any], Any]:
    """From what the network gives to probabilities, within the traced function."""
    activation = activation_of(output)
    if binary:
        second = (lambda values: values) if activation == "sigmoid" else tf.sigmoid
        return lambda values: tf.concat([1 - second(values), second(values)], axis=-1)
    known: dict[str, Callable[[Any], Any]] = {"softmax": lambda values: values, "sigmoid": _shares}
    read: Callable[[Any], Any] = known.get(activation, tf.nn.softmax)
    return read


def _shares(values: Any) -> Any:
    return values / tf.maximum(tf.reduce_sum(values, axis=-1, keepdims=True), np.finfo(np.float32).tiny)
