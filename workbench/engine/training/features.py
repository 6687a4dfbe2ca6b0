"""What frozen layers give, computed once: a network cut where it begins to learn, and its supply of features."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.data.source import Indices
from workbench.engine.supply import Arrays, ArraySupply, Supply

_CHANGES_ITSELF = frozenset({"SpectralNormalization"})
"""Layers that change weights of theirs in every training step, frozen or not."""
MEMORY_SHARE = 0.25
"""Of the free memory that features may take; more goes to the disk."""
DISK_SHARE = 0.5
Told = Callable[[int, int], bool]
"""Hears how many of how many samples are done; False: stop."""


class FeaturesCancelled(Exception):
    """Somebody asked to stop while features were computed."""


@dataclass(frozen=True)
class Cut:
    """A model in two: what never changes in training, and the rest, which takes its tensors."""

    below: keras.Model
    tensors: tuple[Any, ...]
    layers: int
    """With weights, below."""


def cut(model: keras.Model) -> Cut | None:
    """Where a model can be cut as it is frozen now; None where all that comes first changes."""
    nodes = [node for depth in sorted(model._nodes_by_depth, reverse=True) for node in model._nodes_by_depth[depth]]
    fixed: set[int] = set()
    taken: dict[int, Any] = {}
    weighted: set[str] = set()
    for node in nodes:
        inputs = node.input_tensors
        if node.is_input or (_is_fixed(node.operation) and all(id(tensor) in fixed for tensor in inputs)):
            fixed.update(id(tensor) for tensor in node.outputs)
            if getattr(node.operation, "weights", None):
                weighted.add(node.operation.name)
        else:
            taken.update((id(tensor), tensor) for tensor in inputs if id(tensor) in fixed)
    outputs_change = all(id(tensor) not in fixed for tensor in model.outputs)
    if not weighted or not taken or not outputs_change:
        return None
    tensors = tuple(taken.values())
    return Cut(keras.Model(model.inputs, list(tensors)), tensors, len(weighted))


def _is_fixed(operation: Any) -> bool:
    """Whether what an operation gives depends on its inputs alone, in every step of a training."""
    if not isinstance(operation, keras.Layer):
        return not isinstance(operation, keras.Model)
    parts = list(operation._flatten_layers())
    if operation.trainable and operation.weights:
        return False
    return not any(_is_random(part) or type(part).__name__ in _CHANGES_ITSELF for part in parts) and all(
        type(part).__module__.startswith("keras.") and getattr(part, "activity_regularizer", None) is None
        for part in parts
    )


def _is_random(layer: Any) -> bool:
    return bool(getattr(layer, "_seed_generators", ())) or "Random" in type(layer).__name__


class FeatureSupply:
    """Another supply's samples in the same order, as what the frozen layers give for them."""

    def __init__(self, supply: Supply, features: Sequence[NDArray[Any]], others: Sequence[NDArray[Any]]) -> None:
        self._supply = supply
        self._features = tuple(features)
        self._others = tuple(others)

    def __len__(self) -> int:
        return len(self._supply)

    def order(self, epoch: int) -> Indices:
        """Positions in the order of an epoch."""
        return self._supply.order(epoch)

    def arrays(self, positions: Indices, epoch: int) -> Arrays:
        """Features, then targets and weights as they were."""
        return tuple(column[positions] for column in (*self._features, *self._others))

    def packed(self, arrays: Sequence[Any]) -> tuple[Any, ...]:
        """(features, targets) and weights as `fit` takes them."""
        count = len(self._features)
        # A tuple: tf.data would make one tensor of a list, which features of different shapes do not fit in.
        first = tuple(arrays[:count]) if count > 1 else arrays[0]
        unused = [None] * _inputs(self._supply)
        if not isinstance(self._supply, ArraySupply):
            return (first, *arrays[count:])
        return (first, self._supply.packed([*unused, *arrays[count:]])[1])


@contextlib.contextmanager
def room(folder: Path) -> Iterator[Callable[..., NDArray[Any]]]:
    """Gives arrays for features: in memory while they fit, else in files under `folder`, gone at the end."""
    files = Path(tempfile.mkdtemp(prefix=".features-", dir=folder))
    count = 0

    def array(shape: tuple[int, ...], dtype: Any, on_disk: bool = False) -> NDArray[Any]:
        nonlocal count
        if not on_disk:
            return np.empty(shape, dtype)
        count += 1
        return np.lib.format.open_memmap(files / f"{count}.npy", mode="w+", dtype=dtype, shape=shape)

    try:
        yield array
    finally:
        shutil.rmtree(files, ignore_errors=True)


def size_of(found: Cut, supplies: Sequence[Supply]) -> int | None:
    """Bytes that the features of all samples take, and their targets; None where a shape is not known."""
    total = 0
    example = supplies[0].arrays(np.arange(1), 0)
    total += sum(each.nbytes for each in example[_inputs(supplies[0]) :])
    for tensor in found.tensors:
        if any(size is None for size in tensor.shape[1:]):
            return None
        total += int(np.prod(tensor.shape[1:])) * tf.as_dtype(tensor.dtype).size
    return total * sum(map(len, supplies))


def _inputs(supply: Supply) -> int:
    """How many arrays of a batch go into the network."""
    return len(getattr(supply, "inputs", (None,)))


def place_for(size: int, free_memory: int, free_disk: int) -> str | None:
    """`memory`, `disk`, or None where there is room in neither."""
    if size <= free_memory * MEMORY_SHARE:
        return "memory"
    return "disk" if size <= free_disk * DISK_SHARE else None


def compute(
    found: Cut, supply: Supply, batch_size: int, array: Callable[..., NDArray[Any]], told: Told
) -> FeatureSupply:
    """Runs every sample of a supply through the frozen layers once. Raises FeaturesCancelled."""
    count = len(supply)
    step = tf.function(lambda x: found.below(x, training=False), reduce_retracing=True)
    columns: list[NDArray[Any]] = []
    inputs = _inputs(supply)
    features = len(found.tensors)
    for first in range(0, count, batch_size):
        positions = np.arange(first, min(first + batch_size, count))
        arrays = supply.arrays(positions, 0)
        x = supply.packed([tf.constant(each) for each in arrays])[0]
        made = [np.asarray(tensor) for tensor in keras.tree.flatten(step(x))] + list(arrays[inputs:])
        if not columns:
            columns = [array((count, *each.shape[1:]), each.dtype) for each in made]
        for column, values in zip(columns, made, strict=True):
            column[positions] = values
        if not told(int(positions[-1]) + 1, count):
            raise FeaturesCancelled
    return FeatureSupply(supply, columns[:features], columns[features:])
