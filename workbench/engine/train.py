"""Training a project's classifier into a run."""

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import msgspec

from workbench.engine import devices, runtime
from workbench.engine.compile import build_model
from workbench.engine.errors import JobError
from workbench.engine.failures import explain
from workbench.engine.feed import Epoch, Feeds, count_batches, open_feeds, ordered_batches, training_batches
from workbench.engine.objective import objective_for, optimizer_for
from workbench.engine.pace import Pace
from workbench.engine.progress import Progress, StopRequested
from workbench.engine.reading import classifier_graph, read_project
from workbench.engine.variables import model_arrays
from workbench.project import Project, project_catalogue
from workbench.protocol import AnyEvent, Finished, Log, Stage, Started, Stopped, Train
from workbench.runs import ActiveRun, Checkpoint, RunStatus, RunStore, RunStoreError

Report = Callable[[AnyEvent], None]


def train(command: Train, report: Report, stop: threading.Event) -> Finished | Stopped:
    """Trains the command's project on its dataset; ends within a batch once `stop` is set, and keeps the run.

    Raises JobError, DatasetError, ProjectFileError or RunStoreError before a run begins. What ends a begun run
    is recorded in it, and its JobError carries the run's folder.
    """
    report(Stage(text="reading the project"))
    project = read_project(command.project.encode(), "the project")
    device = devices.choose(command.device, devices.inventory().devices)
    with devices.placed_on(device):
        report(Stage(text="building the model"))
        model = build_model(
            classifier_graph(project), project.training.seed, project_catalogue(project.blocks.values())
        )
        report(Stage(text="reading the dataset"))
        feeds = open_feeds(project, tuple(model.inputs[0].shape[1:]))
        _compile(model, project, feeds)
        if stop.is_set():
            return Stopped()
        with _begin(command, project, feeds, device.id) as run:
            try:
                return _fit(model, project, feeds, run, report, stop)
            except Exception as error:
                raise _record_failure(run, error) from error


def _compile(model: keras.Model, project: Project, feeds: Feeds) -> None:
    settings = project.training
    objective = objective_for(model, len(feeds.division.source.class_names), settings.label_smoothing)
    steps = settings.epochs * count_batches(feeds.training, settings.batch_size)
    # XLA would compile again for the last, smaller batch, and on small networks costs more than it gives.
    model.compile(optimizer_for(settings, steps), objective.loss, metrics=[objective.accuracy], jit_compile=False)


def _begin(command: Train, project: Project, feeds: Feeds, device: str) -> ActiveRun:
    facts: dict[str, Any] = {
        "device": device,
        "versions": runtime.load(),
        "settings": msgspec.to_builtins(project.training),
        "dataset": project.dataset.spec,
        "dataset_digest": feeds.division.source.digest,
        "class_names": feeds.division.source.class_names,
        "train_images": len(feeds.training),
        "validation_images": len(feeds.validation),
        "epochs_planned": project.training.epochs,
    }
    stem = command.name or project.title or "model"
    return RunStore(Path(command.runs)).create(stem, command.project, project.training.seed, **facts)


def _fit(
    model: keras.Model,
    project: Project,
    feeds: Feeds,
    run: ActiveRun,
    report: Report,
    stop: threading.Event,
) -> Finished | Stopped:
    settings = project.training
    batches = count_batches(feeds.training, settings.batch_size)
    epoch = Epoch()
    pace = Pace(settings.epochs, batches, len(feeds.training))
    progress = Progress(run, epoch, pace, report, stop)
    report(_started(run, batches))
    _note(run, report, f"training on {run.record.device}: {len(feeds.training)} images, {settings.epochs} epochs")
    try:
        model.fit(
            training_batches(feeds.training, settings.batch_size, epoch),
            validation_data=ordered_batches(feeds.validation, settings.batch_size),
            epochs=settings.epochs,
            callbacks=[progress],
            shuffle=False,  # the batches are in the order of the epoch already
            verbose=0,
        )
    except StopRequested:
        run.save_stopped(Checkpoint(model_arrays(model), {"epoch": progress.epochs_done}))
        run.finish(RunStatus.STOPPED, seconds=round(pace.seconds(), 3))
        _note(run, report, f"stopped on request after {progress.epochs_done} of {settings.epochs} epochs")
        return _stopped(run)
    run.finish(RunStatus.FINISHED, seconds=round(pace.seconds(), 3))
    _note(run, report, f"finished {settings.epochs} epochs, the best one was {progress.best_epoch}")
    return _finished(run)


def _note(run: ActiveRun, report: Report, text: str) -> None:
    run.log(text)
    report(Log(text=f"{run.name}: {text}"))


def _record_failure(run: ActiveRun, error: Exception) -> JobError:
    failure = explain(error)
    failure.run = str(run.folder)
    with contextlib.suppress(RunStoreError):  # the disk may be what failed
        run.finish(RunStatus.FAILED, problem=failure.message)
        run.log(f"failed: {failure.message}\n{failure.detail}".rstrip())
    return failure


def _started(run: ActiveRun, batches: int) -> Started:
    record = run.record
    return Started(
        run=str(run.folder),
        name=run.name,
        epochs=record.epochs_planned,
        batches=batches,
        train_images=record.train_images,
        validation_images=record.validation_images,
        device=record.device,
        seed=record.seed,
    )


def _finished(run: ActiveRun) -> Finished:
    record = run.record
    return Finished(
        run=str(run.folder),
        name=run.name,
        best=record.best,
        best_epoch=record.best_epoch,
        last=record.last,
        epochs=record.epochs,
        seconds=record.seconds,
    )


def _stopped(run: ActiveRun) -> Stopped:
    record = run.record
    return Stopped(
        run=str(run.folder),
        name=run.name,
        best=record.best,
        best_epoch=record.best_epoch,
        epochs=record.epochs,
        seconds=record.seconds,
    )
