"""Every variable of a model and its optimizer, by keys that do not depend on Keras's counters."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from workbench.engine.errors import JobError

Arrays = dict[str, NDArray[Any]]


def model_arrays(model: keras.Model) -> Arrays:
    """Weights and seed generator states, keyed `model/<layer>/<position>.<name>`."""
    return {key: np.asarray(variable) for key, variable in _model_variables(model)}


def optimizer_arrays(optimizer: keras.optimizers.Optimizer) -> Arrays:
    """Iteration, moments and averages, keyed `optimizer/<position>.<name>`."""
    return {key: np.asarray(variable) for key, variable in _keyed("optimizer", optimizer.variables)}


def restore_model(model: keras.Model, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Assigns what `model_arrays` gave. Raises JobError where a variable is missing or of another shape."""
    for key, variable in _model_variables(model):
        value = arrays.get(key)
        if value is None or tuple(value.shape) != tuple(variable.shape):
            came = "nothing" if value is None else f"shape {tuple(value.shape)}"
            raise JobError(
                f"The weights do not fit the model: {key} expects shape {tuple(variable.shape)}; the file has {came}.",
                "The run's project or its weights were changed after training; train again.",
            )
        variable.assign(value)


def _model_variables(model: keras.Model) -> Iterator[tuple[str, Any]]:
    for layer in model.layers:
        yield from _keyed(f"model/{layer.name}", layer.variables)


def _keyed(prefix: str, variables: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    # The position tells equal names within one layer apart, and keeps their order in the file.
    for position, variable in enumerate(variables):
        yield f"{prefix}/{position:03d}.{variable.name}", variable
