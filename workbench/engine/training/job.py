"""Training a project into a run, or going on with one."""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from workbench.engine.adversarial.job import train_adversarial
from workbench.engine.controls import Controls
from workbench.engine.errors import JobError
from workbench.engine.feed import Epoch, ordered_batches, training_batches
from workbench.engine.training.beginning import Beginning, opened_run, read_beginning
from workbench.engine.training.best import Best, monitored
from workbench.engine.training.callbacks import RawLogs
from workbench.engine.training.checkpoints import Keeper, Memory
from workbench.engine.training.features import FeaturesCancelled
from workbench.engine.training.initial import fit
from workbench.engine.training.journal import (
    Journal,
    gpu_number,
    outcome,
    record_failure,
    started,
    wait_for_data,
)
from workbench.engine.training.load import Meter
from workbench.engine.training.pace import Pace
from workbench.engine.training.preflight import preflight
from workbench.engine.training.progress import Progress
from workbench.engine.training.rates import Rates
from workbench.engine.training.segment import segment
from workbench.engine.training.setting import Setting, set_up
from workbench.engine.training.steering import StopRequested
from workbench.engine.training.tensorboard import TensorLog
from workbench.engine.training.watching import LayerWatch
from workbench.project import is_adversarial
from workbench.protocol import (
    AnyEvent,
    Finished,
    Stage,
    Stopped,
    Train,
)
from workbench.runs import ActiveRun, Checkpoint, RunStatus, RunStoreError
from workbench.runs.files import TENSORBOARD
from workbench.runs.weights import checkpoint_arrays, run_project

Report = Callable[[AnyEvent], None]


def train(command: Train, report: Report, stop: threading.Event) -> Finished | Stopped:
    """Trains as the command says; ends within a batch once `stop` is set, and keeps the run.

    Raises JobError, DatasetError, ProjectFileError or RunStoreError before a run begins. What ends a begun run
    is recorded in it, and its JobError carries the run's folder.
    """
    controls = Controls.of(stop)
    report(Stage(text="reading the project"))
    beginning = read_beginning(command)
    if is_adversarial(beginning.project):
        return train_adversarial(command, beginning, report, controls)
    anew = beginning.checkpoint is None
    with set_up(beginning.project, command.device, report, controls, anew=anew) as setting:
        if setting is None:
            return Stopped()
        monitor = monitored(beginning.project.training, setting.reported)
        if beginning.project.training.preflight:
            preflight(setting, report)
        if controls.is_set():
            return Stopped()
        with opened_run(command, beginning, _facts(setting, monitor)) as run:
            try:
                return _Session(setting, beginning, run, monitor, report, controls).fit()
            except Exception as error:
                raise record_failure(run, error) from error


def _facts(setting: Setting, monitor: str) -> dict[str, Any]:
    supplies = setting.supplies
    return {
        "device": setting.device,
        "dataset_digest": supplies.digest,
        "class_names": supplies.class_names,
        "train_images": len(supplies.training),
        "validation_images": len(supplies.validation),
        "monitor": monitor,
        **_initial(setting),
    }


def _initial(setting: Setting) -> dict[str, Any]:
    """What the layers began with, for the record."""
    fitted, weights = setting.fitted, setting.project.weights
    if fitted is None or weights is None:
        return {}
    source = {"source": weights.source, "digest": weights.digest}
    return {"initial_weights": {**source, "kept": fitted.kept, "partly": fitted.partly, "new": fitted.new}}


