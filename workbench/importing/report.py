"""A model's file made a project whose weights are kept in a store, and what a person should know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from numpy.typing import NDArray

from workbench.data.progress import Progress, Steps
from workbench.importing.errors import ModelFileError
from workbench.importing.model import Imported, import_model
from workbench.layers.supplied import Supplier
from workbench.project import InGraph, NormalisationError, Project, SetWeights
from workbench.project.preprocessing import preprocessing
from workbench.project.weights import write_weights


@dataclass(frozen=True)
class ImportReport:
    """A project ready to use. `opaque`: why a layer stayed opaque, by its name; `arrays` counts those of weights."""

    project: Project
    nodes: int
    parameters: int
    arrays: int
    opaque: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """`resnet50: 177 nodes, 25,636,712 parameters, 320 arrays of weights`."""
        weights = f"{self.arrays:,} arrays of weights" if self.arrays else "no weights"
        return f"{self.project.title}: {self.nodes:,} nodes, {self.parameters:,} parameters, {weights}"

    @property
    def remarks(self) -> list[str]:
        """A line for each layer that stayed opaque and for each thing that was changed."""
        opaque = [f"{name}: kept as an opaque layer: {why}" for name, why in self.opaque.items()]
        return [*opaque, *(f"note: {note}" for note in self.notes)]


def import_project(
    path: Path,
    store: Path,
    with_weights: bool = True,
    progress: Progress | None = None,
    cancel: Event | None = None,
    preprocess: str = "",
    supplier: Supplier | None = None,
) -> ImportReport:
    """Reads a `.keras` or `.h5` model; its weights go to the folder `store`, which a project refers to by digest.

    `preprocess` names what the network expects of its images (`project.preprocessing.MODES`): it comes to stand in the
    graph. `supplier`: see import_model. Raises ModelFileError, WeightStoreError, or Cancelled where `cancel` was set.
    """
    imported = import_model(path, with_weights, progress, cancel, supplier)
    project = imported.project
    if imported.weights:
        arrays = _written(imported.weights, progress, cancel)
        project.apply(SetWeights(write_weights(store, arrays)))
    return _report(imported, _preprocessed(path, project, preprocess) if preprocess else ())


def _written(
    weights: Mapping[str, NDArray[Any]], progress: Progress | None, cancel: Event | None
) -> Iterator[tuple[str, NDArray[Any]]]:
    steps = Steps("Keeping the weights", len(weights), progress, cancel)
    for entry in weights.items():
        yield entry
        steps.more()


def _preprocessed(path: Path, project: Project, mode: str) -> tuple[str, ...]:
    """Puts the preprocessing behind the input; a note that says so, none where nothing has to be done."""
    (graph,) = project.graphs.values()
    given = project.dataset.value_range
    try:
        edit = preprocessing(graph, mode, given)
    except NormalisationError as error:
        raise ModelFileError(path, str(error)) from None
    if edit is None:
        return ()
    project.apply(InGraph(graph.name, edit))
    return (f"images from {given} are brought to what the network expects ({mode}), within the network",)


def _report(imported: Imported, notes: tuple[str, ...] = ()) -> ImportReport:
    project = imported.project
    graphs = (*project.graphs.values(), *(block.graph for block in project.blocks.values()))
    return ImportReport(
        project,
        nodes=sum(map(len, graphs)),
        parameters=imported.parameters,
        arrays=len(imported.weights),
        opaque=imported.opaque,
        notes=(*imported.notes, *notes),
    )
