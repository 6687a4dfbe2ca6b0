"""Weights of the project's store in a built model."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import h5py
import keras
import numpy as np
from numpy.typing import NDArray

from workbench.analysis import GraphAnalysis, primitives
from workbench.engine.variables import settle
from workbench.graph import Graph
from workbench.layers import Catalogue, Category
from workbench.project.weights import is_state, path_of, weight_key


@dataclass
class Fitted:
    """Layer names by what became of their weights. `unused` are the paths in the store that no layer asked for.

    `keys` gives the store's key of every variable that was taken over whole, by the variable's path.
    """

    kept: list[str] = field(default_factory=list)
    partly: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def fits(self) -> bool:
        """Whether anything was taken over."""
        return bool(self.kept or self.partly)


def fit_weights(
    model: keras.Model, graph: Graph, catalogue: Catalogue, arrays: Mapping[str, NDArray[Any]], overlap: bool = False
) -> Fitted:
    """Assigns each weight that the store has for its node in the same shape; the others keep their initial values.

    With `overlap`, a weight of another shape takes the part that both shapes have: what 32 filters learned goes into
    the first 32 of 48.
    """
    fitted = Fitted()
    layers = {layer.name: layer for layer in model.layers}
    asked: set[str] = set()
    for primitive in primitives(GraphAnalysis(graph, catalogue)):
        layer = layers.get(primitive.name)
        if primitive.owner != primitive.path or layer is None:
            continue
        variables = [v for v in layer.variables if "seed_generator" not in v.path]
        if not variables:
            continue
        asked.add(primitive.path)
        if primitive.kind.category is Category.OPAQUE:
            done = _fit_opaque(layer, primitive.path, variables, arrays)
        else:
            names = [weight.name for weight in primitive.report.weights]
            keys = [weight_key(primitive.path, position, name) for position, name in enumerate(names)]
            values = [arrays.get(key) for key in keys]
            done = [_assign(variable, value, overlap) for variable, value in zip(variables, values, strict=False)]
            taken = zip(variables, keys, done, strict=False)
            fitted.keys |= {variable.path: key for variable, key, how in taken if how == _WHOLE}
        told = fitted.kept if done and all(d == _WHOLE for d in done) else fitted.partly if any(done) else fitted.new
        told.append(primitive.name)
    settle(model)
    fitted.unused = sorted({path_of(key) for key in arrays if not is_state(key)} - asked)
    return fitted


_NONE, _PART, _WHOLE = range(3)


def _fit_opaque(
    layer: keras.layers.Layer, path: str, variables: list[Any], arrays: Mapping[str, NDArray[Any]]
) -> list[int]:
    """An opaque layer's weights, by the places that Keras 3 gave them in its file, else by name, shape and order."""
    waiting = {
        key.removeprefix(f"{path}:"): value
        for key, value in sorted(arrays.items())
        if key.startswith(f"{path}:") and not is_state(key)
    }
    if _load_by_place(layer, waiting):
        return [_WHOLE] * len(variables)
    done = []
    for variable in _in_file_order(layer, variables):
        same = [name for name, value in waiting.items() if tuple(value.shape) == tuple(variable.shape)]
        alike = [name for name in same if name.rpartition(".")[2] == variable.name] or same
        done.append(_assign(variable, waiting.pop(alike[0]), False) if alike else _NONE)
    return done


def _in_file_order(layer: keras.layers.Layer, variables: list[Any]) -> list[Any]:
    """HDF5 files of Keras 2's layout have the weights that learn before the others."""
    order = {id(variable): at for at, variable in enumerate(layer.trainable_weights + layer.non_trainable_weights)}
    return sorted(variables, key=lambda variable: order.get(id(variable), len(order)))


def _load_by_place(layer: keras.layers.Layer, arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Lets Keras read arrays that are named as in its own file, `000.forward_layer.cell.0`; False where it cannot.

    WORKAROUND: Keras 3.15 reads whole files only, so its reader of one layer is called with a file in memory.
    """
    from keras.src.saving import saving_lib

    places = {name: name.split(".")[1:] for name in arrays}
    if not places or not all(place and place[-1].isdecimal() for place in places.values()):
        return False
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        for name, (*inner, number) in places.items():
            file["/".join(("layer", *inner, "vars", number))] = arrays[name]
    seeds = {id(seed) for inner in layer._flatten_layers() for seed in inner._seed_generators}
    try:
        saving_lib._load_state(layer, saving_lib.H5IOStore(content), None, "layer", visited_saveables=seeds)
    except (ValueError, KeyError, TypeError):  # what Keras says of arrays that are not the layer's
        return False
    return True


def _assign(variable: Any, value: NDArray[Any] | None, overlap: bool) -> int:
    if value is None:
        return _NONE
    if tuple(value.shape) == tuple(variable.shape):
        variable.assign(np.asarray(value))
        return _WHOLE
    if not overlap or value.ndim != len(variable.shape):
        return _NONE
    both = tuple(slice(min(sizes)) for sizes in zip(value.shape, variable.shape, strict=True))
    whole = np.array(keras.ops.convert_to_numpy(variable))
    whole[both] = value[both]
    variable.assign(whole)
    return _PART
