"""The five pairs of losses, as functions of the discriminator's scores: logits, one a sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

Scores = Any
"""A float32 tensor of one score a sample."""


@dataclass(frozen=True)
class Losses:
    """Losses a sample. `real` compares the score of a real image with a target (1 but for label smoothing), `fake`
    that of a generated one with 0; `generator` is what the generator wants of the same score. `shown` is what a score
    is told to people as.
    """

    real: Callable[[Scores, float], Scores]
    fake: Callable[[Scores], Scores]
    generator: Callable[[Scores], Scores]
    shown: Callable[[Scores], Scores] = tf.identity
    won_below: float | None = None
    """The discriminator's loss below which the generator learns next to nothing; None where there is no such."""


def _entropy_real(scores: Scores, target: float) -> Scores:
    return target * tf.nn.softplus(-scores) + (1.0 - target) * tf.nn.softplus(scores)


_WASSERSTEIN = Losses(lambda scores, _: -scores, tf.identity, tf.negative)

LOSSES: Mapping[str, Losses] = {
    "non_saturating": Losses(
        _entropy_real, tf.nn.softplus, lambda scores: tf.nn.softplus(-scores), tf.sigmoid, won_below=0.05
    ),
    "least_squares": Losses(
        lambda scores, target: 0.5 * tf.square(scores - target),
        lambda scores: 0.5 * tf.square(scores),
        lambda scores: 0.5 * tf.square(scores - 1.0),
        won_below=0.01,
    ),
    "hinge": Losses(
        lambda scores, _: tf.nn.relu(1.0 - scores), lambda scores: tf.nn.relu(1.0 + scores), tf.negative, won_below=0.02
    ),
    "wgan": _WASSERSTEIN,
    "wgan_gp": _WASSERSTEIN,
}
"""By the keys of `project.adversarial.ADVERSARIAL_LOSSES`."""


def gradient_penalty(score: Callable[[Any], Scores], real: Any, fake: Any, share: Any) -> Any:
    """Mean squared distance from 1 of the gradient's norm, between real and generated images.

    `share` is how much of each pair is real, count x 1 x 1 x 1 (Gulrajani et al., 2017, algorithm 1).
    """
    between = share * real + (1.0 - share) * fake
    with tf.GradientTape() as tape:
        tape.watch(between)
        scores = score(between)
    gradient = tf.cast(tape.gradient(scores, between), tf.float32)
    squared = tf.reduce_sum(tf.square(gradient), axis=list(range(1, len(gradient.shape))))
    # The root has no gradient at 0.
    return tf.reduce_mean(tf.square(tf.sqrt(squared + 1e-12) - 1.0))
