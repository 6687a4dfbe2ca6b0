"""One class against the rest, at every threshold. `members` says which samples are of the class, `scores` how sure the
network is of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Roc:
    """Rates from (0, 0) to (1, 1); the first threshold is infinite."""

    false_positive: Floats
    true_positive: Floats
    thresholds: Floats

    @property
    def area(self) -> float:
        """Under the curve, by trapezoids: ties count half, as in the Mann-Whitney statistic."""
        return float(np.trapezoid(self.true_positive, self.false_positive))


def roc_curve(members: NDArray[np.bool_], scores: NDArray[Any]) -> Roc | None:
    """The receiver operating characteristic; None where all samples or none are of the class."""
    positives = int(np.count_nonzero(members))
    negatives = len(members) - positives
    if not positives or not negatives:
        return None
    true, false, thresholds = _cumulative(members, scores)
    return Roc(
        np.concatenate([[0.0], false / negatives]),
        np.concatenate([[0.0], true / positives]),
        np.concatenate([[np.inf], thresholds]),
    )


@dataclass(frozen=True)
class PrecisionRecall:
    """From the strictest threshold to the laxest, which finds all; the point (0, 1) that has no threshold first."""

    precision: Floats
    recall: Floats
    thresholds: Floats

    @property
    def average_precision(self) -> float:
        """Mean of precision over the steps of recall, without interpolation."""
        return float(np.sum(np.diff(self.recall) * self.precision[1:]))


def precision_recall_curve(members: NDArray[np.bool_], scores: NDArray[Any]) -> PrecisionRecall | None:
    """Precision and recall at every threshold; None where no sample is of the class."""
    positives = int(np.count_nonzero(members))
    if not positives:
        return None
    true, false, thresholds = _cumulative(members, scores)
    return PrecisionRecall(
        np.concatenate([[1.0], true / (true + false)]), np.concatenate([[0.0], true / positives]), thresholds
    )


class Areas(NamedTuple):
    """Of each class against the rest; NaN where it has no samples, for `roc` also where it has all."""

    roc: Floats
    average_precision: Floats


def areas(labels: NDArray[np.int64], probabilities: NDArray[Any]) -> Areas:
    """Areas under the curves of every class: of a thousand classes with one sorting for each."""
    found = [_areas_of(labels == index, probabilities[:, index]) for index in range(probabilities.shape[1])]
    roc, precision = np.array(found, np.float64).reshape(-1, 2).T
    return Areas(roc, precision)


def _areas_of(members: NDArray[np.bool_], scores: NDArray[Any]) -> tuple[float, float]:
    positives = int(np.count_nonzero(members))
    negatives = len(members) - positives
    if not positives:
        return float("nan"), float("nan")
    true, false, _ = _cumulative(members, scores)
    steps = np.diff(true, prepend=0.0)
    precision = float(np.sum(steps * true / (true + false)) / positives)
    if not negatives:
        return float("nan"), precision
    area = np.sum(steps * (false + np.concatenate([[0.0], false[:-1]]))) / 2
    return 1.0 - float(area) / (positives * negatives), precision


def _cumulative(members: NDArray[np.bool_], scores: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """Members and others at or above each different score, from the highest; the scores."""
    order = np.argsort(scores)[::-1]  # equals are counted together, so that their order is of no matter
    sorted_scores = scores[order]
    last_of_equals = np.append(np.flatnonzero(sorted_scores[1:] != sorted_scores[:-1]), len(scores) - 1)
    true = np.cumsum(members[order], dtype=np.float64)[last_of_equals]
    return true, last_of_equals + 1.0 - true, sorted_scores[last_of_equals].astype(np.float64)
