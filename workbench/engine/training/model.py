"""The model that trains: Keras's own step, which changes nothing any more once a number is not finite.

So the weights are still those that gave the first bad number, and its cause can be looked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf


class TrainingModel(keras.Model):
    """A functional model over the layers of another."""

    @classmethod
    def of(cls, model: keras.Model) -> TrainingModel:
        """Trains the very layers of `model`."""
        trained = cls(_one_or_all(model.inputs), _one_or_all(model.outputs), name=model.name)
        trained.bad_step = tf.Variable(-1, dtype=tf.int64, trainable=False)
        trained.step = tf.Variable(0, dtype=tf.int64, trainable=False)
        return trained

    @classmethod
    def behind(cls, model: TrainingModel, tensors: Sequence[Any]) -> TrainingModel:
        """Trains what comes after some of another's tensors, with the same guard."""
        trained = cls(_one_or_all(list(tensors)), _one_or_all(model.outputs), name=model.name)
        trained.bad_step, trained.step = model.bad_step, model.step
        return trained

    @property
    def first_bad_step(self) -> int | None:
        """The step of this session, from 0, whose loss or gradients were not finite; None where there was none."""
        step = int(self.bad_step.numpy())
        return None if step < 0 else step

    def train_step(self, data: Any) -> Any:
        """Keras's step (`keras.backend.tensorflow.trainer`), guarded."""
        x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self._compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)
            self._loss_tracker.update_state(loss, sample_weight=tf.shape(keras.tree.flatten(x)[0])[0])
            scaled = self.optimizer.scale_loss(loss)
        weights = self.trainable_weights
        gradients = tape.gradient(scaled, weights)
        finite = tf.math.is_finite(loss)
        if not isinstance(self.optimizer, keras.optimizers.LossScaleOptimizer):
            # A scaled loss overflows now and then, and its optimiser leaves such a step out by itself.
            present = [gradient for gradient in gradients if gradient is not None]
            finite &= tf.math.is_finite(tf.cast(tf.linalg.global_norm(present), tf.float32))
        sound = tf.logical_and(finite, self.bad_step < 0)
        self.bad_step.assign(tf.where(tf.logical_or(finite, self.bad_step >= 0), self.bad_step, self.step))
        self.step.assign_add(1)

        def update() -> Any:
            self.optimizer.apply_gradients(zip(gradients, weights, strict=True))
            return tf.constant(True)

        tf.cond(sound, update, lambda: tf.constant(False))
        return self.compute_metrics(x, y, y_pred, sample_weight=sample_weight)


def batch_arrays(batch: Any) -> list[np.ndarray]:
    """The input arrays of a batch, in the order of the model's inputs."""
    x, _, _ = keras.utils.unpack_x_y_sample_weight(batch)
    return [np.asarray(tensor) for tensor in keras.tree.flatten(x)]


def _one_or_all(tensors: list[Any]) -> Any:
    return tensors if len(tensors) > 1 else tensors[0]