class _Session:
    """One process's share of a run's training."""

    def __init__(
        self,
        setting: Setting,
        beginning: Beginning,
        run: ActiveRun,
        monitor: str,
        report: Report,
        controls: Controls,
    ) -> None:
        self._setting = setting
        self._beginning = beginning
        self._run = run
        self._report = report
        self._journal = Journal(run, report)
        self._controls = controls
        settings = setting.project.training
        course = settings.course(setting.batches, beginning.epochs)
        self._memory = Memory(best=Best(settings, monitor), rates=Rates(course))
        self._keeper = Keeper(run, setting.model, settings)

    def fit(self) -> Finished | Stopped:
        """Trains to the end, or to a stop."""
        self._take_up()
        setting, memory, epochs = self._setting, self._memory, self._beginning.epochs
        settings, board = setting.project.training, None
        if settings.tensorboard:
            board = TensorLog(self._run.folder / TENSORBOARD)
        watch = LayerWatch(
            setting.model,
            setting.batch,
            setting.paths(),
            self._journal.tell,
            settings.watch_layers,
            setting.batches,
            memory.epochs_done,
        )
        self._report(started(self._run, self._setting.batches, self._memory.epochs_done, self._setting.paths()))
        left = f"{epochs} epochs" if not memory.epochs_done else f"epochs {memory.epochs_done + 1} to {epochs}"
        self._note(f"training on {setting.device}: {len(setting.supplies.training)} images, {left}")
        pace = Pace(epochs - memory.epochs_done, setting.batches, len(setting.supplies.training))
        logged = contextlib.closing(board) if board else contextlib.nullcontext()
        with Meter(gpu_number(setting.device)) as meter, logged:
            progress = Progress(
                memory, Epoch(), pace, epochs, self._keeper, watch, meter, board, self._journal.tell, self._controls
            )
            self._wait_for_data(progress)
            try:
                self._fit(progress, epochs)
            except (StopRequested, FeaturesCancelled):
                return self._end_stopped(progress)
            except Exception:
                # A pipeline that waited for its folder ends with an error of its own when it is told to stop.
                if self._controls.is_set():
                    return self._end_stopped(progress)
                raise
        return self._end_finished(progress)

    def _fit(self, progress: Progress, epochs: int) -> None:
        begins = 0
        for end in self._setting.phases.ends(epochs):
            if end > self._memory.epochs_done and not progress.stopped_early:
                self._begin_phase(progress, anew=0 < begins == self._memory.epochs_done)
                self._fit_phase(progress, end)
            begins = end

    def _begin_phase(self, progress: Progress, anew: bool) -> None:
        phases = self._setting.phases
        phases.enter_for(self._memory.epochs_done)
        progress.may_end_early = phases.last
        progress.begin_phase(anew)
        if said := phases.described():
            self._note(said)

    def _fit_phase(self, progress: Progress, end: int) -> None:
        setting, done = self._setting, self._memory.epochs_done
        size, stopped = setting.project.training.batch_size, self._controls.is_set
        with segment(setting, end - done, self._run.folder, self._report, stopped) as part:
            if part.note:
                self._note(part.note)
            callbacks = RawLogs([progress], add_history=True, model=part.model, epochs=end, steps=setting.batches)
            progress.set_model(setting.model)
            progress.fitted = part.model
            part.model.fit(
                training_batches(part.training, size, progress.current),
                validation_data=ordered_batches(part.validation, size) if len(part.validation) else None,
                initial_epoch=done,
                epochs=end,
                callbacks=callbacks,
                shuffle=False,  # the batches are in the order of the epoch already
                verbose=0,
            )

    def _take_up(self) -> None:
        beginning, keeper = self._beginning, self._keeper
        if beginning.checkpoint is None:
            return
        fitted = self._take_up_checkpoint(beginning.checkpoint)
        if not fitted:
            self._note("the optimiser begins anew: the checkpoint's is of another kind", "warning")
        resumed = beginning.resumed
        if resumed is not None and resumed.record.dataset_digest != self._setting.supplies.digest:
            self._note("the dataset is not what it was when this run began", "warning")
        if beginning.origin is not None:
            keeper.begin_branch(self._memory)
            self._note(f"begins after epoch {beginning.branch_epoch} of {beginning.origin.name}")

    def _take_up_checkpoint(self, checkpoint: Checkpoint) -> bool:
        """Whether the optimiser's state fitted, too. A branch may have other layers by now: those begin anew."""
        setting, origin = self._setting, self._beginning.origin
        try:
            return self._keeper.take_up(checkpoint, self._memory, repair=self._beginning.resumed is not None)
        except JobError:
            if origin is None:
                raise
        arrays = checkpoint_arrays(run_project(origin), checkpoint)
        taken = fit(setting.model, setting.project, setting.graph, setting.catalogue, arrays, f"run {origin.name}")
        given = taken.state.give(setting.model)
        self._journal.tell(taken.told(given))
        self._memory.restore(dict(checkpoint.state))
        return not given.remark

    def _wait_for_data(self, progress: Progress) -> None:
        wait_for_data(
            self._setting.supplies.unreadable, self._journal, self._controls, lambda: (progress.epoch, progress.batch)
        )

    def _note(self, text: str, level: str = "info") -> None:
        self._journal.note(text, level)

    def _end_stopped(self, progress: Progress) -> Stopped:
        done = self._memory.epochs_done
        try:
            self._keeper.keep_stopped(done)
        except RunStoreError as error:  # the disk may be why it was stopped; whole epochs are kept
            self._note(f"the weights of the interrupted epoch are not kept: {error}", "warning")
        self._run.finish(RunStatus.STOPPED, seconds=round(progress.seconds(), 3))
        self._note(f"stopped on request after {done} of {self._beginning.epochs} epochs")
        return Stopped(**outcome(self._run))

    def _end_finished(self, progress: Progress) -> Finished:
        early, best = progress.stopped_early, self._memory.best
        if early and self._setting.project.training.restore_best:
            self._keeper.end_with_best()
        unreadable = len(self._setting.supplies.unreadable.seen)
        self._run.finish(
            RunStatus.FINISHED,
            seconds=round(progress.seconds(), 3),
            stopped_early=early,
            unreadable=unreadable,
        )
        why = f" (no better {best.monitor} for {best.waited})" if early else ""
        self._note(f"finished {self._memory.epochs_done} epochs{why}, the best one was {best.epoch}")
        return Finished(**outcome(self._run), last=self._run.record.last, stopped_early=early, unreadable=unreadable)
