"""One number for all samples, or one for each. `labels` are class indices, `probabilities` samples x classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Probabilities = NDArray[Any]
EPSILON = 1e-7
"""Keras's: a probability is never taken for less, so that no loss is infinite."""


def predicted(probabilities: Probabilities) -> Labels:
    """The most probable class of each sample, the first of equals."""
    return np.asarray(np.argmax(probabilities, axis=1), np.int64)


def accuracy(labels: Labels, guesses: Labels) -> float:
    """Share of the samples whose class was found; NaN where there are none."""
    return float(np.mean(labels == guesses)) if len(labels) else float("nan")


def top_k_accuracy(labels: Labels, probabilities: Probabilities, k: int) -> float:
    """Share of the samples whose class is among the `k` most probable.

    Of classes with equal probabilities the later one comes first, as in scikit-learn.
    """
    if not len(labels):
        return float("nan")
    order = np.argsort(probabilities, axis=1, kind="stable")[:, ::-1]
    return float(np.mean(np.any(order[:, :k] == labels[:, np.newaxis], axis=1)))


def sample_losses(labels: Labels, probabilities: Probabilities) -> NDArray[np.float64]:
    """Cross-entropy of each sample: minus the logarithm of the true class's probability."""
    true = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return np.asarray(-np.log(np.clip(true, EPSILON, 1.0 - EPSILON)))
