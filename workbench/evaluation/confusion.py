"""Which class was taken for which, and what that makes of each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.scores import Labels

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def confusion_matrix(labels: Labels, guesses: Labels, classes: int) -> Counts:
    """Samples by true class (row) and predicted class (column)."""
    flat = np.bincount(labels * classes + guesses, minlength=classes * classes)
    return np.asarray(flat.reshape(classes, classes), np.int64)


@dataclass(frozen=True)
class ClassMeasures:
    """For each class; 0 where nothing was predicted (precision) or there is nothing (recall), as in scikit-learn."""

    precision: Floats
    """Right among those taken for the class."""
    recall: Floats
    """Found among those of the class."""
    f1: Floats
    """Harmonic mean of both."""
    support: Counts
    """Samples of the class."""


def class_measures(confusion: Counts) -> ClassMeasures:
    """Precision, recall and F1 of each class."""
    right, true, guessed = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    return ClassMeasures(_ratio(right, guessed), _ratio(right, true), _ratio(2 * right, true + guessed), true)


@dataclass(frozen=True)
class Averages:
    """Precision, recall and F1 of all classes together."""

    precision: float
    recall: float
    f1: float


def averages(confusion: Counts) -> dict[str, Averages]:
    """ "macro": classes count alike, those that neither occur nor are predicted left out; "weighted": by their
    samples; "micro": over all samples, which for single-label classification is the accuracy three times.
    """
    measures = class_measures(confusion)
    values = {name: getattr(measures, name) for name in ("precision", "recall", "f1")}
    seen = (confusion.sum(axis=0) + confusion.sum(axis=1)) > 0
    share = float(_ratio(np.trace(confusion), confusion.sum()))
    return {
        "macro": Averages(**{name: _mean(value[seen]) for name, value in values.items()}),
        "weighted": Averages(**{name: _mean(value, measures.support) for name, value in values.items()}),
        "micro": Averages(share, share, share),
    }


def _ratio(part: Any, whole: Any) -> Floats:
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    return np.asarray(np.divide(part, whole, out=np.zeros_like(part), where=whole > 0))


def _mean(values: Floats, weights: Counts | None = None) -> float:
    if weights is not None and not weights.sum():
        return 0.0
    return float(np.average(values, weights=weights)) if len(values) else 0.0
