"""Which layer first gave something that is not finite, for one batch and the weights as they then were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from workbench.engine.variables import statistics_kept


@dataclass(frozen=True)
class Finding:
    """A layer, what is wrong there and what to do."""

    layer: str
    message: str
    hint: str


_SMALLER = "Try a learning rate ten times smaller, or clip the gradients."
_DATA = "Look at the data: values that are no numbers, or far too large."


def first_not_finite(model: keras.Model, batch: Any) -> Finding | None:
    """Runs the batch through the model layer by layer, forwards and then backwards."""
    x, y, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
    if found := _given(model, x):
        return found
    inner = _all_outputs(model)
    names = [layer.name for layer, _ in inner]
    whole = keras.Model(model.inputs, [output for _, output in inner])
    with statistics_kept(model), tf.GradientTape() as tape:
        outputs = whole(x, training=True)
        outputs = list(outputs) if isinstance(outputs, list | tuple) else [outputs]
        by_name = dict(zip(names, outputs, strict=True))
        ends = [by_name[tensor._keras_history.operation.name] for tensor in model.outputs]
        loss = model.compute_loss(x, y, ends[0] if len(ends) == 1 else ends, sample_weight, training=True)
    gradients = tape.gradient(loss, outputs)
    return _forwards(names, outputs) or _in_the_loss(loss, ends, names) or _backwards(names, outputs, gradients)


def first_bad_output(model: keras.Model, x: Any) -> Finding | None:
    """The same forwards only, for a network that has no loss of its own."""
    if found := _given(model, x):
        return found
    inner = _all_outputs(model)
    with statistics_kept(model):
        outputs = keras.Model(model.inputs, [output for _, output in inner])(x, training=True)
    return _forwards([layer.name for layer, _ in inner], list(outputs))


def _given(model: keras.Model, x: Any) -> Finding | None:
    """What is wrong already in the data or in the weights."""
    for name, array in zip((tensor.name for tensor in model.inputs), keras.tree.flatten(x), strict=True):
        if not np.isfinite(np.asarray(array)).all():
            return Finding(
                _layer_of(model, name), f"the images themselves hold what is no finite number ({name}).", _DATA
            )
    for layer in model.layers:
        if not all(np.isfinite(np.asarray(variable)).all() for variable in layer.trainable_variables):
            return Finding(layer.name, f"the weights of {layer.name} are no finite numbers.", _SMALLER)
    return None


def _forwards(names: list[str], outputs: list[Any]) -> Finding | None:
    for name, output in zip(names, outputs, strict=True):
        if output.dtype.is_floating and not _finite(output):
            return Finding(name, f"{name} is the first layer whose output is not finite.", _SMALLER)
    return None


def _in_the_loss(loss: Any, ends: list[Any], names: list[str]) -> Finding | None:
    if _finite(loss):
        return None
    largest = max(float(tf.reduce_max(tf.abs(tf.cast(end, tf.float32)))) for end in ends)
    message = f"every layer's output is finite, but not the loss of {names[-1]} (largest output {largest:.3g})."
    return Finding(names[-1], message, f"Check that loss and targets fit the last layer. {_SMALLER}")


def _backwards(names: list[str], outputs: list[Any], gradients: list[Any]) -> Finding | None:
    """The last layer, from the input on, that gets a bad gradient: what follows it makes them."""
    for index in reversed(range(len(names))):
        gradient = gradients[index]
        if gradient is not None and not _finite(gradient):
            after = f"; {names[index + 1]} makes it" if index + 1 < len(names) else ""
            message = f"{names[index]} is the first layer, from the end, whose gradient is not finite{after}."
            return Finding(names[index], message, _SMALLER)
    return None


def _all_outputs(model: keras.Model) -> list[tuple[keras.layers.Layer, Any]]:
    """Every layer with its output, in the order of the network; a shared layer has only its first."""
    found = []
    for layer in model.layers:
        if not layer._inbound_nodes:
            continue
        tensors = layer._inbound_nodes[0].output_tensors
        found.append((layer, tensors[0]))
    return found


def _layer_of(model: keras.Model, tensor: str) -> str:
    return tensor if any(layer.name == tensor for layer in model.layers) else str(model.layers[0].name)


def _finite(tensor: Any) -> bool:
    return bool(tf.reduce_all(tf.math.is_finite(tf.cast(tensor, tf.float32))))
