"""One number for all samples, or one for each. `labels` are class indices, `probabilities` samples x classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int64]
Probabilities = NDArray[Any]
EPSILON = 1e-7
"""Keras's: a probability is never taken for less, so that no loss is infinite."""

_ROWS = 4096
"""Worked on at a time: what is compared in between takes no memory to speak of."""


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
    later = np.arange(probabilities.shape[1])
    found = 0
    for start in range(0, len(labels), _ROWS):
        rows, true = probabilities[start : start + _ROWS], labels[start : start + _ROWS, np.newaxis]
        scores = np.take_along_axis(rows, true, axis=1)
        before = np.count_nonzero((rows > scores) | ((rows == scores) & (later > true)), axis=1)
        found += int(np.count_nonzero(before < k))
    return found / len(labels)


def sample_losses(labels: Labels, probabilities: Probabilities) -> NDArray[np.float64]:
    """Cross-entropy of each sample: minus the logarithm of the true class's probability."""
    true = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return np.asarray(-np.log(np.clip(true, EPSILON, 1.0 - EPSILON)))
