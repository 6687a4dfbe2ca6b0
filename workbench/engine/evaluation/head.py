"""What a classifier's last layer means: probabilities, or scores that become probabilities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from workbench.engine.errors import JobError

Values = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """`tensor` carries a score for each class, or one for the second of two classes, before softmax or sigmoid.

    `layer` is the one whose activation is left out for that, None where nothing has to be.
    """

    probabilities: Callable[[Values], Values]
    binary: bool
    tensor: Any
    layer: keras.layers.Layer | None


def head_of(model: keras.Model, classes: int, run: str) -> Head:
    """How the model's output is read. Raises JobError where it is no classifier of `classes` classes."""
    if len(model.outputs) != 1:
        raise JobError(f"{run}: Expected a network with one output. Received: {len(model.outputs)}")
    output = model.outputs[0]
    shape = tuple(output.shape[1:])
    binary = shape == (1,) and classes == 2
    if not binary and shape != (classes,):
        raise JobError(
            f"{run}: Expected an output of {classes} values, one a class. Received: {shape}",
            "Evaluation is for classifiers: segmentation and several outputs are not judged here.",
        )
    activation = activation_of(output)
    if binary:
        read = _two_from_probability if activation == "sigmoid" else _two_from_score
    else:
        read = {"softmax": _as_they_are, "sigmoid": _shares}.get(activation, _softmax)
    tensor, layer = _before(output, activation)
    return Head(read, binary, tensor, layer)


def activation_of(output: Any) -> str:
    """`softmax`, `sigmoid` or "": as the last layer's argument, or as a layer that is nothing else."""
    layer = output._keras_history.operation
    name = getattr(getattr(layer, "activation", None), "__name__", type(layer).__name__.lower())
    return name if name in ("softmax", "sigmoid") else ""


def _before(output: Any, activation: str) -> tuple[Any, keras.layers.Layer | None]:
    """What enters the activation: a layer that is nothing else is passed by, another's has to be left out."""
    layer = output._keras_history.operation
    if not activation:
        return output, None
    if layer.weights:
        return output, layer
    return layer._inbound_nodes[output._keras_history.node_index].input_tensors[0], None


def _as_they_are(values: Values) -> Values:
    return values


def _shares(values: Values) -> Values:
    return np.asarray(values / np.maximum(values.sum(axis=1, keepdims=True), np.finfo(np.float32).tiny))


def _softmax(values: Values) -> Values:
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _two_from_probability(values: Values) -> Values:
    return np.concatenate([1 - values, values], axis=1)


def _two_from_score(values: Values) -> Values:
    return _softmax(np.concatenate([np.zeros_like(values), values], axis=1))
