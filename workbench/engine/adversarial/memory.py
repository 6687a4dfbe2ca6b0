"""What adversarial training is at the end of an epoch, and taking it up again from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbench.engine.adversarial.alarms import Alarms
from workbench.engine.adversarial.networks import Networks
from workbench.engine.training.progressed import Progressed
from workbench.project import TrainingSettings
from workbench.runs import ActiveRun, Checkpoint


@dataclass(kw_only=True)
class Memory(Progressed):
    """What adversarial training remembers beside its variables."""

    alarms: Alarms

    def state(self, seconds: float) -> dict[str, Any]:
        """As data, for a checkpoint."""
        return super().state(seconds) | {"alarms": self.alarms.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """From what `state` gave."""
        super().restore(state)
        self.alarms.restore(state.get("alarms", {}))


class Keeper:
    """Leaves a run resumable after every epoch. No epoch is best: the last one counts."""

    def __init__(self, run: ActiveRun, networks: Networks, settings: TrainingSettings) -> None:
        self._run = run
        self._networks = networks
        self._every = settings.keep_epochs == "every"
        self._budget = settings.checkpoint_budget * 2**20

    def keep(self, memory: Memory, seconds: float) -> None:
        """Writes an epoch. It can be called again where it failed: every file is whole or as it was."""
        self._run.save_checkpoint(Checkpoint(self._networks.arrays(), memory.state(seconds)))
        if self._every:
            self._run.keep_epoch(memory.epochs_done, self._budget)
        self._run.replace_epochs(memory.history)
        self._run.forget_stopped()
        last = memory.history[-1] if memory.history else {}
        metrics = {name: value for name, value in last.items() if name not in ("epoch", "learning_rate", "seconds")}
        self._run.update(epochs=memory.epochs_done, last=metrics, seconds=round(seconds, 3))

    def keep_stopped(self, epochs_done: int) -> None:
        """The weights as they are, within an epoch."""
        self._run.save_stopped(Checkpoint(self._networks.models(), {"epoch": epochs_done}))

    def take_up(self, checkpoint: Checkpoint, memory: Memory) -> bool:
        """Restores variables and memory; whether the optimisers' state fitted, too."""
        fitted = self._networks.restore(checkpoint.variables)
        memory.restore(dict(checkpoint.state))
        self._run.replace_epochs(memory.history)
        return fitted

    def begin_branch(self, memory: Memory) -> None:
        """Makes the run whole by itself."""
        memory.rates.by_hand = 1.0
        memory.seconds_before = 0.0
        self.keep(memory, seconds=0.0)
