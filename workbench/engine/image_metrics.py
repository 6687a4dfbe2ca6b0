"""How near images are to their targets: peak signal-to-noise ratio and structural similarity, averaged over images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf
from keras import ops

SSIM_WINDOW = 11
SMALLEST_ERROR = 1e-10
"""Mean squared error, as a share of the squared range, below which images count as the same: 100 dB."""

Measure = Callable[[Any, Any], Any]
"""Of targets and outputs with a range of 1, batch x height x width x channels, to a number for each image."""


def psnr(y_true: Any, y_pred: Any) -> Any:
    """Peak signal-to-noise ratio in decibels."""
    error = ops.mean(ops.square(y_true - y_pred), axis=(1, 2, 3))
    return -10.0 * ops.log10(ops.maximum(error, SMALLEST_ERROR))


def ssim(y_true: Any, y_pred: Any) -> Any:
    """Structural similarity (Wang et al., 2004); images smaller than the Gaussian window have a smaller one."""
    sides = [side for side in y_pred.shape[1:3] if side is not None]
    return tf.image.ssim(y_true, y_pred, 1.0, filter_size=min(SSIM_WINDOW, *sides) if sides else SSIM_WINDOW)


MEASURES: dict[str, Measure] = {"psnr": psnr, "ssim": ssim}


class OfImages(keras.metrics.Mean):
    """The mean of a measure over all images since the last reset. `bounds`: the values of black and full brightness."""

    def __init__(self, name: str, bounds: tuple[float, float]) -> None:
        super().__init__(name=name)
        self._measure = MEASURES[name]
        self._low, self._range = bounds[0], bounds[1] - bounds[0]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Measures a batch; weights of samples are for the loss."""
        true, made = ((tf.cast(values, tf.float32) - self._low) / self._range for values in (y_true, y_pred))
        super().update_state(self._measure(true, made))
