"""Output specs that only Keras can tell: of layers and operations that the catalogue has no rules for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from workbench.engine.opaque import opaque_layer
from workbench.engine.operations import call_operation
from workbench.layers import TensorSpec
from workbench.layers.layer_type import Call
from workbench.layers.opaque import KEY
from workbench.layers.spec import DTYPE_BYTES


def supply_spec(key: str, call: Call) -> TensorSpec | None:
    """The first output of a layer or operation called on symbolic tensors; None where Keras refuses it.

    Layers are made by the same safe rules as those that are built, so nothing of the file's own code runs.
    """
    tensors = [keras.KerasTensor((None, *spec.shape), spec.dtype) for spec in call.all]
    try:
        return _spec(_outputs(key, call.params, tensors))
    except Exception:  # a JobError for what may not be built; whatever else Keras raises
        return None


def _outputs(key: str, params: Mapping[str, Any], tensors: list[Any]) -> Any:
    if key != KEY:
        return call_operation(key, params, tensors)
    return opaque_layer("layer", params)(tensors[0] if len(tensors) == 1 else tensors)


def _spec(outputs: Any) -> TensorSpec | None:
    first = next((each for each in keras.tree.flatten(outputs) if isinstance(each, keras.KerasTensor)), None)
    if first is None or not first.shape:
        return None
    dtype = keras.backend.standardize_dtype(first.dtype)
    return TensorSpec(tuple(first.shape[1:]), dtype) if dtype in DTYPE_BYTES else None
