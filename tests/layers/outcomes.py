"""What a layer makes of its inputs, according to Keras and according to the catalogue, in one comparable value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from workbench.analysis.infer import Arrival, infer_layer
from workbench.analysis.receptive_field import WHOLE
from workbench.graph import Node, NodeId
from workbench.layers import LayerType, Shape, TensorSpec

REFUSALS = (ValueError, TypeError, LookupError, ArithmeticError)
"""How Keras refuses; its backend has errors of its own besides."""
UNKNOWN_SIZE = 7
"""What an unknown size becomes where Keras is called on real values."""


@dataclass(frozen=True)
class Outcome:
    """`weights`: (name, shape, trainable, dtype) in the order of the layer's variables."""

    shape: Shape
    dtype: str
    weights: tuple[tuple[str, tuple[int, ...], bool, str], ...]
    params: int


@dataclass(frozen=True)
class Refused:
    """No output: the input or the parameters do not fit. Why is for people, not for the comparison."""

    why: str = field(default="", compare=False)


def catalogue_outcome(layer: LayerType, params: dict[str, Any], inputs: Sequence[TensorSpec]) -> Outcome | Refused:
    """Shape, dtype and weights by the catalogue's rules."""
    problems = layer.param_problems(params)
    if problems:
        return Refused(str(problems))
    arrivals = {port.name: tuple(Arrival(spec, WHOLE) for spec in inputs) for port in layer.inputs}
    report, found = infer_layer(Node(NodeId("a"), layer.key, "a", params), layer, arrivals, "float32")
    if found:
        return Refused(found[0].message)
    (output,) = report.outputs.values()
    weights = tuple((w.name, w.shape, w.trainable, w.dtype) for w in report.weights)
    return Outcome(output.shape, output.dtype, weights, report.params)


def keras_outcome(
    keras: ModuleType, layer: LayerType, params: dict[str, Any], inputs: Sequence[TensorSpec]
) -> Outcome | Refused:
    """Shape, dtype and weights of the real layer, symbolic and (where the CPU can) on values of ones."""
    from tensorflow import errors

    arguments = {name: tuple(value) if isinstance(value, list) else value for name, value in params.items()}
    try:
        if not layer.inputs:
            built = keras.Input(**arguments)
            return Outcome(built.shape[1:], built.dtype, (), 0)
        real = getattr(keras.layers, layer.label)(**arguments)
        tensors = [keras.Input(spec.shape, dtype=spec.dtype) for spec in inputs]
        output = real(tensors if layer.inputs[0].variadic else tensors[0])
        dtype = output.dtype
        if can_try_on_values(params, inputs):
            dtype = _call_on_values(real, layer, inputs, output)
    except (*REFUSALS, errors.OpError) as error:
        return Refused(f"{type(error).__name__}: {error}")
    weights = [variable for variable in real.variables if "seed" not in variable.path]
    described = tuple((w.name, tuple(w.shape), w.trainable, str(w.dtype)) for w in weights)
    return Outcome(output.shape[1:], dtype, described, real.count_params())


def can_try_on_values(params: dict[str, Any], inputs: Sequence[TensorSpec]) -> bool:
    """False for channels first, which needs a GPU, and where unknown sizes of several tensors may not fit."""
    known = len(inputs) == 1 or all(None not in spec.shape for spec in inputs)
    return known and params.get("data_format") != "channels_first"


def _call_on_values(real: Any, layer: LayerType, inputs: Sequence[TensorSpec], output: Any) -> str:
    """The dtype of what really comes out. Symbolic calls pass that fail on values: only what runs counts."""
    values = [np.ones([1, *(size or UNKNOWN_SIZE for size in spec.shape)], spec.dtype) for spec in inputs]
    result = real(values if layer.inputs[0].variadic else values[0])
    if result.shape[0] != 1:
        raise ValueError("changes the number of samples")
    for told, seen in zip(output.shape[1:], result.shape[1:], strict=True):
        assert told in (None, seen), f"Keras said {output.shape} and gave {result.shape}"
    return str(result.dtype.name)
