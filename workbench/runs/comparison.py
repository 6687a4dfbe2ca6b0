"""Two runs side by side, or a run and a project: metrics, costs, settings, and what is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from numpy.typing import NDArray

from workbench.project import Project, ProjectFileError, load_project
from workbench.project.compare import GraphDiff, ProjectDiff, ValueChange, compare_projects
from workbench.project.compare.weights import LayerDistance, weight_distances
from workbench.project.costs import Costs, project_costs
from workbench.project.weights import WeightStoreError, read_weights
from workbench.runs.errors import RunStoreError
from workbench.runs.record import RunRecord, rate_words
from workbench.runs.run import Run
from workbench.runs.weights import run_weights

_COUNTED = {
    "params": "parameters",
    "trainable_params": "trainable parameters",
    "macs": "MACs",
    "activation_bytes": "activation bytes",
}
_FACTS = ("device", "dataset_digest", "train_images", "validation_images")


@dataclass(frozen=True)
class Side:
    """One of the two: a project, the record of its training where there was one, and its weights by the store's keys.

    `missing` says why there are no weights, "" where none were to be had.
    """

    name: str
    project: Project
    record: RunRecord | None = None
    arrays: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    missing: str = ""


@dataclass(frozen=True)
class Delta:
    """A number on both sides; None where a side has none. `difference` is after minus before."""

    name: str
    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        """None where a side has none."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class Comparison:
    """Everything about two sides. `metrics`, `costs` and `weights` hold equal numbers too, the rest only what differs.

    `weights` is empty where a side has none.
    """

    before: str
    after: str
    metrics: tuple[Delta, ...]
    costs: tuple[Delta, ...]
    facts: tuple[ValueChange, ...]
    project: ProjectDiff
    weights: tuple[LayerDistance, ...] = ()
    remarks: tuple[str, ...] = ()
    """Why a side's weights could not be compared, a line each."""

    @property
    def settings(self) -> tuple[ValueChange, ...]:
        """Settings that differ."""
        return self.project.settings

    @property
    def graphs(self) -> tuple[GraphDiff, ...]:
        """Graphs that differ."""
        return self.project.graphs


def side_of_run(run: Run) -> Side:
    """A run with the project that it was trained from and its best weights. Raises RunStoreError where the project
    cannot be read."""
    try:
        project = load_project(run.project_file).project
    except ProjectFileError as error:
        raise RunStoreError(str(error)) from error
    try:
        return Side(run.name, project, run.record, run_weights(run).arrays)
    except RunStoreError as error:  # it may have ended before its first epoch, or be damaged
        return Side(run.name, project, run.record, missing=str(error))


def side_of_project(name: str, project: Project) -> Side:
    """A project with the weights that belong to it, where they are there."""
    if project.weights is None:
        return Side(name, project)
    try:
        return Side(name, project, arrays=read_weights(project.weights))
    except WeightStoreError as error:
        return Side(name, project, missing=str(error))


def compare(before: Side, after: Side) -> Comparison:
    """The differences of two sides."""
    return Comparison(
        before.name,
        after.name,
        tuple(_metrics(before.record, after.record)),
        tuple(_costs(project_costs(before.project), project_costs(after.project))),
        tuple(_facts(before.record, after.record)),
        compare_projects(before.project, after.project),
        weight_distances(before.project, before.arrays, after.project, after.arrays)
        if before.arrays and after.arrays
        else (),
        tuple(f"{side.name}: {side.missing}" for side in (before, after) if side.missing),
    )


def _metrics(before: RunRecord | None, after: RunRecord | None) -> Iterator[Delta]:
    old, new = _results(before), _results(after)
    yield from (Delta(name, old.get(name), new.get(name)) for name in {**old, **new})


def _results(record: RunRecord | None) -> Mapping[str, float]:
    if record is None:
        return {}
    held_out_first = sorted(record.best.items(), key=lambda item: not item[0].startswith("val_"))
    return {
        **{f"best {name}": value for name, value in held_out_first},
        "best epoch": record.best_epoch,
        "epochs": record.epochs,
        "seconds": record.seconds,
    }


def _costs(before: Costs, after: Costs) -> Iterator[Delta]:
    for name, words in _COUNTED.items():
        yield Delta(words, getattr(before, name), getattr(after, name))


def _facts(before: RunRecord | None, after: RunRecord | None) -> Iterator[ValueChange]:
    """What a project does not say: where it was trained, on which content, with which versions."""
    if before is None or after is None:
        return
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    for name in _FACTS:
        if old[name] != new[name]:
            yield ValueChange(name, old[name], new[name])
    changed = rate_words(before.rate_changes), rate_words(after.rate_changes)
    if changed[0] != changed[1]:
        yield ValueChange("learning rate by hand", *changed)
    versions: dict[str, Any] = {**old["versions"], **new["versions"]}
    for name in sorted(versions):
        pair = (old["versions"].get(name, ""), new["versions"].get(name, ""))
        if pair[0] != pair[1]:
            yield ValueChange(f"version of {name}", *pair)
