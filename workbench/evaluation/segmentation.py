"""How well masks were predicted: overlaps by class and by image, from counts of pixels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.errors import PredictionsError
from workbench.evaluation.predictions import read_arrays, write_arrays

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]
KIND = "masks"
_ARRAYS = ("kind", "counts", "losses", "indices", "keys", "class_names", "about")


@dataclass(frozen=True)
class MaskPredictions:
    """Rows are images. `counts` images x classes x classes: pixels by true class (row) and predicted class (column),
    without void ones; `losses` mean cross-entropy of an image's pixels (NaN where all are void), `indices` places in
    the dataset, `keys` sample keys. `about` is JSON data: runs, dataset, part, and in `masks` the folder with the
    predicted mask of each image, `<index, six digits>.png`.
    """

    counts: Counts
    losses: Floats
    indices: NDArray[np.int64]
    keys: NDArray[np.str_]
    class_names: tuple[str, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.counts)

    def mask_file(self, row: int, beside: Path) -> Path:
        """The predicted mask of an image, in the size of the network's output. `beside` is the file of predictions,
        which may have moved with its masks.
        """
        return beside.parent / Path(str(self.about["masks"])).name / mask_name(int(self.indices[row]))


def mask_name(index: int) -> str:
    """Of the file of an image's predicted mask."""
    return f"{index:06d}.png"


@dataclass(frozen=True)
class MaskReport:
    """Measures of predicted masks: by class, by image, and of all pixels together."""

    predictions: MaskPredictions

    @cached_property
    def confusion(self) -> Counts:
        """Pixels of all images by true class (row) and predicted class (column)."""
        return np.asarray(self.predictions.counts.sum(axis=0), np.int64)

    @cached_property
    def iou(self) -> Floats:
        """Intersection over union of each class over all images; NaN where it neither occurs nor is predicted."""
        return class_iou(self.confusion)

    @cached_property
    def dice(self) -> Floats:
        """Twice the intersection over both sizes (F1) of each class; NaN as for `iou`."""
        return class_dice(self.confusion)

    @cached_property
    def accuracy(self) -> Floats:
        """Share of each class's pixels that were found (recall); NaN where it does not occur."""
        return _ratio(np.diag(self.confusion), self.confusion.sum(axis=1))

    @cached_property
    def precision(self) -> Floats:
        """Right among the pixels taken for the class; NaN where none was."""
        return _ratio(np.diag(self.confusion), self.confusion.sum(axis=0))

    @property
    def pixels(self) -> Counts:
        """Of each class, as it truly is."""
        return np.asarray(self.confusion.sum(axis=1), np.int64)

    @property
    def pixel_accuracy(self) -> float:
        """Share of all pixels that are right; NaN where there are none."""
        return float(_ratio(np.trace(self.confusion), self.confusion.sum()))

    @property
    def mean_iou(self) -> float:
        """Over the classes that occur or are predicted."""
        return _mean(self.iou)

    @property
    def mean_dice(self) -> float:
        """Over the classes that occur or are predicted."""
        return _mean(self.dice)

    @property
    def loss(self) -> float:
        """Mean over images of the cross-entropy of their pixels."""
        return _mean(self.predictions.losses)

    @cached_property
    def image_iou(self) -> Floats:
        """Of each image, the mean over the classes that occur in it or are predicted; NaN where all is void."""
        return _row_means(class_iou(self.predictions.counts))

    @cached_property
    def image_dice(self) -> Floats:
        """Of each image, as `image_iou`."""
        return _row_means(class_dice(self.predictions.counts))

    @cached_property
    def image_accuracy(self) -> Floats:
        """Share of each image's pixels that are right."""
        counts = self.predictions.counts
        return _ratio(np.trace(counts, axis1=1, axis2=2), counts.sum(axis=(1, 2)))

    @cached_property
    def worst(self) -> NDArray[np.int64]:
        """Rows from the least IoU to the best, of equals the larger loss first; images without a pixel come last."""
        losses = np.nan_to_num(self.predictions.losses, nan=-np.inf)
        return np.lexsort((-losses, self.image_iou)).astype(np.int64)


def class_iou(counts: Counts) -> Floats:
    """Of each class, from counts ... x classes x classes; NaN where it neither occurs nor is predicted."""
    right, true, guessed = _sums(counts)
    return _ratio(right, true + guessed - right)


def class_dice(counts: Counts) -> Floats:
    """Of each class, as `class_iou`."""
    right, true, guessed = _sums(counts)
    return _ratio(2 * right, true + guessed)


def pixel_counts(true: NDArray[np.uint8], guessed: NDArray[np.uint8], classes: int) -> Counts:
    """Pixels of one mask by true class (row) and predicted class (column); true numbers beyond the classes are void."""
    there = true < classes
    flat = np.bincount(true[there].astype(np.int64) * classes + guessed[there], minlength=classes * classes)
    return np.asarray(flat.reshape(classes, classes), np.int64)


def write_mask_predictions(path: Path, predictions: MaskPredictions) -> None:
    """Writes the file whole or not at all. Raises OSError."""
    arrays = {
        "kind": np.asarray(KIND),
        "counts": predictions.counts,
        "losses": predictions.losses,
        "indices": predictions.indices,
        "keys": np.asarray(predictions.keys, np.str_),
        "class_names": np.asarray(predictions.class_names, np.str_),
        "about": np.asarray(json.dumps(predictions.about)),
    }
    write_arrays(path, arrays)


def holds_masks(path: Path) -> bool:
    """Whether a file of predictions is of masks rather than of classes. Raises PredictionsError."""
    return str(read_arrays(path).get("kind", "")) == KIND


def read_mask_predictions(path: Path) -> MaskPredictions:
    """Reads what `write_mask_predictions` wrote. Raises PredictionsError."""
    arrays = read_arrays(path)
    missing = [name for name in _ARRAYS if name not in arrays]
    if missing:
        raise PredictionsError(f"{path}: expected predictions of masks. Missing: {', '.join(missing)}")
    counts, names = arrays["counts"], tuple(map(str, arrays["class_names"]))
    if counts.shape != (len(arrays["indices"]), len(names), len(names)):
        raise PredictionsError(
            f"{path}: expected counts of {len(arrays['indices'])} x {len(names)} x {len(names)}. "
            f"Received: {counts.shape}"
        )
    try:
        about = json.loads(str(arrays["about"]))
    except ValueError as error:
        raise PredictionsError(f"{path}: what the predictions are about cannot be read ({error})") from None
    return MaskPredictions(counts, arrays["losses"], arrays["indices"], arrays["keys"], names, about)


def _sums(counts: Counts) -> tuple[Counts, Counts, Counts]:
    return np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(axis=-1), counts.sum(axis=-2)


def _ratio(part: Any, whole: Any) -> Floats:
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _row_means(values: Floats) -> Floats:
    known = ~np.isnan(values)
    return _ratio(np.where(known, values, 0).sum(axis=1), known.sum(axis=1))
