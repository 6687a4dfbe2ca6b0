"""The arrays of a model's file, dealt to the layers that they belong to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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


class Array(NamedTuple):
    """One array of a layer. `name` is what the file calls it, below the layer."""

    name: str
    dataset: h5py.Dataset

    def value(self) -> NDArray[Any]:
        """Reads it."""
        return np.asarray(self.dataset[()])


@dataclass(frozen=True)
class LayerArrays:
    """A layer of the file with its arrays in Keras's order; `named`: their names are those of its weights."""

    path: Path
    arrays: tuple[Array, ...]
    named: bool


def layer_arrays(file: ModelFile, record: NetworkRecord) -> dict[Path, LayerArrays]:
    """The arrays of every layer that has some, whatever the file's format."""
    found = _legacy(file.weights, record) if file.legacy else _archive(file.weights, record, ())
    return {layer.path: layer for layer in found if layer.arrays}


# -- .keras: groups by class name and number, in the order of the layers
def _archive(group: h5py.Group, record: NetworkRecord, outer: Path) -> Iterator[LayerArrays]:
    layers = group.get("layers") or group.get("_layer_checkpoint_dependencies")
    if layers is None:
        return
    numbers: dict[str, int] = {}
    for layer in record.layers:
        if layer.is_operation:
            continue
        stem = snake_case(layer.class_name)
        number = numbers.get(stem, 0)
        numbers[stem] = number + 1
        stored = layers.get(f"{stem}_{number}" if number else stem)
        if stored is None:
            continue
        if layer.is_model:
            yield from _archive(stored, _inner(layer), (*outer, node_name(layer)))
        else:
            yield LayerArrays((*outer, node_name(layer)), tuple(own_arrays(stored)), named=False)


def own_arrays(stored: h5py.Group) -> Iterator[Array]:
    """The layer's own variables, then those of the layers within it, by the names that they were given."""
    own = stored.get("vars")
    if own is not None:
        for key in sorted(own, key=_number):
            yield Array(key, own[key])
    for name in stored:
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
            yield from _deal(arrays, _inner(layer), (node_name(layer),))
        else:
            yield LayerArrays((node_name(layer),), tuple(Array(_below(a.name), a.dataset) for a in arrays), named=True)


def weight_names(stored: h5py.Group) -> list[str]:
    names = [name.decode() if isinstance(name, bytes) else str(name) for name in stored.attrs.get("weight_names", ())]
    inside = {path for path, _ in datasets(stored)}
    return [name for name in names if name in inside]


def _below(name: str) -> str:
    return name.partition("/")[2].removesuffix(":0") or name.removesuffix(":0")


def _deal(arrays: Sequence[Array], record: NetworkRecord, outer: Path) -> Iterator[LayerArrays]:
    """The weights of a nested model stand in one list: trainable ones first, layer after layer."""
    by_layer: dict[str, list[Array]] = {}
    names = {layer.name for layer in record.layers}
    for array in arrays:
        parts = array.name.removesuffix(":0").split("/")
        at = next((index for index, part in enumerate(parts) if part in names and index < len(parts) - 1), None)
        if at is not None:
            by_layer.setdefault(parts[at], []).append(Array("/".join(parts[at + 1 :]), array.dataset))
    for layer in record.layers:
        belonging = by_layer.get(layer.name, [])
        if layer.is_model:
            yield from _deal(
                [Array(f"x/{a.name}", a.dataset) for a in belonging], _inner(layer), (*outer, node_name(layer))
            )
        elif belonging:
            yield LayerArrays((*outer, node_name(layer)), tuple(belonging), named=True)


def node_name(layer: LayerRecord) -> str:
    """A layer's name as a node's: Keras forbids slashes since version 3, and paths are made with them."""
    return layer.name.replace("/", ".") or "layer"


def _inner(layer: LayerRecord) -> NetworkRecord:
    config: Mapping[str, Any] = {"class_name": layer.class_name, "config": layer.config}
    return network_record(config)
