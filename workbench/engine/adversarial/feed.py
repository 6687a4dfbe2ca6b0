"""Real images in batches of one size, with their classes where the project is conditional."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.data.progress import Progress
from workbench.data.source import DatasetError
from workbench.engine.adversarial.networks import Networks, encoded, label_input
from workbench.engine.errors import JobError
from workbench.engine.feed import Epoch, open_feeds, training_batches
from workbench.engine.supply import ImageSupply, Unreadable
from workbench.project import Project
from workbench.project.feeds import Feeds

ENOUGH = 64
"""Images that diversity is measured over."""


class RealImages:
    """The training images of a project, fitted to its discriminator. Raises DatasetError, JobError and Cancelled."""

    def __init__(
        self,
        project: Project,
        networks: Networks,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        feeds = open_feeds(project, networks.image_shape, progress, cancel)
        if not len(feeds.training):
            raise DatasetError(
                f"Expected images to train on. Received: none of {len(feeds.division.source)} for training"
            )
        self.feeds: Feeds = feeds
        self.class_names = feeds.division.source.class_names
        self.digest = feeds.division.source.digest
        self.unreadable = Unreadable()
        self.epoch = Epoch()
        self._conditional = project.adversarial.conditional
        self._inputs = [label_input(networks.generator), label_input(networks.discriminator)]
        self._supply = ImageSupply(feeds.training, self.unreadable)
        self.batch_size = min(project.training.batch_size, len(feeds.training))
        if self._conditional:
            self._check_labels()

    def __len__(self) -> int:
        return len(self._supply)

    @property
    def batches(self) -> int:
        """In one epoch: whole ones only, what is left over comes elsewhere in the next order."""
        return len(self) // self.batch_size

    def of_epoch(self, number: int) -> Iterator[tuple[Any, Any]]:
        """(images, labels) in the order of an epoch; labels are () where the project is not conditional.

        Labels are a pair: as the generator's and as the discriminator's input take them.
        """
        self.epoch.number = number
        yield from self._batches()

    def batch(self, epoch: int, number: int) -> tuple[Any, Any]:
        """One of those batches, made again."""
        order = self._supply.order(epoch)[number * self.batch_size : (number + 1) * self.batch_size]
        images, labels = self._supply.arrays(order, epoch)[:2]
        return tf.constant(images), tuple(tf.constant(array) for array in self.labels(labels))

    def some(self) -> NDArray[np.float32]:
        """The images that diversity is compared with."""
        return self._supply.arrays(self._supply.order(0)[:ENOUGH], 0)[0]

    def labels(self, classes: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """Class numbers as both networks take them; () where the project is not conditional."""
        if not self._conditional:
            return ()
        return tuple(encoded(classes, tensor, len(self.class_names)) for tensor in self._inputs)

    def _batches(self) -> tf.data.Dataset:
        shape = (self.batch_size, *self._supply.arrays(np.arange(1), 0)[0].shape[1:])
        kinds = [tf.as_dtype(array.dtype) for array in self.labels(np.zeros(1, np.int64))]
        forms = [array.shape[1:] for array in self.labels(np.zeros(1, np.int64))]

        def fitted(images, labels, *_):  # type: ignore[no-untyped-def]
            made: Callable[[Any], tuple[NDArray[Any], ...]] = self.labels
            given = tf.numpy_function(made, (labels,), kinds, stateful=False) if kinds else []
            for tensor, form in zip(given, forms, strict=True):
                tensor.set_shape((self.batch_size, *form))
            return tf.ensure_shape(images, shape), tuple(given)

        found = training_batches(self._supply, self.batch_size, self.epoch).take(self.batches)
        with tf.device("/CPU:0"):
            return found.map(fitted).prefetch(1)

    def _check_labels(self) -> None:
        if not self.class_names:
            raise JobError("A conditional GAN needs classes; this dataset has none.", "Switch conditional off.")
        for name, tensor in zip(("generator", "discriminator"), self._inputs, strict=True):
            shape, classes = tuple(tensor.shape[1:]), len(self.class_names)
            if shape not in ((), (1,), (classes,)):
                raise JobError(
                    f"{name}: Expected an input `label` of {classes} values, one for each class of the dataset. "
                    f"Received: {shape}",
                    f"Set its shape to ({classes},).",
                )
