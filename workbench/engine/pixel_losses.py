"""Losses of segmentation: class numbers or shares of every place of a map against a network's maps.

Places that are `VOID` count nowhere. Cross-entropy and focal loss are means over an image's places, then over images;
overlaps (Dice, Tversky) are taken over all places of a batch, class by class, and are means over the classes that the
batch's targets hold, so that a class that is not there neither helps nor harms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from workbench.data.source import VOID

_TINY = 1e-7
"""Keras's: a probability is never taken for less."""


@dataclass(frozen=True)
class Reading:
    """How an output of `classes` is read: one value for the second of two classes or one a class; logits or not."""

    classes: int
    binary: bool = False
    from_logits: bool = False

    def log_shares(self, y_pred: Any) -> Any:
        """Logarithms of the probabilities, ... x classes."""
        y_pred = ops.cast(y_pred, "float32")
        if self.binary and self.from_logits:
            return ops.concatenate([ops.log_sigmoid(-y_pred), ops.log_sigmoid(y_pred)], axis=-1)
        if self.from_logits:
            return ops.log_softmax(y_pred, axis=-1)
        if self.binary:
            y_pred = ops.concatenate([1.0 - y_pred, y_pred], axis=-1)
        else:
            y_pred = y_pred / ops.maximum(ops.sum(y_pred, axis=-1, keepdims=True), _TINY)
        return ops.log(ops.clip(y_pred, _TINY, 1.0 - _TINY))

    def targets(self, y_true: Any, y_pred: Any) -> Any:
        """Shares, ... x classes; nothing but zeros where a place is void."""
        if len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == self.classes:
            return ops.cast(y_true, "float32")
        return ops.one_hot(self.numbers(y_true, y_pred), self.classes, dtype="float32")

    def numbers(self, y_true: Any, y_pred: Any) -> Any:
        """Class numbers of hard targets, without an axis of their own; `VOID` where a place is void."""
        if len(y_true.shape) == len(y_pred.shape):
            if y_true.shape[-1] == self.classes and self.classes > 1:
                void = ops.sum(y_true, axis=-1) <= 0
                return ops.where(void, VOID, ops.cast(ops.argmax(y_true, axis=-1), "int32"))
            y_true = ops.squeeze(y_true, axis=-1)
        return ops.cast(y_true, "int32")

    def guesses(self, y_pred: Any) -> Any:
        """The most probable class of every place."""
        if self.binary:
            return ops.cast(y_pred[..., 0] > (0.0 if self.from_logits else 0.5), "int32")
        return ops.cast(ops.argmax(y_pred, axis=-1), "int32")


@dataclass(frozen=True)
class Places:
    """A batch as terms look at it: shares and logarithms of probabilities, ... x classes, and weights by class."""

    targets: Any
    logs: Any
    weights: Any
    binary: bool
    params: Mapping[str, float]


Term = Callable[[Places], Any]
"""A loss for each image, or one for all."""


