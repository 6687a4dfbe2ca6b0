"""Grad-CAM (Selvaraju et al., 2017): where a layer's features speak for a class."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.engine.evaluation.head import Head
from workbench.engine.evaluation.insides import output_of


def gradcam(
    model: keras.Model, head: Head, layer: keras.layers.Layer, image: NDArray[np.float32], target: int
) -> NDArray[np.float32]:
    """A map of the layer's height and width, from 0 to 1 (all 0 where nothing speaks for the class).

    The class's score before softmax or sigmoid is followed back to the layer; gradients are averaged over positions,
    and features are summed with these weights; what speaks against the class is left out.
    """
    last = getattr(layer, "data_format", None) != "channels_first"
    part = keras.Model(model.inputs, [output_of(layer), head.tensor])
    images = tf.constant(image)
    with _without_activation(head.layer), tf.GradientTape() as tape:
        tape.watch(images)  # else nothing is recorded where all layers are frozen
        features, scores = part(images, training=False)
        score = _of_class(scores, target, head.binary)
    gradient = tape.gradient(score, features)
    if gradient is None:
        return np.zeros(features.shape[1:3] if last else features.shape[2:4], np.float32)
    values, slopes = np.asarray(features[0], np.float32), np.asarray(gradient[0], np.float32)
    if not last:
        values, slopes = np.moveaxis(values, 0, -1), np.moveaxis(slopes, 0, -1)
    weights = slopes.mean(axis=(0, 1))
    found = np.maximum(values @ weights, 0)
    highest = found.max()
    return np.asarray(found / highest if highest > 0 else found, np.float32)


def _of_class(scores: Any, target: int, binary: bool) -> Any:
    """With one output for two classes, the first class's score is the second's with the other sign."""
    if binary:
        return scores[0, 0] if target else -scores[0, 0]
    return scores[0, target]


@contextlib.contextmanager
def _without_activation(layer: keras.layers.Layer | None) -> Iterator[None]:
    if layer is None:
        yield
        return
    kept, layer.activation = layer.activation, keras.activations.linear
    try:
        yield
    finally:
        layer.activation = kept
