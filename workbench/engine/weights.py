"""Weights of the project's store in a built model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from workbench.analysis import GraphAnalysis, primitives
from workbench.graph import Graph
from workbench.layers import Catalogue, Category
from workbench.project.weights import is_state, weight_key


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
            done = _fit_opaque(primitive.path, variables, arrays)
        else:
            names = [weight.name for weight in primitive.report.weights]
            keys = [weight_key(primitive.path, position, name) for position, name in enumerate(names)]
            values = [arrays.get(key) for key in keys]
            done = [_assign(variable, value, overlap) for variable, value in zip(variables, values, strict=False)]
            taken = zip(variables, keys, done, strict=False)
            fitted.keys |= {variable.path: key for variable, key, how in taken if how == _WHOLE}
        told = fitted.kept if done and all(d == _WHOLE for d in done) else fitted.partly if any(done) else fitted.new
        told.append(primitive.name)
    fitted.unused = sorted({key.partition(":")[0] for key in arrays if not is_state(key)} - asked)
    return fitted


_NONE, _PART, _WHOLE = range(3)


def _fit_opaque(path: str, variables: list[Any], arrays: Mapping[str, NDArray[Any]]) -> list[int]:
    """Keys of an opaque layer are in the order of the file; its variables are found by shape, in order."""
    waiting = [value for key, value in sorted(arrays.items()) if key.startswith(f"{path}:") and not is_state(key)]
    done = []
    for variable in variables:
        at = next((i for i, value in enumerate(waiting) if tuple(value.shape) == tuple(variable.shape)), None)
        done.append(_NONE if at is None else _assign(variable, waiting.pop(at), False))
    return done


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
