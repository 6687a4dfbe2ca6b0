"""Training a generator and a discriminator against each other into a run, or going on with one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from workbench.data.progress import Cancelled
from workbench.engine import devices
from workbench.engine.adversarial.feed import RealImages
from workbench.engine.adversarial.networks import Networks
from workbench.engine.adversarial.session import Session
from workbench.engine.controls import Controls
from workbench.engine.numerics import numerics
from workbench.engine.training.beginning import Beginning, opened_run
from workbench.engine.training.journal import record_failure
from workbench.project import Project
from workbench.protocol import AnyEvent, Finished, Stage, Stopped, Train

Report = Callable[[AnyEvent], None]


@dataclass(frozen=True)
class Opened:
    """Everything that the training needs beside a run."""

    device: str
    networks: Networks
    real: RealImages


def train_adversarial(command: Train, beginning: Beginning, report: Report, controls: Controls) -> Finished | Stopped:
    """Trains as the command says; ends within a batch once it is to stop, and keeps the run.

    Raises JobError, DatasetError or RunStoreError before a run begins. What ends a begun run is recorded in it, and
    its JobError carries the run's folder.
    """
    with _opened(beginning.project, command.device, report, controls) as opened:
        if opened is None:
            return Stopped()
        with opened_run(command, beginning, _facts(opened)) as run:
            try:
                session = Session(opened.device, opened.networks, opened.real, beginning, run, report, controls)
                return session.fit()
            except Exception as error:
                raise record_failure(run, error) from error


@contextlib.contextmanager
def _opened(project: Project, device_choice: str, report: Report, controls: Controls) -> Iterator[Opened | None]:
    """Builds and reads, on the device and in the precision that are asked for; None where it was stopped."""
    device = devices.choose(device_choice, devices.inventory().devices)
    with devices.placed_on(device), numerics(project.training):
        report(Stage(text="building the generator and the discriminator"))
        networks = Networks(project)
        report(Stage(text="reading the dataset"))

        def told(done: int, total: int | None, what: str) -> None:
            report(Stage(text=what[:1].lower() + what[1:], done=done, total=total or 0))

        try:
            real = RealImages(project, networks, told, controls)
        except Cancelled:
            yield None
            return
        yield None if controls.is_set() else Opened(device.id, networks, real)


def _facts(opened: Opened) -> dict[str, Any]:
    return {
        "device": opened.device,
        "dataset_digest": opened.real.digest,
        "class_names": opened.real.class_names,
        "train_images": len(opened.real),
        "validation_images": len(opened.real.feeds.validation),
    }
