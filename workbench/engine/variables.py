"""Every variable of a model and its optimizer, by keys that do not depend on Keras's counters."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from workbench.engine.errors import JobError

Arrays = dict[str, NDArray[Any]]
MODEL, OPTIMIZER = "model", "optimizer"
"""First part of a key, where there is one network."""


def model_arrays(model: keras.Model, prefix: str = MODEL) -> Arrays:
    """Weights and seed generator states, keyed `<prefix>/<layer>/<position>.<name>`."""
    return {key: np.asarray(variable) for key, variable in model_variables(model, prefix)}


def optimizer_arrays(optimizer: keras.optimizers.Optimizer, prefix: str = OPTIMIZER) -> Arrays:
    """Iteration, moments and averages, keyed `<prefix>/<position>.<name>`."""
    return {key: np.asarray(variable) for key, variable in _keyed(prefix, optimizer.variables)}


def averaged_arrays(model: keras.Model) -> Arrays | None:
    """The model with the running means of its weights in their place; None where the optimiser keeps none."""
    means = _averages(model)
    return None if not means else model_arrays(model) | {key: np.asarray(mean) for key, _, mean in means}


def swap_averages(model: keras.Model) -> None:
    """Exchanges the weights with their running means, where the optimiser keeps some."""
    for _, variable, mean in _averages(model):
        weights = np.asarray(variable)
        variable.assign(mean)
        mean.assign(weights)


def keeps_averages(model: keras.Model) -> bool:
    """Whether the weights' running means are what the training is for."""
    return bool(_averages(model))


@contextlib.contextmanager
def statistics_kept(model: keras.Model) -> Iterator[None]:
    """Puts moving statistics and seeds back as they were before the block."""
    kept = [np.array(keras.ops.convert_to_numpy(variable)) for variable in model.non_trainable_variables]
    try:
        yield
    finally:
        for variable, value in zip(model.non_trainable_variables, kept, strict=True):
            variable.assign(value)


def _averages(model: keras.Model) -> list[tuple[str, Any, Any]]:
    """(key, weight, mean) of every trainable weight."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    if not optimizer.use_ema or not optimizer.built:
        return []
    keys = {id(variable): key for key, variable in model_variables(model)}
    means = optimizer._model_variables_moving_average
    return [(keys[id(v)], v, mean) for v, mean in zip(optimizer._trainable_variables, means, strict=True)]


def restore_optimizer(model: keras.Model, arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Assigns what `optimizer_arrays` gave; False, and nothing assigned, where it was another optimiser's."""
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    return assign_optimizer(model.optimizer, arrays)


def assign_optimizer(
    optimizer: keras.optimizers.Optimizer, arrays: Mapping[str, NDArray[Any]], prefix: str = OPTIMIZER
) -> bool:
    """The same for an optimiser that is built."""
    variables = list(_keyed(prefix, optimizer.variables))
    kept = {key for key in arrays if key.startswith(f"{prefix}/")}
    fits = kept == {key for key, _ in variables} and all(
        tuple(arrays[key].shape) == tuple(variable.shape) for key, variable in variables
    )
    if fits:
        for key, variable in variables:
            variable.assign(arrays[key])
    return fits


def restore_model(model: keras.Model, arrays: Mapping[str, NDArray[Any]], prefix: str = MODEL) -> None:
    """Assigns what `model_arrays` gave. Raises JobError, and assigns nothing, where a variable is missing or of
    another shape."""
    variables = list(model_variables(model, prefix))
    for key, variable in variables:
        value = arrays.get(key)
        if value is None or tuple(value.shape) != tuple(variable.shape):
            came = "nothing" if value is None else f"shape {tuple(value.shape)}"
            raise JobError(
                f"The weights do not fit the model: {key} expects shape {tuple(variable.shape)}; the file has {came}.",
                "The run's project or its weights were changed after training; train again.",
            )
    for key, variable in variables:
        variable.assign(arrays[key])
    settle(model)


def settle(model: keras.Model) -> None:
    """Lets layers that compute with what they derive from their weights derive it again: Normalization does."""
    for layer in model._flatten_layers():
        if layer.weights and hasattr(layer, "finalize_state"):
            layer.finalize_state()


def model_variables(model: keras.Model, prefix: str = MODEL) -> Iterator[tuple[str, Any]]:
    """(key, variable) of every weight and seed generator state."""
    for layer in model.layers:
        yield from _keyed(f"{prefix}/{layer.name}", layer.variables)


def _keyed(prefix: str, variables: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    # The position tells equal names within one layer apart, and keeps their order in the file.
    for position, variable in enumerate(variables):
        yield f"{prefix}/{position:03d}.{variable.name}", variable
