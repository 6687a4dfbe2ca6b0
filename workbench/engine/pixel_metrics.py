"""Measures of segmentation from one table: places by true class and by the most probable one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from workbench.data.source import VOID
from workbench.engine.pixel_losses import Reading

Measure = Callable[[Any], Any]
"""From counts by true class (row) and predicted class (column) to a number for each class, or to one."""


class PlaceCounts:
    """Counts that several measures share: the first that is made keeps them, for all."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.keeper: Measured | None = None

    def of_batch(self, y_true: Any, y_pred: Any) -> Any:
        """Classes x classes, whole numbers; void places are left out."""
        true = ops.reshape(self.reading.numbers(y_true, y_pred), (-1,))
        guessed = ops.reshape(self.reading.guesses(y_pred), (-1,))
        there = true != VOID
        places = ops.stack([ops.where(there, true, 0), guessed], axis=-1)
        return ops.scatter(places, ops.cast(there, "int32"), (self.reading.classes,) * 2)


class Measured(keras.metrics.Metric):
    """One number from counts over all batches since the last reset."""

    def __init__(self, name: str, counts: PlaceCounts, measure: Measure) -> None:
        super().__init__(name=name)
        self._counts = counts
        self._measure = measure
        self._table = None
        if counts.keeper is None:
            counts.keeper = self
            # 64 bits: forty images of 640 x 640 have more places than float32 can count.
            size = counts.reading.classes
            self._table = self.add_weight(shape=(size, size), dtype="int64", initializer="zeros", name="places")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Counts a batch; weights of samples are for the loss."""
        if self._table is not None:
            self._table.assign_add(ops.cast(self._counts.of_batch(y_true, y_pred), "int64"))

    def result(self) -> Any:
        """Of all batches."""
        keeper = self._counts.keeper
        assert keeper is not None
        return self._measure(ops.cast(keeper._table, "float64"))

    def reset_state(self) -> None:
        """Forgets what was counted."""
        if self._table is not None:
            self._table.assign(ops.zeros_like(self._table))


def iou(counts: Any) -> Any:
    """Intersection over union of each class; 0 where it neither occurs nor is predicted."""
    right, true, guessed = _sums(counts)
    return right / ops.maximum(true + guessed - right, 1.0)


def dice(counts: Any) -> Any:
    """Twice the intersection over both sizes, which is F1; 0 where the class neither occurs nor is predicted."""
    right, true, guessed = _sums(counts)
    return 2.0 * right / ops.maximum(true + guessed, 1.0)


def class_accuracy(counts: Any) -> Any:
    """Share of each class's places that are right; 0 where it does not occur."""
    right, true, _ = _sums(counts)
    return right / ops.maximum(true, 1.0)


def accuracy(counts: Any) -> Any:
    """Share of all places that are right."""
    return ops.trace(counts) / ops.maximum(ops.sum(counts), 1.0)


def mean(of_classes: Measure) -> Measure:
    """Over the classes that occur or are predicted."""

    def measure(counts: Any) -> Any:
        _, true, guessed = _sums(counts)
        seen = ops.cast(true + guessed > 0, counts.dtype)
        return ops.sum(of_classes(counts) * seen) / ops.maximum(ops.sum(seen), 1.0)

    return measure


def of_each(of_classes: Measure, names: Sequence[str], stem: str) -> list[tuple[str, Measure]]:
    """A measure for each class, named `<class>_<stem>`."""

    def of(index: int) -> Measure:
        return lambda counts: of_classes(counts)[index]

    return [(f"{_plain(name)}_{stem}", of(index)) for index, name in enumerate(names)]


def measures_of(key: str, names: Sequence[str]) -> list[tuple[str, Measure]] | None:
    """Names and measures of a metric by its key; None where it is none of these."""
    if key in _EACH:
        stem, of_classes = _EACH[key]
        return of_each(of_classes, names, stem)
    return [(key, _WHOLE[key])] if key in _WHOLE else None


def _sums(counts: Any) -> tuple[Any, Any, Any]:
    return ops.diagonal(counts), ops.sum(counts, axis=1), ops.sum(counts, axis=0)


def _plain(name: str) -> str:
    """Letters, digits and little else, as columns of a table are called."""
    return re.sub(r"[^\w#.-]+", "_", name).strip("_") or "class"


_WHOLE = {"accuracy": accuracy, "mean_iou": mean(iou), "mean_dice": mean(dice)}
_EACH = {"iou": ("iou", iou), "dice": ("dice", dice), "class_accuracy": ("accuracy", class_accuracy)}
