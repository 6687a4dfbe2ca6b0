"""Spectral normalisation: kernels divided by their largest singular value as the discriminator is applied.

The network as it is drawn stays as it is; its own kernels are what the optimiser changes (Miyato et al., 2018).
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

_SEED = 7919


class SpectralNormalisation:
    """Follows the largest singular value of each kernel by one power iteration a step."""

    def __init__(self, model: keras.Model, seed: int) -> None:
        self._weights = model.trainable_variables
        self._kernels = [place for place, weight in enumerate(self._weights) if len(weight.shape) > 1]
        self.vectors = [
            tf.Variable(
                tf.math.l2_normalize(
                    tf.random.stateless_normal([1, self._weights[place].shape[-1]], [seed, _SEED + n])
                ),
                trainable=False,
                name=f"left_{place:03d}",
            )
            for n, place in enumerate(self._kernels)
        ]
        """Estimates of the singular vectors: they belong into a checkpoint."""

    def iterate(self) -> None:
        """One power iteration for each kernel; to be called once a step."""
        for place, vector in zip(self._kernels, self.vectors, strict=True):
            vector.assign(self._round(self._matrix(place), vector)[1])

    def weights(self) -> list[Any]:
        """The trainable weights in their order, kernels normalised; gradients flow through the division."""
        found: list[Any] = [weight.value for weight in self._weights]
        for place, vector in zip(self._kernels, self.vectors, strict=True):
            matrix = self._matrix(place)
            right, left = self._round(tf.stop_gradient(matrix), vector)
            right, left = tf.stop_gradient(right), tf.stop_gradient(left)
            largest = tf.matmul(tf.matmul(right, matrix), left, transpose_b=True)
            found[place] = found[place] / tf.reshape(largest, [])
        return found

    def _matrix(self, place: int) -> Any:
        weight = self._weights[place].value
        return tf.reshape(weight, [-1, weight.shape[-1]])

    def _round(self, matrix: Any, vector: Any) -> tuple[Any, Any]:
        right = tf.math.l2_normalize(tf.matmul(vector, matrix, transpose_b=True))
        return right, tf.math.l2_normalize(tf.matmul(right, matrix))
