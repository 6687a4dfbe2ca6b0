"""A project made ready to train: its model compiled, its data open. Shared by the job and the trials before it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from workbench.data.progress import Cancelled
from workbench.engine import devices
from workbench.engine.compile import build_model, layer_paths
from workbench.engine.feed import Supplies, count_batches, one_batch, open_supplies
from workbench.engine.numerics import numerics
from workbench.engine.objective import Objective, objective_for, optimizer_for
from workbench.engine.reading import classifier_graph
from workbench.engine.training.initial import take_weights
from workbench.engine.training.model import TrainingModel
from workbench.engine.training.phases import Phases
from workbench.engine.weights import Fitted
from workbench.graph import Graph
from workbench.layers import Catalogue
from workbench.project import Project, project_catalogue
from workbench.protocol import AnyEvent, Stage


@dataclass(frozen=True)
class Setting:
    """Everything that a training needs beside a run."""

    project: Project
    device: str
    graph: Graph
    catalogue: Catalogue
    model: TrainingModel
    supplies: Supplies
    objective: Objective
    phases: Phases
    fitted: Fitted | None = None
    """What became of the initial weights; None where it begins from scratch, or goes on with a run."""

    @property
    def batches(self) -> int:
        """In one epoch."""
        return count_batches(self.supplies.training, self.project.training.batch_size)

    @property
    def reported(self) -> list[str]:
        """The numbers that an epoch will have."""
        names = self.objective.reported
        held_out = [f"val_{name}" for name in names] if len(self.supplies.validation) else []
        return [*names, *held_out]

    def paths(self) -> dict[str, str]:
        """Each layer's primitive."""
        return layer_paths(self.graph, self.catalogue)

    def batch(self, epoch: int = 0, number: int = 0, size: int | None = None) -> Any:
        """A training batch, made again."""
        return one_batch(self.supplies.training, size or self.project.training.batch_size, epoch, number)

    def recompile(self) -> None:
        """A new optimiser, and Keras's functions made anew."""
        settings = self.project.training
        self.objective.compile(self.model, optimizer_for(settings), settings.xla)
        self.phases.prepare(self.model.optimizer)


@contextlib.contextmanager
def set_up(
    project: Project,
    device_choice: str,
    report: Callable[[AnyEvent], None],
    stop: threading.Event,
    *,
    anew: bool = True,
) -> Iterator[Setting | None]:
    """Builds, reads and compiles, on the device and in the precision that are asked for; None where it was stopped.

    `anew`: with the project's initial weights; else it goes on with those of a run.
    Raises JobError or DatasetError.
    """
    settings = project.training
    device = devices.choose(device_choice, devices.inventory().devices)
    with devices.placed_on(device), numerics(settings):
        report(Stage(text="building the model"))
        graph, catalogue = classifier_graph(project), project_catalogue(project.blocks.values())
        model = TrainingModel.of(build_model(graph, settings.seed, catalogue))
        taken = take_weights(model, project, graph, catalogue, report) if anew else None
        report(Stage(text="reading the dataset"))
        try:
            supplies = open_supplies(project, model, _told(report), stop)
        except Cancelled:
            yield None
            return
        objective = objective_for(model, supplies.targets, settings)
        phases = Phases.of(model, graph, catalogue, settings)
        setting = Setting(project, device.id, graph, catalogue, model, supplies, objective, phases)
        setting.recompile()
        if taken is not None:
            setting = replace(setting, fitted=taken.fitted)
            report(taken.told(taken.state.give(model)))
            del taken  # the optimiser's state takes as much memory as the weights, or twice that
        yield None if stop.is_set() else setting


def _told(report: Callable[[AnyEvent], None]) -> Callable[[int, int | None, str], None]:
    """How the reading of a dataset goes, as a job's stage."""
    return lambda done, total, what: report(Stage(text=what[:1].lower() + what[1:], done=done, total=total or 0))
