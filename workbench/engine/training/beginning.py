"""Where a training begins: anew, after the last completed epoch of a run, or as a branch from one of its epochs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from workbench.engine import runtime
from workbench.engine.errors import JobError
from workbench.engine.reading import read_project, read_snapshot
from workbench.engine.training.initial import begins_with_weights
from workbench.project import Project
from workbench.project.weights import keep_beside
from workbench.protocol import Train
from workbench.runs import ActiveRun, Checkpoint, Run, RunStatus, RunStore, read_checkpoint
from workbench.runs.files import PROJECT


@dataclass(frozen=True)
class Beginning:
    """What is trained, from which checkpoint (None: from new weights) and for how many epochs in all.

    `resumed` is the run that goes on, `origin` the one that a branch comes from; a new training has neither.
    """

    project: Project
    text: str
    epochs: int
    checkpoint: Checkpoint | None = None
    resumed: Run | None = None
    origin: Run | None = None
    branch_epoch: int = 0

    @property
    def epochs_done(self) -> int:
        """Epochs that are complete already."""
        return int(self.checkpoint.state["epoch"]) if self.checkpoint else 0


def read_beginning(command: Train) -> Beginning:
    """Raises JobError, ProjectFileError or RunStoreError where that cannot be done."""
    if command.resume:
        run = Run.open(Path(command.resume))
        return _branch(command, run) if command.branch_epoch else _resume(command, run)
    if command.branch_epoch or command.epochs_more:
        raise JobError("Expected a run to go on with. Received: none")
    project = read_project(command.project.encode(), "the project", command.weights)
    return Beginning(project, command.project, project.training.epochs)


def _resume(command: Train, run: Run) -> Beginning:
    if run.status is RunStatus.RUNNING:
        raise JobError(f"The run {run.name} is being trained by another process.")
    text = read_snapshot(run)
    project = read_project(text, run.project_file)
    epochs = (run.record.epochs_planned or project.training.epochs) + command.epochs_more
    checkpoint = read_checkpoint(run.checkpoint_file) if run.checkpoint_file.is_file() else None
    beginning = Beginning(project, text.decode(), epochs, checkpoint, resumed=run)
    if epochs <= beginning.epochs_done:
        raise JobError(
            f"The run {run.name} has completed {beginning.epochs_done} epochs of {epochs}: nothing is left to train.",
            "Add epochs.",
        )
    return beginning


def _branch(command: Train, run: Run) -> Beginning:
    text = command.project.encode() or read_snapshot(run)
    project = read_project(text, "the project" if command.project else str(run.project_file))
    checkpoint = read_checkpoint(run.epoch_file(command.branch_epoch))
    epochs = project.training.epochs + command.epochs_more
    if epochs <= command.branch_epoch:
        raise JobError(
            f"Expected more than the {command.branch_epoch} epochs that the branch begins with. Received: {epochs}",
            "Choose more epochs, or branch from an earlier one.",
        )
    return Beginning(project, text.decode(), epochs, checkpoint, origin=run, branch_epoch=command.branch_epoch)


_KNOWN = ("dataset", "dataset_digest", "class_names", "train_images", "validation_images")
"""Facts of the data that a run began with: going on never replaces them."""


def _check_data(command: Train, beginning: Beginning, facts: dict[str, Any]) -> None:
    """Raises JobError where a run would go on with classes or content that it was not trained on."""
    known = beginning.resumed or beginning.origin
    if known is None:
        return
    record, names = known.record, tuple(facts["class_names"])
    if beginning.resumed is not None and record.class_names and names != record.class_names:
        raise JobError(
            f"The run {known.name} was trained on the classes {_listed(record.class_names)}. "
            f"Received: {_listed(names)}.",
            "Give the classes their names back, or train a new run.",
        )
    own = beginning.resumed is not None or beginning.project.dataset.spec == record.dataset
    changed = bool(record.dataset_digest) and record.dataset_digest != facts["dataset_digest"]
    if own and changed and not command.accept_changed_data:
        raise JobError(
            f"The dataset {record.dataset} has changed since the run {known.name} was trained on it: "
            "images would move between training and validation.",
            "Restore the data, or accept the change with --accept-changed-data.",
        )


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return (", ".join(names[:6]) or "none") + more


@contextlib.contextmanager
def opened_run(command: Train, beginning: Beginning, facts: dict[str, Any]) -> Iterator[ActiveRun]:
    """The run that is trained, new or taken up again, held while the block runs. Raises RunStoreError."""
    project = beginning.project
    _check_data(command, beginning, facts)
    facts |= {"versions": runtime.load(), "epochs_planned": beginning.epochs, "dataset": project.dataset.spec}
    if beginning.resumed is not None:
        with ActiveRun(beginning.resumed.folder) as run:
            new = {name: value for name, value in facts.items() if name not in _KNOWN or not getattr(run.record, name)}
            run.update(status=RunStatus.RUNNING, problem="", resumed=run.record.resumed + 1, **new)
            yield run
        return
    if beginning.origin is not None:
        facts |= {"branched_from": beginning.origin.name, "branched_epoch": beginning.branch_epoch}
    facts["settings"] = msgspec.to_builtins(project.training)
    stem = command.name or project.title or "model"
    store = RunStore(Path(command.runs))
    with store.create(stem, beginning.text, project.training.seed, **facts) as run:
        if project.weights is not None and begins_with_weights(project):
            # A run that is stopped before its first epoch begins with them again.
            keep_beside(project.weights, run.folder / PROJECT)
        yield run
