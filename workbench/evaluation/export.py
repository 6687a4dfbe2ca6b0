"""Predictions and measures as rows for a spreadsheet: the first row holds the headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.evaluation.masks import MaskListing
from workbench.evaluation.predictions import Predictions
from workbench.evaluation.report import Report
from workbench.evaluation.segmentation import MaskReport, class_iou

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


def mask_class_rows(report: MaskReport) -> Iterator[Row]:
    """A class of pixels a row, then the means."""
    yield ("class", "iou", "dice", "precision", "recall", "pixels")
    columns = (report.iou, report.dice, report.precision, report.accuracy)
    for index, name in enumerate(report.predictions.class_names):
        yield (name, *(f"{column[index]:.6g}" for column in columns), str(report.pixels[index]))
    yield ("[mean]", f"{report.mean_iou:.6g}", f"{report.mean_dice:.6g}", "", "", str(report.pixels.sum()))


def mask_rows(report: MaskReport) -> Iterator[Row]:
    """An image a row: its measures, and the IoU of each class; "nan" where there is none."""
    names, predictions = report.predictions.class_names, report.predictions
    yield ("image", "iou", "dice", "pixel_accuracy", "loss", *(f"iou {name}" for name in names))
    columns = (report.image_iou, report.image_dice, report.image_accuracy, predictions.losses)
    by_class = class_iou(predictions.counts)
    for row, key in enumerate(predictions.keys):
        values = (*(column[row] for column in columns), *by_class[row])
        yield (str(key), *(f"{value:.6g}" for value in values))


def share_rows(listing: MaskListing) -> Iterator[Row]:
    """A predicted image a row, with the share of each class."""
    yield ("image", "mask", "height", "width", *listing.class_names)
    for image in listing.images:
        shares = (f"{image.shares[name]:.6g}" for name in listing.class_names)
        yield (image.file, image.mask, str(image.height), str(image.width), *shares)


def confusion_rows(names: Sequence[str], report: Report | MaskReport) -> Iterator[Row]:
    """True classes in rows, predicted ones in columns."""
    yield ("true \\ predicted", *names)
    for name, counts in zip(names, report.confusion, strict=True):
        yield (name, *map(str, counts))
