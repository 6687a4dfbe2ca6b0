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
from workbench.project.weights import weight_key


@dataclass
class Fitted:
    """Layer names by what became of their weights."""

    kept: list[str] = field(default_factory=list)
    partly: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


def fit_weights(model: keras.Model, graph: Graph, catalogue: Catalogue, arrays: Mapping[str, NDArray[Any]]) -> Fitted:
    """Assigns each weight that the store has for its node in the same shape; the others keep their initial values."""
    fitted = Fitted()
    layers = {layer.name: layer for layer in model.layers}
    for primitive in primitives(GraphAnalysis(graph, catalogue)):
        layer = layers.get(primitive.name)
        if primitive.owner != primitive.path or layer is None:
            continue
        variables = [v for v in layer.variables if "seed_generator" not in v.path]
        if not variables:
            continue
        if primitive.kind.category is Category.OPAQUE:
            done = _fit_opaque(primitive.path, variables, arrays)
        else:
            names = [weight.name for weight in primitive.report.weights]
            keys = [weight_key(primitive.path, position, name) for position, name in enumerate(names)]
            done = [_assign(variable, arrays.get(key)) for variable, key in zip(variables, keys, strict=False)]
        told = fitted.kept if done and all(done) else fitted.partly if any(done) else fitted.new
        told.append(primitive.name)
    return fitted


def _fit_opaque(path: str, variables: list[Any], arrays: Mapping[str, NDArray[Any]]) -> list[bool]:
    """Keys of an opaque layer are in the order of the file; its variables are found by shape, in order."""
    waiting = [value for key, value in sorted(arrays.items()) if key.startswith(f"{path}:")]
    done = []
    for variable in variables:
        at = next((i for i, value in enumerate(waiting) if tuple(value.shape) == tuple(variable.shape)), None)
        done.append(at is not None and _assign(variable, waiting.pop(at)))
    return done


def _assign(variable: Any, value: NDArray[Any] | None) -> bool:
    if value is None or tuple(value.shape) != tuple(variable.shape):
        return False
    variable.assign(np.asarray(value))
    return True
