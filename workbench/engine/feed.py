"""A project's data on its way into its network, as TensorFlow takes it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.data.source import DatasetError, Indices
from workbench.data.sources import open_source
from workbench.engine.objective import Target
from workbench.engine.supply import ImageSupply, Supply, Unreadable
from workbench.project import Project
from workbench.project.feeds import Feeds, project_feeds

_BATCHES_AHEAD = 2
_PIPELINE = "/CPU:0"
"""Where batches are put together: images kept on a GPU would be copied back for every one."""


@dataclass(frozen=True)
class Supplies:
    """What a project trains on and is measured by, divided by its seed and fitted to its network."""

    training: Supply
    validation: Supply
    targets: tuple[Target, ...]
    class_names: tuple[str, ...]
    digest: str
    unreadable: Unreadable


def open_feeds(project: Project, input_shape: tuple[int | None, ...]) -> Feeds:
    """Reads, splits and fits the project's images. Raises DatasetError."""
    return project_feeds(project, open_source(project.dataset.spec), input_shape)


def open_supplies(project: Project, model: keras.Model) -> Supplies:
    """What the project's network trains on: images with classes, or arrays by input and output.

    Raises DatasetError, or JobError where the data do not fit the network.
    """
    if len(model.inputs) > 1 or len(model.outputs) > 1 or _holds_named_arrays(project.dataset.spec):
        return _open_arrays(project, model)
    feeds = open_feeds(project, tuple(model.inputs[0].shape[1:]))
    if not len(feeds.training):
        raise DatasetError(f"Expected images to train on. Received: none of {len(feeds.division.source)} for training")
    names, unreadable = feeds.division.source.class_names, Unreadable()
    weights = _class_weights(project, feeds)
    training = ImageSupply(feeds.training, unreadable, weights)
    validation = ImageSupply(feeds.validation, unreadable)
    example = training.arrays(np.arange(1), 0)[1]
    shares = example.dtype.kind == "f"
    target = Target(model.output_names[0], tuple(example.shape[1:]), len(names), shares)
    return Supplies(training, validation, (target,), names, feeds.division.source.digest, unreadable)


def _class_weights(project: Project, feeds: Feeds) -> NDArray[np.float32] | None:
    """By class, so that each has the same share in the loss; None where all images count the same."""
    if project.training.class_weights == "none":
        return None
    source = feeds.division.source
    counts = np.bincount(source.labels[feeds.training.samples], minlength=len(source.class_names))
    present = np.count_nonzero(counts)
    return (counts.sum() / (present * np.maximum(counts, 1))).astype(np.float32)


def _holds_named_arrays(spec: str) -> bool:
    from workbench.data.sources.named_arrays import holds_named_arrays

    return holds_named_arrays(spec)


def _open_arrays(project: Project, model: keras.Model) -> Supplies:
    from workbench.data.sources.named_arrays import open_arrays
    from workbench.engine.named import array_supplies

    inputs = {tensor._keras_history.operation.name: tensor for tensor in model.inputs}
    outputs = dict(zip(model.output_names, model.outputs, strict=True))
    training, validation, targets, digest = array_supplies(
        open_arrays(project.dataset.spec), project.dataset, project.training.seed, inputs, outputs
    )
    return Supplies(training, validation, targets, (), digest, Unreadable())


class Epoch:
    """The epoch that the training's batches belong to, from 0; set as epochs begin."""

    number = 0


def training_batches(supply: Supply, batch_size: int, epoch: Epoch) -> tf.data.Dataset:
    """Batches as `fit` takes them, in the order of the epoch; one pass over the dataset is one epoch."""

    def positions() -> Iterator[tuple[Indices, int]]:
        number = epoch.number
        order = supply.order(number)
        for start in range(0, len(order), batch_size):
            yield order[start : start + batch_size], number

    return _batches(supply, positions, batch_size)


def ordered_batches(supply: Supply, batch_size: int) -> tf.data.Dataset:
    """Batches as they come."""

    def positions() -> Iterator[tuple[Indices, int]]:
        for start in range(0, len(supply), batch_size):
            yield np.arange(start, min(start + batch_size, len(supply))), 0

    return _batches(supply, positions, batch_size)


def one_batch(supply: Supply, batch_size: int, epoch: int = 0, number: int = 0) -> tuple[Any, ...]:
    """A batch of an epoch as `fit` takes it, made again."""
    order = supply.order(epoch)[number * batch_size : (number + 1) * batch_size]
    return supply.packed([tf.constant(array) for array in supply.arrays(order, epoch)])


def _batches(supply: Supply, positions: Any, batch_size: int) -> tf.data.Dataset:
    first = supply.arrays(np.arange(1), 0)
    kinds = [tf.as_dtype(array.dtype) for array in first]

    def read(chosen, number):  # type: ignore[no-untyped-def]
        # Not stateful: with op determinism on, tf.data runs stateful functions one at a time.
        arrays = tf.numpy_function(
            lambda c, n: tuple(supply.arrays(c, int(n))), (chosen, number), kinds, stateful=False
        )
        for array, example in zip(arrays, first, strict=True):
            array.set_shape((None, *example.shape[1:]))
        return supply.packed(arrays)

    with tf.device(_PIPELINE):
        signature = tf.TensorSpec((None,), tf.int64), tf.TensorSpec((), tf.int64)
        chosen = tf.data.Dataset.from_generator(positions, output_signature=signature)
        batches = chosen.map(read, num_parallel_calls=_parallel_calls(), deterministic=True)
        counted = batches.apply(tf.data.experimental.assert_cardinality(count_batches(supply, batch_size)))
        return counted.prefetch(_BATCHES_AHEAD)


def _parallel_calls() -> int:
    """Batches that are made at once: as many as there are cores, which bounds what waits in memory."""
    return max(2, min(len(os.sched_getaffinity(0)), 16))


def count_batches(supply: Supply, batch_size: int) -> int:
    """Batches in one epoch; the last may be smaller."""
    return -(-len(supply) // batch_size)
