"""Arrays by input and output, matched with a network's inputs and outputs by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.keys import sample_ids
from workbench.data.source import DatasetError
from workbench.data.sources import ArraySet
from workbench.data.split import split_samples
from workbench.engine.objective import Target
from workbench.engine.supply import ArraySupply
from workbench.project import DatasetSettings
from workbench.project.objectives import AUTO, LOSSES

Arrays = dict[str, NDArray[Any]]


def array_supplies(
    arrays: ArraySet,
    settings: DatasetSettings,
    seed: int,
    loss: str,
    inputs: Mapping[str, Any],
    outputs: Mapping[str, Any],
) -> tuple[ArraySupply, ArraySupply, tuple[Target, ...]]:
    """Training, validation, and what each output is compared with, which the chosen loss has a say in.

    Raises DatasetError.
    """
    columns_in = _matched("x", arrays.inputs, inputs)
    columns_out = _matched("y", arrays.outputs, outputs)
    for name, tensor in inputs.items():
        _check_shape(f"x_{name}", columns_in[name], tuple(tensor.shape[1:]))
    columns_in = {name: _as_input(array, settings.value_range) for name, array in columns_in.items()}
    targets = tuple(_target(name, columns_out[name], outputs[name], loss) for name in outputs)
    columns_out = {
        target.name: columns_out[target.name].astype(np.int64 if target.classes and not target.shares else np.float32)
        for target in targets
    }
    ids = sample_ids(arrays.keys)
    # Stratified by the first output that has classes.
    strata = next((columns_out[t.name] for t in targets if t.classes and not t.shares and not t.shape), None)
    labels = np.zeros(len(ids), np.int64) if strata is None else strata
    shares = settings.validation_share, settings.test_share
    split = split_samples(ids, labels, arrays.parts, *shares, seed, arrays.groups)
    training, validation = (
        ArraySupply(columns_in, columns_out, samples, ids, seed) for samples in (split.training, split.validation)
    )
    return training, validation, targets


def _matched(letter: str, arrays: Arrays, wanted: Mapping[str, Any]) -> Arrays:
    """The arrays in the order of the network's ends; where there is one of each, names need not be the same."""
    if len(arrays) == len(wanted) == 1:
        return dict(zip(wanted, arrays.values(), strict=True))
    missing = [f"{letter}_{name}" for name in wanted if name not in arrays]
    if missing:
        there = ", ".join(f"{letter}_{name}" for name in arrays)
        raise DatasetError(f"Expected the arrays {', '.join(missing)}, named as the network. Received: {there}")
    return {name: arrays[name] for name in wanted}


def _check_shape(name: str, array: NDArray[Any], shape: tuple[int | None, ...]) -> None:
    came = array.shape[1:]
    if len(came) != len(shape) or any(size is not None and size != got for size, got in zip(shape, came, strict=True)):
        raise DatasetError(f"{name}: Expected rows of {shape}. Received: {came}")


def _as_input(array: NDArray[Any], value_range: str) -> NDArray[np.float32]:
    """Bytes are images, whose range the project chooses; other numbers are as they are meant."""
    if array.dtype != np.uint8:
        return array.astype(np.float32)
    factor, offset = {"0..1": (1 / 255, 0.0), "-1..1": (2 / 255, -1.0)}.get(value_range, (1.0, 0.0))
    return (array * np.float32(factor) + np.float32(offset)).astype(np.float32)


def _target(name: str, array: NDArray[Any], output: Any, loss: str) -> Target:
    """Whole numbers are classes, and so are shares in the shape of a softmax; the rest are plain numbers.

    A loss that is chosen for classes makes shares of 0 to 1 targets of the output's shape, and one for numbers makes
    whole numbers plain ones.
    """
    shape, width = tuple(array.shape[1:]), output.shape[-1]
    whole = array.dtype.kind in "biu"
    layer = output._keras_history.operation
    ends = str(getattr(getattr(layer, "activation", None), "__name__", type(layer).__name__.lower()))
    chosen = loss != AUTO and LOSSES[loss].classes
    if not whole and ends == "softmax" and shape and shape[-1] == width:
        return Target(name, shape, int(width), shares=True)
    if chosen and len(shape) == 1 and shape == output.shape[1:] and _are_shares(array) and not (whole and width == 1):
        return Target(name, shape, max(int(width), 2), shares=True)
    if not whole:
        return Target(name, shape, None)
    numbers = not LOSSES[loss].classes and ends not in ("softmax", "sigmoid")
    if numbers and tuple(output.shape[1:]) in (shape, (*shape, 1)):
        return Target(name, shape, None)
    return _of_class_numbers(name, array, output)


def _are_shares(array: NDArray[Any]) -> bool:
    return bool(array.min(initial=0) >= 0 and array.max(initial=0) <= 1)


def _of_class_numbers(name: str, array: NDArray[Any], output: Any) -> Target:
    shape, width = tuple(array.shape[1:]), output.shape[-1]
    classes = max(int(array.max(initial=0)) + 1, 2 if width == 1 else int(width))
    if array.min(initial=0) < 0:
        raise DatasetError(f"y_{name}: Expected class numbers of 0 or more. Received: {int(array.min())}")
    if shape == (1,) and (len(output.shape) == 2 or width == 1):
        return Target(name, (), classes)
    return Target(name, shape, classes)
