"""A project's data on its way into its network, as TensorFlow takes it."""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.data.fit import value_bounds
from workbench.data.progress import Progress as DataProgress
from workbench.data.source import DatasetError, Indices
from workbench.data.sources import ArraySet, open_arrays
from workbench.data.sources.npz import is_multiple
from workbench.engine.masks import mask_target
from workbench.engine.named import array_supplies
from workbench.engine.objective import Target
from workbench.engine.supply import ImageSupply, Supply, Unreadable
from workbench.project import Project
from workbench.project.feeds import Feeds, open_dataset, project_feeds

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


def open_feeds(
    project: Project,
    input_shape: tuple[int | None, ...],
    progress: DataProgress | None = None,
    cancel: threading.Event | None = None,
) -> Feeds:
    """Reads, splits and fits the project's images. Raises DatasetError, and Cancelled."""
    return project_feeds(project, open_dataset(project.dataset, progress, cancel), input_shape)


def open_supplies(
    project: Project,
    model: keras.Model,
    progress: DataProgress | None = None,
    cancel: threading.Event | None = None,
) -> Supplies:
    """What the project's network trains on: images with classes, or arrays by input and output.

    Raises DatasetError or Cancelled, or JobError where the data do not fit the network.
    """
    if len(model.inputs) > 1 or len(model.outputs) > 1 or _holds_named_arrays(project.dataset.spec):
        return _open_arrays(project, model, open_arrays(project.dataset.spec, progress, cancel))
    feeds = open_feeds(project, tuple(model.inputs[0].shape[1:]), progress, cancel)
    if not len(feeds.training):
        raise DatasetError(f"Expected images to train on. Received: none of {len(feeds.division.source)} for training")
    names, unreadable = feeds.division.source.class_names, Unreadable()
    classes = feeds.target == "classes"
    training = ImageSupply(feeds.training, unreadable, _class_weights(project, feeds) if classes else None)
    validation = ImageSupply(feeds.validation, unreadable)
    example = training.arrays(np.arange(1), 0)[1]
    name, shape = model.output_names[0], tuple(example.shape[1:])
    if feeds.target == "masks":
        target = mask_target(project, feeds, name, example, progress, cancel)
    else:
        bounds = value_bounds(project.dataset.value_range) if feeds.target == "image" else None
        shared = classes and example.dtype.kind == "f"
        target = Target(name, shape, len(names) if classes else None, shared, bounds=bounds)
    names = () if feeds.target == "image" else names
    return Supplies(training, validation, (target,), names, feeds.division.source.digest, unreadable)


def _class_weights(project: Project, feeds: Feeds) -> NDArray[np.float32] | None:
    """By class, so that each has the same share in the loss; None where all images count the same."""
    if project.training.class_weights == "none":
        return None
    source = feeds.division.source
    counts = np.bincount(source.labels[feeds.training.samples], minlength=len(source.class_names))
    present = np.count_nonzero(counts)
    return np.asarray(counts.sum() / (present * np.maximum(counts, 1)), np.float32)


def _holds_named_arrays(spec: str) -> bool:
    path = Path(spec).expanduser()
    return path.suffix.lower() == ".npz" and path.is_file() and is_multiple(path)


def _open_arrays(project: Project, model: keras.Model, arrays: ArraySet) -> Supplies:
    inputs = {tensor._keras_history.operation.name: tensor for tensor in model.inputs}
    outputs = dict(zip(model.output_names, model.outputs, strict=True))
    seed, loss = project.training.seed, project.training.loss
    training, validation, targets = array_supplies(arrays, project.dataset, seed, loss, inputs, outputs)
    return Supplies(training, validation, targets, (), arrays.digest, Unreadable())


class Epoch:
    """The epoch that the training's batches belong to, from 0; set as epochs begin."""

    number = 0


class _InOrder:
    """Positions of each batch in the order of the running epoch, which is worked out once."""

    def __init__(self, supply: Supply, batch_size: int, epoch: Epoch) -> None:
        self._supply = supply
        self._size = batch_size
        self._epoch = epoch
        self._known: tuple[int, Indices] | None = None
        self._lock = threading.Lock()

    def __call__(self, number: int) -> tuple[Indices, int]:
        epoch = self._epoch.number
        with self._lock:
            if self._known is None or self._known[0] != epoch:
                self._known = epoch, self._supply.order(epoch)
            order = self._known[1]
        return order[number * self._size : (number + 1) * self._size], epoch


def training_batches(supply: Supply, batch_size: int, epoch: Epoch) -> tf.data.Dataset:
    """Batches as `fit` takes them, in the order of the epoch; one pass over the dataset is one epoch."""
    return _batches(supply, _InOrder(supply, batch_size, epoch), batch_size)


def ordered_batches(supply: Supply, batch_size: int) -> tf.data.Dataset:
    """Batches as they come."""

    def positions(number: int) -> tuple[Indices, int]:
        return np.arange(number * batch_size, min((number + 1) * batch_size, len(supply))), 0

    return _batches(supply, positions, batch_size)


def one_batch(supply: Supply, batch_size: int, epoch: int = 0, number: int = 0) -> tuple[Any, ...]:
    """A batch of an epoch as `fit` takes it, made again."""
    order = supply.order(epoch)[number * batch_size : (number + 1) * batch_size]
    return supply.packed([tf.constant(array) for array in supply.arrays(order, epoch)])


def _batches(supply: Supply, positions: Callable[[int], tuple[Indices, int]], batch_size: int) -> tf.data.Dataset:
    first = supply.arrays(np.arange(1), 0)
    kinds = [tf.as_dtype(array.dtype) for array in first]

    def made(number: Any) -> tuple[NDArray[Any], ...]:
        return supply.arrays(*positions(int(number)))

    def read(number):  # type: ignore[no-untyped-def]
        # Not stateful: with op determinism on, tf.data runs stateful functions one at a time.
        arrays = tf.numpy_function(made, (number,), kinds, stateful=False)
        for array, example in zip(arrays, first, strict=True):
            array.set_shape((None, *example.shape[1:]))
        return supply.packed(arrays)

    with tf.device(_PIPELINE):
        # Numbers, not a generator: that one is stateful, too, and would make everything after it wait in turn.
        numbers = tf.data.Dataset.range(count_batches(supply, batch_size))
        return numbers.map(read, num_parallel_calls=_parallel_calls(), deterministic=True).prefetch(_BATCHES_AHEAD)


def _parallel_calls() -> int:
    """Batches that are made at once: as many as there are cores, which bounds what waits in memory."""
    return max(2, min(len(os.sched_getaffinity(0)), 16))


def count_batches(supply: Supply, batch_size: int) -> int:
    """Batches in one epoch; the last may be smaller."""
    return -(-len(supply) // batch_size)
