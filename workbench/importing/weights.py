"""The arrays of a model's file, dealt to the layers that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray

from workbench.importing.files import ModelFile
from workbench.importing.parameters import snake_case
from workbench.importing.records import LayerRecord, NetworkRecord, network_record
from workbench.project.hdf5 import datasets

Path = tuple[str, ...]
"""Names of models in models, then of the layer."""
_SEEDS = ("seed_generator",)
_STORED_AS = {"GroupQueryAttention": "GroupedQueryAttention"}
"""Classes whose groups in the archive are called otherwise than what Keras publishes them as."""
_BESIDE = ("optimizer", "metrics", "optimizer_weights", "top_level_model_weights")
_FIRST = ("forward_layer",)
"""Inner layers whose weights come before those of their siblings; the file sorts by name."""


class Array(NamedTuple):
    """One array of a layer. `name` is what the file calls it, below the layer."""

    name: str
    dataset: h5py.Dataset

    def value(self) -> NDArray[Any]:
        """Reads it. What HDF5 has no type for, Keras's bfloat16, comes as float32, which holds the same values."""
        value = np.asarray(self.dataset[()])
        if value.dtype.kind != "V" or value.dtype.itemsize != 2:
            return value
        return (value.view(np.uint16).astype(np.uint32) << 16).view(np.float32)

    @property
    def dtype(self) -> str:
        """The dtype of its values, as Keras calls it."""
        return "bfloat16" if self.dataset.dtype.kind == "V" else str(self.dataset.dtype)


@dataclass(frozen=True)
class LayerArrays:
    """A layer of the file with its arrays in Keras's order; `named`: their names are those of its weights."""

    path: Path
    arrays: tuple[Array, ...]
    named: bool


@dataclass(frozen=True)
class FileArrays:
    """The arrays of a file by layer. `unplaced` belong to no layer; `copied` are layers that share another's weights
    across the border of a network in the network, with the layer that they share them with.
    """

    by_path: Mapping[Path, LayerArrays]
    unplaced: tuple[str, ...] = ()
    copied: Mapping[Path, Path] = field(default_factory=dict)


def layer_arrays(file: ModelFile, record: NetworkRecord) -> FileArrays:
    """The arrays of every layer that has some, whatever the file's format, and those that no layer has."""
    copied: dict[Path, Path] = {}
    found = _legacy(file.weights, record) if file.legacy else _Archive(copied).read(file.weights, record, ())
    by_path = {layer.path: layer for layer in found if layer.arrays}
    used = {array.dataset.name for layer in by_path.values() for array in layer.arrays}
    unplaced = tuple(
        name for name, dataset in datasets(file.weights) if dataset.name not in used and not _is_no_weight(name)
    )
    return FileArrays(by_path, unplaced, copied)


def _is_no_weight(name: str) -> bool:
    """What a file holds beside weights: the states of optimisers, metrics and random numbers."""
    parts = name.split("/")
    return parts[0] in _BESIDE or any(part.startswith(_SEEDS) for part in parts)


# -- .keras: groups by class name and number, in the order of the layers
class _Archive:
    """Keras saves a layer where it meets it first, and nothing where it meets it again."""

    def __init__(self, copied: dict[Path, Path]) -> None:
        self._copied = copied
        self._shared: dict[int, LayerArrays] = {}
        self._by_name: dict[tuple[str, str], LayerArrays] = {}

    def read(self, group: h5py.Group, record: NetworkRecord, outer: Path) -> Iterator[LayerArrays]:
        layers = group.get("layers") or group.get("_layer_checkpoint_dependencies")
        if layers is None:
            layers = {}
        numbers: dict[str, int] = {}
        for layer in record.layers:
            if layer.is_operation:
                continue
            stem = snake_case(_STORED_AS.get(layer.class_name, layer.class_name))
            number = numbers.get(stem, 0)
            numbers[stem] = number + 1
            stored = layers.get(f"{stem}_{number}" if number else stem)
            path = (*outer, node_name(layer))
            if layer.is_model and (stored is not None or self._by_name):
                yield from self.read({} if stored is None else stored, _inner(layer), path)
            elif not layer.is_model:
                yield self._layer(layer, path, () if stored is None else tuple(own_arrays(stored)))

    def _layer(self, layer: LayerRecord, path: Path, arrays: tuple[Array, ...]) -> LayerArrays:
        made = LayerArrays(path, arrays, named=False)
        if arrays:
            self._by_name[layer.class_name, layer.name] = made
        if layer.shared_id is None:
            return made
        # Keras 3.15 numbers only one of the places where a network in the network is built first.
        first = self._shared.setdefault(layer.shared_id, made)
        first = first if first.arrays else self._by_name.get((layer.class_name, layer.name), first)
        if arrays or not first.arrays:
            return made
        self._copied[path] = first.path
        return LayerArrays(path, first.arrays, named=False)


