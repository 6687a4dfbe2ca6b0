"""Everything that a table, a document or a panel says of predictions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.calibration import Reliability, reliability
from workbench.evaluation.confusion import Averages, ClassMeasures, Counts, averages, class_measures, confusion_matrix
from workbench.evaluation.curves import Areas, areas
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
    reliability: Reliability
    predictions: Predictions

    @property
    def roc_areas(self) -> NDArray[np.float64]:
        """Areas under the ROC curves, each class against the rest; NaN where there is no curve."""
        return self.areas.roc

    @property
    def average_precisions(self) -> NDArray[np.float64]:
        """Average precision of each class; NaN where it has no images."""
        return self.areas.average_precision

    @cached_property
    def areas(self) -> Areas:
        """Worked out when they are first asked for: with a thousand classes that takes seconds."""
        return areas(self.predictions.labels, self.predictions.probabilities)

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
        reliability=reliability(labels, probabilities),
        predictions=predictions,
    )
