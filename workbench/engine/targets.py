"""What outputs are compared with, read alike whether it is class numbers or shares of classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Function = Callable[[Any, Any], Any]


def as_shares(y_true: Any, y_pred: Any) -> Any:
    """Targets in the shape of the output: class numbers become one-hot, or a column where there is one output."""
    if is_shares(y_true, y_pred):
        return ops.cast(y_true, y_pred.dtype)
    if y_pred.shape[-1] == 1:
        return ops.reshape(ops.cast(y_true, y_pred.dtype), ops.shape(y_pred))
    return ops.one_hot(as_numbers(y_true, y_pred), y_pred.shape[-1], dtype=y_pred.dtype)


def as_numbers(y_true: Any, y_pred: Any) -> Any:
    """Class numbers, without an axis of their own."""
    if is_shares(y_true, y_pred) and y_pred.shape[-1] != 1:
        return ops.argmax(y_true, axis=-1)
    if len(y_true.shape) == len(y_pred.shape):
        y_true = ops.squeeze(y_true, axis=-1)
    return ops.cast(y_true, "int32")


def is_shares(y_true: Any, y_pred: Any) -> bool:
    """Whether targets have a value for each class."""
    return len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == y_pred.shape[-1]


class ClassCrossentropy(keras.losses.Loss):
    """Cross-entropy for class numbers, smoothed ones, and shares of classes as mixing makes them."""

    def __init__(self, from_logits: bool, label_smoothing: float = 0.0) -> None:
        super().__init__(name="crossentropy")
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss for each sample (and place)."""
        if self.label_smoothing or is_shares(y_true, y_pred):
            return keras.losses.categorical_crossentropy(
                as_shares(y_true, y_pred), y_pred, self.from_logits, self.label_smoothing
            )
        return keras.losses.sparse_categorical_crossentropy(as_numbers(y_true, y_pred), y_pred, self.from_logits)


class OfShares(keras.losses.Loss):
    """One of Keras's losses that take a value for each class."""

    def __init__(self, inner: keras.losses.Loss, ready: Function) -> None:
        super().__init__(name=inner.name)
        self._inner = inner
        self._ready = ready

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Loss for each sample (and place)."""
        return self._inner.call(as_shares(y_true, y_pred), self._ready(y_true, y_pred))


class Accuracy(keras.metrics.MeanMetricWrapper):
    """Share of samples (or places) whose largest output is the right class."""

    def __init__(self) -> None:
        super().__init__(_right_class, name="accuracy")


class BinaryAccuracy(keras.metrics.MeanMetricWrapper):
    """Share of samples (or places) whose only output is on the right side of `middle`."""

    def __init__(self, middle: float) -> None:
        super().__init__(lambda y_true, y_pred: _right_side(y_true, y_pred, middle), name="accuracy")


class Prepared(keras.metrics.Metric):
    """One of Keras's metrics, given targets and outputs in the form that it takes."""

    def __init__(self, inner: keras.metrics.Metric, targets: Function, outputs: Function) -> None:
        super().__init__(name=inner.name)
        self._inner = inner
        self._targets = targets
        self._outputs = outputs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Counts a batch."""
        y_pred = ops.cast(y_pred, "float32")
        self._inner.update_state(self._targets(y_true, y_pred), self._outputs(y_true, y_pred), sample_weight)

    def result(self) -> Any:
        """Of all batches since the last reset."""
        return ops.mean(self._inner.result())

    def reset_state(self) -> None:
        """Forgets what was counted."""
        self._inner.reset_state()


def _right_class(y_true: Any, y_pred: Any) -> Any:
    right = ops.equal(as_numbers(y_true, y_pred), ops.cast(ops.argmax(y_pred, axis=-1), "int32"))
    return ops.cast(right, "float32")


def _right_side(y_true: Any, y_pred: Any, middle: float) -> Any:
    right = ops.equal(as_shares(y_true, y_pred) > 0.5, y_pred > middle)
    return ops.mean(ops.cast(right, "float32"), axis=-1)
