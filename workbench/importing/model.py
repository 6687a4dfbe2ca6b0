"""A Keras model's file as a project with its weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import GraphAnalysis, Primitive, primitives
from workbench.data.progress import Progress, Steps
from workbench.importing.accounting import names_of, unaccounted, unknown_shape
from workbench.importing.errors import ModelFileError
from workbench.importing.files import ModelFile, open_model_file
from workbench.importing.network import Found, Network
from workbench.importing.parameters import NotOurs
from workbench.importing.records import BadConfig, network_record
from workbench.importing.supplied import record_supplied
from workbench.importing.weights import LayerArrays, layer_arrays
from workbench.layers import Category
from workbench.layers.supplied import Supplier
from workbench.project import DatasetSettings, Project, project_catalogue
from workbench.project.weights import weight_key

NO_DATASET = DatasetSettings(spec="")
"""A model's file does not say what it was trained on."""


@dataclass(frozen=True)
class Imported:
    """A project, its weights by key, and what a person should know: layers kept opaque, and notes."""

    project: Project
    weights: dict[str, NDArray[Any]]
    opaque: dict[str, str]
    notes: tuple[str, ...]
    parameters: int


def import_model(
    path: Path,
    with_weights: bool = True,
    progress: Progress | None = None,
    cancel: Event | None = None,
    supplier: Supplier | None = None,
) -> Imported:
    """Reads a `.keras` or `.h5` model. Raises ModelFileError, or Cancelled where `cancel` was set.

    Nothing in the file is executed. `supplier` gives the outputs of layers that have no rules where the file does
    not record them; without it, what follows such a layer keeps no weights and a note says so.
    """
    Steps(f"Opening {path.name}", None, progress, cancel)
    with open_model_file(path) as file:
        try:
            record = network_record(file.config)
            stored = layer_arrays(file, record)
            found = Found(arrays=stored.by_path, keras_2=file.keras_version.startswith(("1.", "2.")))
            graph = Network(record, found, "model").build()
            record_supplied(graph, found, supplier)
        except (BadConfig, NotOurs) as error:
            raise ModelFileError(path, str(error), "config") from None
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            message = f"Expected a model's layers. Received: something else ({type(error).__name__}: {error})"
            raise ModelFileError(path, message, "config") from None
        project = Project([graph], NO_DATASET, title=record.name, blocks=found.blocks.values())
        analysis = GraphAnalysis(graph, project_catalogue(project.blocks.values()))
        weights: dict[str, NDArray[Any]] = {}
        if with_weights:
            steps = Steps("Reading weights", len(found.arrays), progress, cancel)
            weights = dict(_weights(file, analysis, found, steps))
            found.notes.extend(unaccounted(analysis, stored, set(weights)))
    return Imported(project, weights, found.opaque, tuple(found.notes), analysis.totals.params)


def _weights(file: ModelFile, analysis: GraphAnalysis, found: Found, steps: Steps) -> Iterator[tuple[str, Any]]:
    """Each array under the key of the primitive that it belongs to."""
    met = primitives(analysis)
    for primitive in met:
        layer = found.arrays.get(names_of(primitive))
        if layer is not None and primitive.owner == primitive.path:
            steps.more()
            if primitive.report.known or primitive.kind.category is Category.OPAQUE:
                yield from _of_layer(file, primitive, layer)
            else:
                found.notes.append(unknown_shape(primitive, met, found.opaque))


def _of_layer(file: ModelFile, primitive: Primitive, layer: LayerArrays) -> Iterator[tuple[str, NDArray[Any]]]:
    if primitive.kind.category is Category.OPAQUE:
        for position, array in enumerate(layer.arrays):
            yield weight_key(primitive.owner, position, array.name), array.value()
        return
    wanted = primitive.report.weights
    arrays = [array.value() for array in layer.arrays]
    if len(wanted) != len(arrays):
        adapted = any("lora_" in array.name for array in layer.arrays)
        why = "; its LoRA adapters are not merged: save the model as .keras, which merges them" if adapted else ""
        message = f"Expected {len(wanted)} weights for {primitive.name}. Received: {len(arrays)}{why}"
        raise ModelFileError(file.path, message, "weights")
    for position, (weight, value) in enumerate(zip(wanted, in_order(wanted, layer, arrays), strict=True)):
        if tuple(value.shape) != weight.shape:
            raise ModelFileError(
                file.path,
                f"Expected shape {weight.shape} for {primitive.name}/{weight.name}. Received: {tuple(value.shape)}",
                "weights",
            )
        yield weight_key(primitive.owner, position, weight.name), value


def in_order(wanted: Any, layer: LayerArrays, arrays: list[NDArray[Any]]) -> list[NDArray[Any]]:
    """Arrays in the order of the weights; those of layers within a layer are told by the name of that layer."""
    if layer.named:
        return arrays
    pools: dict[str, list[NDArray[Any]]] = {}
    for array, value in zip(layer.arrays, arrays, strict=True):
        pools.setdefault(array.name.rpartition("/")[0].replace("/vars", ""), []).append(value)
    taken: list[NDArray[Any]] = []
    for weight in wanted:
        inner = weight.name.rpartition("/")[0]
        pool = next((pools[key] for key in pools if _same(key, inner) and pools[key]), None)
        taken.append(pool.pop(0) if pool else np.empty(0))
    return taken


def _same(stored: str, inner: str) -> bool:
    """`query_dense` is where Keras keeps what it calls `query`."""
    if not inner or not stored:
        return inner == stored
    return inner.removeprefix("attention_").split("_")[0] == stored.split("/")[0].strip("_").split("_")[0]