def own_arrays(stored: h5py.Group) -> Iterator[Array]:
    """The layer's own variables, then those of the layers within it, by the names that they were given."""
    own = stored.get("vars")
    if own is not None:
        for key in sorted(own, key=_number):
            yield Array(key, own[key])
    for name in sorted(stored, key=lambda name: (name not in _FIRST, name)):
        if name == "vars" or name.startswith(_SEEDS):
            continue
        item = stored[name]
        if not isinstance(item, h5py.Group):
            continue
        for array in own_arrays(item):
            yield Array(f"{name}/{array.name}", array.dataset)


def _number(key: str) -> tuple[int, str]:
    return (int(key), "") if key.isdecimal() else (1 << 30, key)


# -- .h5: groups by layer name, with the names of the weights in order
def _legacy(group: h5py.Group, record: NetworkRecord) -> Iterator[LayerArrays]:
    for layer in record.layers:
        if layer.is_operation or layer.name not in group:
            continue
        stored = group[layer.name]
        arrays = [Array(name, stored[name]) for name in weight_names(stored)]
        if layer.is_model:
            yield from _deal(arrays, list(_leaves(_inner(layer), (node_name(layer),), (layer.name,))))
        else:
            yield LayerArrays((node_name(layer),), tuple(Array(_below(a.name), a.dataset) for a in arrays), named=True)


def weight_names(stored: h5py.Group) -> list[str]:
    names = [name.decode() if isinstance(name, bytes) else str(name) for name in stored.attrs.get("weight_names", ())]
    inside = {path for path, _ in datasets(stored)}
    return [name for name in names if name in inside]


def _below(name: str) -> str:
    return name.partition("/")[2].removesuffix(":0") or name.removesuffix(":0")


class _Leaf(NamedTuple):
    """A layer in a network in the network: its path, and the names around it and its own as the file has them."""

    path: Path
    names: tuple[str, ...]


def _leaves(record: NetworkRecord, outer: Path, names: tuple[str, ...]) -> Iterator[_Leaf]:
    for layer in record.layers:
        inside = (*outer, node_name(layer)), (*names, layer.name)
        if layer.is_model:
            yield from _leaves(_inner(layer), *inside)
        elif not layer.is_operation:
            yield _Leaf(*inside)


def _deal(arrays: Sequence[Array], leaves: Sequence[_Leaf]) -> Iterator[LayerArrays]:
    """The weights of a network in the network stand in one list: those that learn first, layer after layer.

    An array's name holds its layer's, and those of some of the networks around it. Where that fits several layers
    alike, they come in their order.
    """
    by_leaf: dict[_Leaf, list[Array]] = {}
    met: dict[str, int] = {}
    for array in arrays:
        name = f"/{array.name.removesuffix(':0')}"
        fitting = [leaf for leaf in leaves if f"/{leaf.names[-1]}/" in name]
        if not fitting:
            continue
        best = max(_likeness(leaf, name) for leaf in fitting)
        alike = [leaf for leaf in fitting if _likeness(leaf, name) == best]
        leaf = alike[met.get(name, 0) % len(alike)]
        met[name] = met.get(name, 0) + 1
        below = name.rpartition(f"/{leaf.names[-1]}/")[2]
        by_leaf.setdefault(leaf, []).append(Array(below, array.dataset))
    for leaf, belonging in by_leaf.items():
        yield LayerArrays(leaf.path, tuple(belonging), named=True)


def _likeness(leaf: _Leaf, name: str) -> tuple[int, int]:
    """How many of the networks around it the name tells, and how much of the name is the layer's own."""
    return sum(f"/{outer}/" in name for outer in leaf.names[:-1]), len(leaf.names[-1])


def node_name(layer: LayerRecord) -> str:
    """A layer's name as a node's: Keras forbids slashes since version 3, and paths are made with them."""
    return layer.name.replace("/", ".") or "layer"


def _inner(layer: LayerRecord) -> NetworkRecord:
    config: Mapping[str, Any] = {"class_name": layer.class_name, "config": layer.config}
    return network_record(config)
