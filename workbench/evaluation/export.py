"""Predictions and measures as rows for a spreadsheet: the first row holds the headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.evaluation.predictions import Predictions
from workbench.evaluation.report import Report

Row = Sequence[str]


def prediction_rows(predictions: Predictions) -> Iterator[Row]:
    """An image a row: what it is, its predicted class, and every class's probability."""
    labelled = bool(len(predictions)) and bool((predictions.labels >= 0).all())
    names = predictions.class_names
    yield ("image", *(("class",) if labelled else ()), "predicted", "probability", *names)
    rows = zip(predictions.keys, predictions.labels, predictions.predicted, predictions.probabilities, strict=True)
    for key, label, guess, values in rows:
        true = (names[int(label)],) if labelled else ()
        yield (str(key), *true, names[int(guess)], f"{values[guess]:.6g}", *(f"{value:.6g}" for value in values))


def class_rows(names: Sequence[str], report: Report) -> Iterator[Row]:
    """A class a row, then the averages."""
    yield ("class", "precision", "recall", "f1", "roc_auc", "average_precision", "images")
    of = report.by_class
    for index, name in enumerate(names):
        values = (of.precision[index], of.recall[index], of.f1[index])
        curves = (report.roc_areas[index], report.average_precisions[index])
        yield (name, *(f"{value:.6g}" for value in (*values, *curves)), str(of.support[index]))
    for kind, average in report.averages.items():
        values = (average.precision, average.recall, average.f1)
        yield (f"[{kind} average]", *(f"{value:.6g}" for value in values), "", "", str(report.images))


def confusion_rows(names: Sequence[str], report: Report) -> Iterator[Row]:
    """True classes in rows, predicted ones in columns."""
    yield ("true \\ predicted", *names)
    for name, counts in zip(names, report.confusion, strict=True):
        yield (name, *map(str, counts))
