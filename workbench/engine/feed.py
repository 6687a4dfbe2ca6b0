"""A project's images on their way into its network, as TensorFlow takes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.data.feed import Division, Feed, divide
from workbench.data.fit import Framing
from workbench.data.source import Indices
from workbench.data.sources import open_source
from workbench.project import Project

_BATCHES_AHEAD = 2
_PIPELINE = "/CPU:0"
"""Where batches are put together: images kept on a GPU would be copied back for every one."""


@dataclass(frozen=True)
class Feeds:
    """A dataset divided by the project's seed and fitted to the network's input."""

    division: Division
    training: Feed
    validation: Feed


def open_feeds(project: Project, input_shape: tuple[int | None, ...]) -> Feeds:
    """Reads, splits and fits the project's dataset. Raises DatasetError."""
    data, seed = project.dataset, project.training.seed
    division = divide(open_source(data.spec), data.validation_share, data.test_share, seed)
    framing = Framing(input_shape, data.fit, data.value_range)
    split = division.split
    return Feeds(
        division, Feed(division, split.training, framing, seed), Feed(division, split.validation, framing, seed)
    )


class Epoch:
    """The epoch that the training's batches belong to, from 0; set as epochs begin."""

    number = 0


def training_batches(feed: Feed, batch_size: int, epoch: Epoch) -> tf.data.Dataset:
    """Batches of (images, targets) in the order of the epoch; one pass over the dataset is one epoch."""

    def positions() -> Iterator[tuple[Indices, int]]:
        number = epoch.number
        order = feed.order(number)
        for start in range(0, len(order), batch_size):
            yield order[start : start + batch_size], number

    return _batches(feed, positions, batch_size)


def ordered_batches(feed: Feed, batch_size: int) -> tf.data.Dataset:
    """Batches of (images, targets) as they come."""

    def positions() -> Iterator[tuple[Indices, int]]:
        for start in range(0, len(feed), batch_size):
            yield np.arange(start, min(start + batch_size, len(feed))), 0

    return _batches(feed, positions, batch_size)


def _batches(feed: Feed, positions, batch_size: int) -> tf.data.Dataset:  # type: ignore[no-untyped-def]
    first: tuple[NDArray[Any], ...] = feed.batch(np.arange(1), 0)
    kinds = [tf.as_dtype(array.dtype) for array in first]

    def read(chosen, number):  # type: ignore[no-untyped-def]
        # Not stateful: with op determinism on, tf.data runs stateful functions one at a time.
        arrays = tf.numpy_function(lambda c, n: tuple(feed.batch(c, int(n))), (chosen, number), kinds, stateful=False)
        for array, example in zip(arrays, first, strict=True):
            array.set_shape((None, *example.shape[1:]))
        return tuple(arrays)

    with tf.device(_PIPELINE):
        signature = tf.TensorSpec((None,), tf.int64), tf.TensorSpec((), tf.int64)
        chosen = tf.data.Dataset.from_generator(positions, output_signature=signature)
        batches = chosen.map(read, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        counted = batches.apply(tf.data.experimental.assert_cardinality(count_batches(feed, batch_size)))
        return counted.prefetch(_BATCHES_AHEAD)


def count_batches(feed: Feed, batch_size: int) -> int:
    """Batches in one epoch; the last may be smaller."""
    return -(-len(feed) // batch_size)
