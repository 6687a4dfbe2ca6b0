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

from workbench.data.fit import Framing
from workbench.engine.errors import JobError
from workbench.engine.evaluation.classifier import Trained
from workbench.engine.evaluation.head import activation_of
from workbench.engine.reading import read_model
from workbench.project import Project
from workbench.project.outputs import output_of

Pair = tuple[int, int]
_IMAGES = 4
"""Axes of a batch of images."""
_MOST_CLASSES = 255
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
        """Height and width that enter the network for an image of this shape, and those of them that it maps."""
        height, width = (
            side or min(_FREE_SIDE, -(-wanted // _FREE_STEP) * _FREE_STEP)
            for side, wanted in zip(self.model.inputs[0].shape[1:3], shape, strict=True)
        )
        given = height, width
        scales = self._scale or (None, None)
        rows, columns = (_kept(*sizes) for sizes in zip(self._map_size(given), scales, given, strict=True))
        return given, (rows, columns)

    @cached_property
    def _scale(self) -> tuple[float, float] | None:
        """Positions of the map for one of the image; None where the map is of the whole image."""
        return output_of(self.trained.project, tuple(self.model.inputs[0].shape[1:])).scale

    def _map_size(self, given: Pair) -> Pair:
        """Rows and columns that the network gives for an input of this size."""
        known = self.model.outputs[0].shape[1:3]
        if None in known:
            known = self.model.compute_output_shape((1, *given, self.channels or 3))[1:3]
        return int(known[0]), int(known[1])

    def framing(self) -> Framing:
        """How pixels become the network's input, whatever the size."""
        data = self.trained.project.dataset
        return Framing((None, None, self.channels), data.fit, data.value_range)

    def probabilities(self, images: NDArray[Any], kept: Pair) -> NDArray[np.float32]:
        """Images x height x width x classes, of the size `kept`: a coarser map is enlarged between its positions."""
        found = self._outputs(tf.constant(images))
        if tuple(found.shape[1:3]) != kept:
            found = tf.image.resize(found, kept)
        return np.asarray(found)

    @cached_property
    def _outputs(self) -> Any:
        # Traced once for every batch size and, where the network takes any, every size.
        model, read = self.model, _reading(self.model.outputs[0], self.binary)
        signature = tf.TensorSpec((None, *self.model.inputs[0].shape[1:]), tf.float32)
        return tf.function(
            lambda images: read(tf.cast(model(images, training=False), tf.float32)), input_signature=[signature]
        )


def _kept(size: int, scale: float | None, given: int) -> int:
    """Pixels of the image that a side of the map shows: those in the middle, as its targets were cropped."""
    return given if scale is None else min(given, max(1, round(size / scale)))


def gives_maps(project: Project) -> bool:
    """Whether the network ends in a map, height x width x channels, rather than in one answer for an image."""
    return len(output_of(project, (None, None, None)).shape) == _IMAGES - 1 and len(project.graphs) == 1


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
