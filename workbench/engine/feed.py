"""Images and labels on their way into a network: split, fitted to its input, in an order of the seed alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.data.dataset import Dataset, open_dataset
from workbench.data.fit import fit_to_input
from workbench.data.split import stratified_split
from workbench.project import Project

_BATCHES_AHEAD = 2
_PIPELINE = "/CPU:0"
"""Where batches are put together: images kept on a GPU would be copied back for every one."""


@dataclass(frozen=True)
class Examples:
    """`images` float32, count x height x width x channels, as the network takes them; `labels` class indices."""

    images: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Division:
    """A dataset divided by the project's seed and fitted to the network's input."""

    dataset: Dataset
    training: Examples
    validation: Examples


def divide(project: Project, input_shape: tuple[int | None, ...]) -> Division:
    """Reads, splits and fits the project's dataset. Raises DatasetError."""
    dataset = open_dataset(project.dataset.spec)
    split = stratified_split(dataset.labels, project.dataset.validation_share, project.training.seed)
    training, validation = (
        Examples(
            fit_to_input(dataset.images[indices], input_shape, dataset.value_max),
            dataset.labels[indices],
        )
        for indices in (split.training, split.validation)
    )
    return Division(dataset, training, validation)


class Order:
    """The order of the training images: a pure function of the seed and `epoch` (from 0), set as epochs begin."""

    def __init__(self, seed: int, count: int) -> None:
        self.epoch = 0
        self._seed = seed
        self._count = count

    def indices(self) -> Iterator[NDArray[np.int64]]:
        """One permutation, of the epoch that begins now."""
        yield np.random.default_rng((self._seed, self.epoch)).permutation(self._count)


def training_batches(examples: Examples, batch_size: int, order: Order) -> tf.data.Dataset:
    """Batches of (images, labels) in the order of the epoch; one pass over the dataset is one epoch."""
    signature = tf.TensorSpec((len(examples),), tf.int64)
    with tf.device(_PIPELINE):
        images, labels = tf.constant(examples.images), tf.constant(examples.labels)
        permutation = tf.data.Dataset.from_generator(order.indices, output_signature=signature)
        indices = permutation.flat_map(tf.data.Dataset.from_tensor_slices).batch(batch_size)
        batches = indices.map(lambda chosen: (tf.gather(images, chosen), tf.gather(labels, chosen)))
        counted = batches.apply(tf.data.experimental.assert_cardinality(count_batches(examples, batch_size)))
        return counted.prefetch(_BATCHES_AHEAD)


def ordered_batches(examples: Examples, batch_size: int) -> tf.data.Dataset:
    """Batches of (images, labels) as they come."""
    with tf.device(_PIPELINE):
        examples_one_by_one = tf.data.Dataset.from_tensor_slices((examples.images, examples.labels))
        return examples_one_by_one.batch(batch_size).prefetch(_BATCHES_AHEAD)


def count_batches(examples: Examples, batch_size: int) -> int:
    """Batches in one epoch; the last may be smaller."""
    return -(-len(examples) // batch_size)
