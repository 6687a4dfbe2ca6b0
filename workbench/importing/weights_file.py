"""The weights in a file that Keras wrote, of a whole model or alone, found for a project by the names of layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import h5py
import numpy as np

from workbench.analysis import GraphAnalysis, Primitive, primitives
from workbench.importing.errors import ModelFileError
from workbench.importing.model import import_model, in_order
from workbench.importing.parameters import snake_case
from workbench.importing.weights import Array as FileArray
from workbench.importing.weights import LayerArrays, own_arrays, weight_names
from workbench.layers import Category
from workbench.project import Project, project_catalogue
from workbench.project.hdf5 import UnsafeFile, check_size
from workbench.project.weight_matching import BY_ORDER, Found, layers_with_weights
from workbench.project.weight_pairs import Side, keras_order, pairs
from workbench.project.weights import Arrays, weight_key

_HDF5 = b"\x89HDF\r\n\x1a\n"
SUFFIXES = (".keras", ".h5", ".hdf5")


def file_weights(path: Path, project: Project) -> Found:
    """Weights of a `.keras`, `.h5` or `.weights.h5` file. Raises ModelFileError; nothing in the file is executed."""
    if _holds_weights_only(path):
        return _named(path, project)
    imported = import_model(path)
    names = {layer.name: layer.path for layer in layers_with_weights(imported.project)}
    return Found(imported.weights, names, path.name)


def _holds_weights_only(path: Path) -> bool:
    if path.is_dir():
        return False
    try:
        with path.open("rb") as stream:
            if stream.read(8) != _HDF5:
                return False
        with h5py.File(path, "r") as file:
            return "model_config" not in file.attrs and ("layers" in file or "layer_names" in file.attrs)
    except OSError as error:
        raise ModelFileError(path, f"Expected whole HDF5 data. Received: {error.strerror or error}") from None


def _named(path: Path, project: Project) -> Found:
    """By the names that the file gives its layers: Keras numbers its groups by class, which says nothing here."""
    with h5py.File(path, "r") as file:
        try:
            check_size(file)
            numbered = "layer_names" not in file.attrs
            layers = dict(_keras_3(file["layers"], "") if numbered else _keras_2(file))
            if not layers:
                raise ModelFileError(
                    path,
                    "Expected weights with the names of their layers. Received: an older file without names; "
                    "save the whole model as .keras instead",
                )
            arrays, by_order = _paired(project, layers, numbered)
        except UnsafeFile as error:
            raise ModelFileError(path, f"Expected arrays in the file itself. Received: {error}") from None
        except (KeyError, RuntimeError, OSError, AttributeError, TypeError) as error:
            raise ModelFileError(path, f"Expected weights of layers. Received: something else ({error})") from None
    return Found(arrays, {name: name for name in layers}, path.name + (BY_ORDER if by_order else ""))


def _paired(project: Project, layers: Mapping[str, LayerArrays], numbered: bool) -> tuple[Arrays, bool]:
    """The arrays of the file by the keys of the project's layers, and whether their order told which are whose.

    `numbered`: the file knows the order of its layers within each class alone.
    """
    ours = list(_with_weights(project))
    if numbered:
        ours.sort(key=lambda primitive: snake_case(primitive.kind.label))
    here = [Side(each.path, each.name, tuple(weight.shape for weight in each.report.weights)) for each in ours]
    there = [
        Side(name, name, tuple(tuple(array.dataset.shape) for array in layer.arrays)) for name, layer in layers.items()
    ]
    found = pairs(here, there)
    by_path = {primitive.path: primitive for primitive in ours}
    arrays: Arrays = {}
    for path, name in found.there.items():
        arrays.update(_of_layer(by_path[path], layers[name]))
    return arrays, found.by_order


def _with_weights(project: Project) -> Iterator[Primitive]:
    catalogue = project_catalogue(project.blocks.values())
    for graph in project.graphs.values():
        for primitive in keras_order(primitives(GraphAnalysis(graph, catalogue))):
            if primitive.report.weights or primitive.kind.category is Category.OPAQUE:
                yield primitive


def _keras_2(file: h5py.File) -> Iterator[tuple[str, LayerArrays]]:
    for raw in file.attrs["layer_names"]:
        name = raw.decode() if isinstance(raw, bytes) else str(raw)
        stored = file[name]
        found = tuple(FileArray(inner.rpartition("/")[2], stored[inner]) for inner in weight_names(stored))
        if found:
            yield name.replace("/", "."), LayerArrays((name,), found, named=True)


def _keras_3(group: h5py.Group, outer: str) -> Iterator[tuple[str, LayerArrays]]:
    for key in sorted(group, key=_class_and_number):
        stored = group[key]
        variables = stored.get("vars")
        raw = None if variables is None else variables.attrs.get("name")
        if raw is None:
            continue
        name = outer + str(raw).replace("/", ".")
        if "layers" in stored:
            yield from _keras_3(stored["layers"], f"{name}.")
        elif found := tuple(own_arrays(stored)):
            yield name, LayerArrays((name,), found, named=False)


def _class_and_number(key: str) -> tuple[str, int]:
    """`conv2d_10` follows `conv2d_9`."""
    stem, _, number = key.rpartition("_")
    return (stem, int(number)) if stem and number.isdecimal() else (key, 0)


def _of_layer(primitive: Primitive, layer: LayerArrays) -> Arrays:
    values = [array.value() for array in layer.arrays]
    if primitive.kind.category is Category.OPAQUE:
        names = [array.name for array in layer.arrays]
    else:
        wanted = primitive.report.weights
        if len(wanted) != len(values):
            return {}
        names, values = [weight.name for weight in wanted], in_order(wanted, layer, values)
    pairs = enumerate(zip(names, values, strict=True))
    return {weight_key(primitive.path, position, name): np.asarray(value) for position, (name, value) in pairs}