class PixelLoss(keras.losses.Loss):
    """A weighted sum of terms."""

    def __init__(
        self,
        name: str,
        terms: Sequence[tuple[float, Term]],
        reading: Reading,
        params: Mapping[str, float],
        weights: Sequence[float] = (),
        smoothing: float = 0.0,
    ) -> None:
        super().__init__(name=name)
        self._terms = tuple(terms)
        self._reading = reading
        self._params = dict(params)
        self._weights = np.array(weights or [1.0] * reading.classes, np.float32)
        self._smoothing = smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The sum for each image."""
        targets = self._reading.targets(y_true, y_pred)
        if self._smoothing:
            there = ops.sum(targets, axis=-1, keepdims=True)
            targets = targets * (1.0 - self._smoothing) + there * (self._smoothing / self._reading.classes)
        logs = self._reading.log_shares(y_pred)
        places = Places(targets, logs, ops.convert_to_tensor(self._weights), self._reading.binary, self._params)
        total = sum(weight * term(places) for weight, term in self._terms)
        return total + ops.zeros(ops.shape(y_pred)[:1], "float32")


class OverPlaces(keras.losses.Loss):
    """Another loss that gives a value for each place: without void ones, by the classes' weights."""

    def __init__(self, inner: keras.losses.Loss, reading: Reading, weights: Sequence[float] = ()) -> None:
        super().__init__(name=inner.name)
        self._inner = inner
        self._reading = reading
        self._weights = np.array(weights or [1.0] * reading.classes, np.float32)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The mean for each image."""
        targets = self._reading.targets(y_true, y_pred)
        values = ops.cast(self._inner.call(y_true, y_pred), "float32") * ops.sum(targets * self._weights, axis=-1)
        return _mean_of_places(values, targets)


def crossentropy(places: Places) -> Any:
    """-w t log p, of each image."""
    return _mean_of_places(-ops.sum(places.weights * places.targets * places.logs, axis=-1), places.targets)


def focal(places: Places) -> Any:
    """-alpha w t (1 - p)^gamma log p, of each image (Lin et al., 2017)."""
    return places.params.get("alpha", 1.0) * plain_focal(places)


def plain_focal(places: Places) -> Any:
    """The same without alpha."""
    away = ops.maximum(1.0 - ops.exp(places.logs), 0.0)
    # A power's slope at 0 is infinite below 1 and no number at 0.
    hard = ops.power(ops.maximum(away, _TINY), places.params.get("gamma", 2.0))
    values = -ops.sum(places.weights * places.targets * hard * places.logs, axis=-1)
    return _mean_of_places(values, places.targets)


def dice(places: Places) -> Any:
    """1 - 2 sum(t p) / (sum(t) + sum(p)) of each class (Milletari et al., 2016, without squares)."""
    right, wrongly, missed = _overlaps(places)
    return _mean_of_classes(1.0 - 2.0 * right / (2.0 * right + wrongly + missed + _TINY), places)


def tversky(places: Places) -> Any:
    """1 - right / (right + alpha too much + beta missed) of each class (Salehi et al., 2017)."""
    right, wrongly, missed = _overlaps(places)
    alpha, beta = places.params.get("alpha", 0.5), places.params.get("beta", 0.5)
    return _mean_of_classes(1.0 - right / (right + alpha * wrongly + beta * missed + _TINY), places)


def _mean_of_places(values: Any, targets: Any) -> Any:
    """Of each image over its places that are not void; 0 where all are."""
    there = ops.sum(targets, axis=-1)
    axes = tuple(range(1, len(there.shape)))
    return ops.sum(values, axis=axes) / ops.maximum(ops.sum(there, axis=axes), 1.0)


def _overlaps(places: Places) -> tuple[Any, Any, Any]:
    """Shares of each class that are right, too much and missed, over all places of the batch."""
    axes = tuple(range(len(places.targets.shape) - 1))
    there = ops.sum(places.targets, axis=-1, keepdims=True)
    likely = ops.exp(places.logs) * there
    right = ops.sum(places.targets * likely, axis=axes)
    return right, ops.sum(likely, axis=axes) - right, ops.sum(places.targets, axis=axes) - right


def _mean_of_classes(values: Any, places: Places) -> Any:
    """Over the classes that the targets hold, by their weights; of two classes with one output the second alone."""
    axes = tuple(range(len(places.targets.shape) - 1))
    weights = places.weights * ops.cast(ops.sum(places.targets, axis=axes) > 0, "float32")
    if places.binary:
        weights = weights * ops.convert_to_tensor(np.array([0.0, 1.0], np.float32))
    return ops.sum(values * weights) / ops.maximum(ops.sum(weights), _TINY)


def terms_of(key: str, params: Mapping[str, float], binary: bool) -> tuple[tuple[float, Term], ...] | None:
    """The terms of a loss by its key; None where it is none of segmentation's own."""
    if key.startswith("binary_") and not binary:
        return None  # a sigmoid for each class: classes may overlap
    return tuple((params.get(weight, 1.0) if weight else 1.0, term) for weight, term in _TERMS.get(key, ())) or None


_TERMS: Mapping[str, tuple[tuple[str, Term], ...]] = {
    "auto": (("", crossentropy),),
    "sparse_categorical_crossentropy": (("", crossentropy),),
    "categorical_crossentropy": (("", crossentropy),),
    "binary_crossentropy": (("", crossentropy),),
    "categorical_focal_crossentropy": (("", focal),),
    "binary_focal_crossentropy": (("", plain_focal),),
    "dice": (("", dice),),
    "tversky": (("", tversky),),
    "crossentropy_dice": (("", crossentropy), ("dice", dice)),
    "focal_dice": (("", plain_focal), ("dice", dice)),
    "crossentropy_tversky": (("", crossentropy), ("tversky", tversky)),
}
"""By key the terms, each with the name of the parameter that weighs it."""
COMBINED = frozenset(key for key, terms in _TERMS.items() if len(terms) > 1)
"""Keys of losses that Keras has no like of."""
