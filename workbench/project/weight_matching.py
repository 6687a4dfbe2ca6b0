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
from workbench.project.weight_pairs import Side, keras_order, pairs
from workbench.project.weights import (
    Arrays,
    Tell,
    Weights,
    WeightStoreError,
    is_state,
    path_of,
    read_weights,
    weight_key,
    write_weights,
)

Shape = tuple[int, ...]
BY_ORDER = ", by order and shapes"
"""Follows the source of weights whose layers have other names."""
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
    """The layers of a project's graphs that have weights of their own, in Keras's order."""
    catalogue = project_catalogue(project.blocks.values())
    found = []
    for graph in project.graphs.values():
        for layer in keras_order(primitives(GraphAnalysis(graph, catalogue))):
            weights = layer.report.weights
            wanted = {weight_key(layer.path, position, w.name): w.shape for position, w in enumerate(weights)}
            opaque = layer.kind.category is Category.OPAQUE
            if wanted or opaque:
                found.append(LayerKeys(layer.path, layer.name, wanted, opaque))
    return found


def fit_of(project: Project, shapes: Mapping[str, Shape]) -> Fit:
    """What becomes of each layer's weights with those that a store has, by key."""
    groups: dict[str, list[str]] = {"kept": [], "changed": [], "new": []}
    layers = layers_with_weights(project)
    held = {path_of(key) for key in shapes if not is_state(key)}
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

    A layer takes what is stored for its path, and else what a layer of its name has, where every shape is the same;
    where names do not agree and all shapes do, in order, what the layer in its place has.
    Raises WeightStoreError where no layer fits, and WeightsCancelled.
    """
    shapes = {key: tuple(value.shape) for key, value in found.arrays.items() if not is_state(key)}
    moved, by_order = _moved(layers_with_weights(project), found.names, shapes)
    placed = Weights("", None, moved).under_new_paths(shapes)
    fit = fit_of(project, placed)
    if not fit.kept and not fit.changed:
        raise WeightStoreError(
            f"{found.source}: Expected weights for this network. "
            f"Received: those of another, none of whose layers fits ({_example(fit, found)})"
        )
    return replace(
        write_weights(store, found.arrays.items(), tell, stop),
        moved=moved,
        source=found.source + (BY_ORDER if by_order else ""),
    )


def _moved(
    layers: Iterable[LayerKeys], names: Mapping[str, str], shapes: Mapping[str, Shape]
) -> tuple[dict[str, str], bool]:
    """The path there for each layer that has another one here, and whether they were found by their order."""
    by_path: dict[str, list[tuple[str, Shape]]] = {}
    for key, shape in shapes.items():
        path, _, rest = key.rpartition(":")
        by_path.setdefault(path, []).append((rest, shape))
    here = [Side(layer.path, layer.name, _keyed(layer)) for layer in layers]
    there = [Side(path, name, tuple(by_path[path])) for name, path in names.items() if path in by_path]
    found = pairs(here, there)
    return {
        ours: theirs
        for ours, theirs in found.there.items()
        if ours != theirs and (found.by_order or ours not in by_path)
    }, found.by_order


def _keyed(layer: LayerKeys) -> tuple[tuple[str, Shape], ...]:
    return () if layer.opaque else tuple((key.rpartition(":")[2], shape) for key, shape in layer.wanted.items())


def _example(fit: Fit, found: Found) -> str:
    there = ", ".join([*found.names][:_NAMED]) or "no layers"
    return f"the network has {fit.misfits or 'no weights'}; the weights are for {there}"
