"""What a training is made of at the end of an epoch, and taking it up again from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras

from workbench.engine.training.best import Best
from workbench.engine.training.progressed import Progressed, Row
from workbench.engine.variables import (
    averaged_arrays,
    model_arrays,
    optimizer_arrays,
    restore_model,
    restore_optimizer,
)
from workbench.project import TrainingSettings
from workbench.runs import ActiveRun, Checkpoint, RunStoreError, read_checkpoint
from workbench.runs.files import BEST


@dataclass(kw_only=True)
class Memory(Progressed):
    """What a training remembers beside its variables."""

    best: Best

    def state(self, seconds: float) -> dict[str, Any]:
        """As data, for a checkpoint."""
        return super().state(seconds) | self.best.state()

    def restore(self, state: dict[str, Any]) -> None:
        """From what `state` gave."""
        super().restore(state)
        self.best.restore(state)


class Keeper:
    """Leaves a run resumable after every epoch."""

    def __init__(self, run: ActiveRun, model: keras.Model, settings: TrainingSettings) -> None:
        self._run = run
        self._model = model
        self._every = settings.keep_epochs == "every"
        self._budget = settings.checkpoint_budget * 2**20

    def keep(self, memory: Memory, best: bool, seconds: float) -> None:
        """Writes an epoch. It can be called again where it failed: every file is whole or as it was."""
        state = memory.state(seconds)
        arrays = model_arrays(self._model)
        averaged = averaged_arrays(self._model)
        # The checkpoint first: from it the others can be made again, whenever the process ends.
        self._run.save_checkpoint(Checkpoint(arrays | optimizer_arrays(self._model.optimizer), state))
        if self._every:
            self._run.keep_epoch(memory.epochs_done, self._budget)
        if averaged is not None:
            self._run.save_averaged(Checkpoint(averaged, {"epoch": memory.epochs_done}))
        if best:
            self._run.save_best(Checkpoint(averaged or arrays, {"epoch": memory.epochs_done}))
        self._run.replace_epochs(memory.history)
        self._run.forget_stopped()
        self._run.update(
            epochs=memory.epochs_done,
            best=memory.best.metrics,
            best_epoch=memory.best.epoch,
            last=_metrics_of(memory.history[-1]),
            seconds=round(seconds, 3),
        )

    def keep_stopped(self, epochs_done: int) -> None:
        """The weights as they are, within an epoch."""
        self._run.save_stopped(Checkpoint(model_arrays(self._model), {"epoch": epochs_done}))

    def take_up(self, checkpoint: Checkpoint, memory: Memory, repair: bool) -> bool:
        """Restores variables and memory; whether the optimiser's state fitted, too.

        `repair` makes the run's other files agree with the checkpoint: the process may have ended between them.
        """
        restore_model(self._model, checkpoint.variables)
        fitted = restore_optimizer(self._model, checkpoint.variables)
        memory.restore(dict(checkpoint.state))
        self._run.replace_epochs(memory.history)
        if repair and memory.best.epoch == memory.epochs_done and self._best_epoch() != memory.best.epoch:
            best = averaged_arrays(self._model) or model_arrays(self._model)
            self._run.save_best(Checkpoint(best, {"epoch": memory.epochs_done}))
        return fitted

    def begin_branch(self, memory: Memory) -> None:
        """Makes the run whole by itself: its best epoch so far is the one that it begins with."""
        memory.rates.by_hand = 1.0
        memory.seconds_before = 0.0
        if memory.history:
            memory.best.begin_with(memory.epochs_done, _metrics_of(memory.history[-1]))
            self.keep(memory, best=True, seconds=0.0)

    def end_with_best(self) -> None:
        """The last weights become those of the best epoch; a later epoch replaces them again."""
        self._run.save_stopped(read_checkpoint(self._run.folder / BEST))

    def _best_epoch(self) -> int | None:
        try:
            return int(read_checkpoint(self._run.folder / BEST).state["epoch"])
        except (RunStoreError, KeyError):
            return None


def _metrics_of(row: Row) -> dict[str, float]:
    return {name: value for name, value in row.items() if name not in ("epoch", "learning_rate", "seconds")}
