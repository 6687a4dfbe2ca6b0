"""A model's layers by name, what comes out of them, and what they hold. Names are those of the expanded network."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.engine.errors import JobError
from workbench.text import near

_IMAGES = 4
"""Axes of a batch of images."""


def all_layers(model: keras.Model) -> tuple[str, ...]:
    """Every layer but the inputs."""
    return tuple(layer.name for layer in model.layers if not isinstance(layer, keras.layers.InputLayer))


def spatial(model: keras.Model) -> tuple[str, ...]:
    """Layers whose output has a height and a width of more than one position, in the order of the network."""
    return tuple(name for name in all_layers(model) if _is_spatial(output_of(model.get_layer(name))))


def with_kernels(model: keras.Model) -> tuple[str, ...]:
    """Layers that hold a weight of two axes or more: kernels of convolutions and of dense layers."""
    layers = (model.get_layer(name) for name in all_layers(model))
    return tuple(layer.name for layer in layers if any(len(weight.shape) > 1 for weight in layer.weights))


def chosen(model: keras.Model, name: str, among: tuple[str, ...], default: tuple[str, ...]) -> keras.layers.Layer:
    """The layer of a name, or the default. Raises JobError, saying what could be asked for."""
    if not name and default:
        return model.get_layer(default[0])
    if name in among:
        return model.get_layer(name)
    if not among:
        raise JobError("The network has no layer of which this could be shown.")
    known = all_layers(model)
    close = near(name, among) or among[-3:]
    what = "has nothing of this kind to show" if name in known else "is not in the network"
    raise JobError(f"The layer {name!r} {what}.", f"There are, among others: {', '.join(close)}.")


def output_of(layer: keras.layers.Layer) -> Any:
    """What comes out where the layer is applied first: a shared one is applied several times."""
    return layer._inbound_nodes[0].output_tensors[0]


def activations(model: keras.Model, layer: keras.layers.Layer, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """What comes out for one image, without the batch axis."""
    part = keras.Model(model.inputs, output_of(layer))
    return np.asarray(part(tf.constant(images), training=False)[0], np.float32)


def weights_of(layer: keras.layers.Layer) -> dict[str, NDArray[Any]]:
    """Every weight by its name; a second one of the same name gets a number."""
    found: dict[str, NDArray[Any]] = {}
    for weight in layer.weights:
        name, number = weight.name, 2
        while name in found:
            name, number = f"{weight.name}_{number}", number + 1
        found[name] = np.asarray(weight)
    return found


def _is_spatial(output: Any) -> bool:
    shape = tuple(output.shape)
    return len(shape) == _IMAGES and all(size is None or size > 1 for size in shape[1:3])
