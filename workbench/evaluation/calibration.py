"""Whether a network is as sure as it is right (Guo et al., On Calibration of Modern Neural Networks, 2017)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.scores import Labels, predicted

BINS = 15
"""As in the paper."""


@dataclass(frozen=True)
class Reliability:
    """By bins of confidence, (i / bins, (i + 1) / bins]: mean confidence, share that is right, samples; NaN where a bin
    is empty.
    """

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    counts: NDArray[np.int64]

    @property
    def expected_error(self) -> float:
        """ECE: mean distance of confidence and accuracy, weighted by samples; NaN without samples."""
        total = self.counts.sum()
        if not total:
            return float("nan")
        gaps = np.nan_to_num(np.abs(self.confidence - self.accuracy))
        return float(np.sum(gaps * self.counts) / total)

    @property
    def largest_error(self) -> float:
        """MCE: the largest distance of confidence and accuracy; NaN without samples."""
        gaps = np.abs(self.confidence - self.accuracy)[self.counts > 0]
        return float(np.max(gaps)) if len(gaps) else float("nan")


def reliability(labels: Labels, probabilities: NDArray[Any], bins: int = BINS) -> Reliability:
    """Confidence is the predicted class's probability."""
    confidence = np.max(probabilities, axis=1).astype(np.float64) if len(labels) else np.zeros(0)
    right = (predicted(probabilities) == labels).astype(np.float64) if len(labels) else np.zeros(0)
    # Right-closed bins, as in the paper; a confidence of 0 belongs to the first.
    position = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    counts = np.bincount(position, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean_confidence = np.bincount(position, confidence, bins) / counts
        mean_accuracy = np.bincount(position, right, bins) / counts
    return Reliability(mean_confidence, mean_accuracy, counts.astype(np.int64))


def calibration_error(labels: Labels, probabilities: NDArray[Any], bins: int = BINS) -> float:
    """The expected calibration error."""
    return reliability(labels, probabilities, bins).expected_error
