"""Which layers of a project some weights fit, told by keys and shapes: no model is built and no array is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import NamedTuple

import h5py

from workbench.analysis import GraphAnalysis, primitives
from workbench.layers import Category
from workbench.project.catalogue import project_catalogue
from workbench.project.document import Project
from workbench.project.hdf5 import UnsafeFile, check_size, datasets
from workbench.project.weights import (
    Arrays,
    Tell,
    Weights,
    WeightStoreError,
    is_state,
    read_weights,
    weight_key,
    write_weights,
)

Shape = tuple[int, ...]
_NAMED = 5
"""Layers that a message names; more are counted."""


class LayerKeys(NamedTuple):
    """A layer with weights: its path, its name, and the key and shape of each weight that it asks for."""

    path: str
    name: str
    wanted: Mapping[str, Shape]
    opaque: bool = False


@dataclass(frozen=True)
class Found:
    """Weights from elsewhere: arrays by key, and the path that each layer's name stands for. `source`: in words."""

    arrays: Arrays
    names: Mapping[str, str]
    source: str


@dataclass(frozen=True)
class Fit:
    """Names of layers: `kept` find all their weights, `changed` find some or in another shape, `new` find none.

    `unused` are the paths of what no layer asks for.
    """

    kept: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def misfits(self) -> str:
        """The layers that begin anew, in a few words; "" where all fit."""
        names = (*self.changed, *self.new)
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return ", ".join(names[:_NAMED]) + more


def layers_with_weights(project: Project) -> list[LayerKeys]:
    """The layers of a project's graphs that have weights of their own, in order."""
    catalogue = project_catalogue(project.blocks.values())
    found = []
    for graph in project.graphs.values():
        for layer in primitives(GraphAnalysis(graph, catalogue)):
            weights = layer.report.weights
            wanted = {weight_key(layer.path, position, w.name): w.shape for position, w in enumerate(weights)}
            opaque = layer.kind.category is Category.OPAQUE
            if layer.owner == layer.path and (wanted or opaque):
                found.append(LayerKeys(layer.path, layer.name, wanted, opaque))
    return found


def fit_of(project: Project, shapes: Mapping[str, Shape]) -> Fit:
    """What becomes of each layer's weights with those that a store has, by key."""
    groups: dict[str, list[str]] = {"kept": [], "changed": [], "new": []}
    layers = layers_with_weights(project)
    held = {key.partition(":")[0] for key in shapes if not is_state(key)}
    for layer in layers:
        if layer.opaque:
            if layer.path in held:
                groups["kept"].append(layer.name)
            continue
        same = [shapes.get(key) == shape for key, shape in layer.wanted.items()]
        there = any(key in shapes for key in layer.wanted)
        groups["kept" if all(same) else "changed" if there else "new"].append(layer.name)
    unused = sorted(held - {layer.path for layer in layers})
    return Fit(**{group: tuple(names) for group, names in groups.items()}, unused=tuple(unused))


def stored_shapes(weights: Weights) -> dict[str, Shape]:
    """Shapes by the key that the project's layers have now; quick, no array is read. Raises WeightStoreError."""
    if weights.file is None:
        raise WeightStoreError(f"The project's weights are missing: {weights.digest}.h5 is in no store")
    try:
        with h5py.File(weights.file, "r") as file:
            check_size(file)
            stored = {name.replace("\\", "/"): tuple(dataset.shape) for name, dataset in datasets(file)}
    except (OSError, KeyError, RuntimeError, UnsafeFile) as error:
        raise WeightStoreError(f"{weights.file}: Expected weights of a project. Received: {error}") from None
    return weights.under_new_paths(stored)


def project_weights(project: Project, name: str) -> Found:
    """The weights that belong to a project. Raises WeightStoreError where it has none, or they are missing."""
    if project.weights is None:
        raise WeightStoreError(f"{name}: this project has no weights")
    names = {layer.name: layer.path for layer in layers_with_weights(project)}
    return Found(read_weights(project.weights), names, name)


def adopt(project: Project, found: Found, store: Path, tell: Tell | None = None, stop: Event | None = None) -> Weights:
    """Weights from elsewhere in a store, for the layers of this project.

    A layer takes what is stored for its path, and else what a layer of its name has, where every shape is the same.
    Raises WeightStoreError where no layer fits, and WeightsCancelled.
    """
    shapes = {key: tuple(value.shape) for key, value in found.arrays.items() if not is_state(key)}
    moved = _by_name(layers_with_weights(project), found.names, shapes)
    placed = Weights("", None, moved).under_new_paths(shapes)
    fit = fit_of(project, placed)
    if not fit.kept and not fit.changed:
        raise WeightStoreError(
            f"{found.source}: Expected weights for this network. "
            f"Received: those of another, none of whose layers fits ({_example(fit, found)})"
        )
    return replace(write_weights(store, found.arrays.items(), tell, stop), moved=moved, source=found.source)


def _by_name(layers: Iterable[LayerKeys], names: Mapping[str, str], shapes: Mapping[str, Shape]) -> dict[str, str]:
    """For each layer that has nothing under its own path: the path of a layer of its name and shapes."""
    by_path: dict[str, list[tuple[str, Shape]]] = {}
    for key, shape in shapes.items():
        path, _, rest = key.partition(":")
        by_path.setdefault(path, []).append((rest, shape))
    moved = {}
    for layer in layers:
        there = names.get(layer.name)
        if there is None or layer.path == there or layer.path in by_path:
            continue
        wanted = sorted((key.partition(":")[2], shape) for key, shape in layer.wanted.items())
        if layer.opaque or sorted(by_path.get(there, [])) == wanted:
            moved[layer.path] = there
    return moved


def _example(fit: Fit, found: Found) -> str:
    there = ", ".join([*found.names][:_NAMED]) or "no layers"
    return f"the network has {fit.misfits or 'no weights'}; the weights are for {there}"
