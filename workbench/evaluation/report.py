"""Everything that a table, a document or a panel says of predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.calibration import Reliability, reliability
from workbench.evaluation.confusion import Averages, ClassMeasures, Counts, averages, class_measures, confusion_matrix
from workbench.evaluation.curves import area_under_roc, average_precision
from workbench.evaluation.predictions import Predictions
from workbench.evaluation.scores import accuracy, top_k_accuracy

TOP = 5


@dataclass(frozen=True)
class Report:
    """Measures of labelled predictions; by class where they are arrays."""

    images: int
    accuracy: float
    top_5: float | None
    """None with five classes or fewer, where it would always be 1."""
    loss: float
    confusion: Counts
    by_class: ClassMeasures
    averages: dict[str, Averages]
    roc_areas: NDArray[np.float64]
    average_precisions: NDArray[np.float64]
    reliability: Reliability

    @property
    def macro_roc_area(self) -> float:
        """Mean over the classes that have a curve; NaN where none has."""
        known = self.roc_areas[~np.isnan(self.roc_areas)]
        return float(np.mean(known)) if len(known) else float("nan")

    @property
    def calibration_error(self) -> float:
        """ECE."""
        return self.reliability.expected_error


def report_on(predictions: Predictions) -> Report:
    """Judges predictions whose true classes are known."""
    labels, probabilities = predictions.labels, predictions.probabilities
    guesses, classes = predictions.predicted, len(predictions.class_names)
    confusion = confusion_matrix(labels, guesses, classes)
    return Report(
        images=len(predictions),
        accuracy=accuracy(labels, guesses),
        top_5=top_k_accuracy(labels, probabilities, TOP) if classes > TOP else None,
        loss=float(np.mean(predictions.losses)) if len(predictions) else float("nan"),
        confusion=confusion,
        by_class=class_measures(confusion),
        averages=averages(confusion),
        roc_areas=area_under_roc(labels, probabilities),
        average_precisions=average_precision(labels, probabilities),
        reliability=reliability(labels, probabilities),
    )
