"""When adversarial training goes wrong as a whole: by numbers that both networks give anyway."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean
from typing import Any

from workbench.engine.adversarial.losses import LOSSES
from workbench.project.adversarial import AdversarialLossName
from workbench.protocol import TrainingAlarm

WINDOW = 200
"""Batches whose means are looked at together."""
_KEPT = 8
"""Windows that oscillation is looked for in."""
_TURNS = 5
"""Changes of direction among those that count as oscillation."""
_SWING = 0.5
"""Size of the swings, as a share of the mean loss."""
_COLLAPSED = 0.25
"""Diversity, as a share of the data's, below which images are all alike; a new generator begins there."""
_SETTLED = 1000
"""Steps after which even one that never was any better counts as collapsed."""

_HINTS = {
    "discriminator wins": "Lower the discriminator's rate, add label smoothing or instance noise, or use spectral "
    "normalisation; wgan_gp has no such end.",
    "mode collapse": "Go back to an earlier epoch and train on with a lower rate, spectral normalisation or wgan_gp.",
    "oscillation": "Lower both learning rates, or set beta_1 of Adam to 0.5 or less.",
}


@dataclass
class Alarms:
    """Hears of means over windows of batches and of each epoch's diversity; raises each alarm once until it is over."""

    loss: AdversarialLossName
    windows: list[float] = field(default_factory=list)
    """Mean losses of the generator, the latest last."""
    on: set[str] = field(default_factory=set)
    most_diverse: float = 0.0

    def window(self, means: Mapping[str, float], epoch: int, batch: int) -> list[TrainingAlarm]:
        """Judges the means of some batches."""
        self.windows = [*self.windows, means["generator_loss"]][-_KEPT:] if "generator_loss" in means else self.windows
        limit, loss = LOSSES[self.loss].won_below, means.get("discriminator_loss")
        wins = limit is not None and loss is not None and loss < limit
        told = (
            f"The discriminator wins: its loss is {loss:.3g}, so that the generator learns next to nothing."
            if wins
            else ""
        )
        swings = (
            f"The losses oscillate: the generator's went up and down by {_swing(self.windows):.3g} about a mean of "
            f"{fmean(self.windows):.3g}."
            if _oscillates(self.windows)
            else ""
        )
        found = (
            self._judge("discriminator wins", told, epoch, batch),
            self._judge("oscillation", swings, epoch, batch),
        )
        return [alarm for alarm in found if alarm is not None]

    def epoch(self, diversity: float, epoch: int, batch: int) -> list[TrainingAlarm]:
        """Judges how different the images are after an epoch of so many batches."""
        self.most_diverse = max(self.most_diverse, diversity)
        was_better = self.most_diverse > 2 * _COLLAPSED or epoch * batch >= _SETTLED
        collapsed = diversity < _COLLAPSED and was_better
        told = f"Mode collapse: generated images differ by {diversity:.0%} of what real ones do." if collapsed else ""
        alarm = self._judge("mode collapse", told, epoch, batch)
        return [] if alarm is None else [alarm]

    def state(self) -> dict[str, Any]:
        """As data, for a checkpoint."""
        return {"windows": self.windows, "on": sorted(self.on), "most_diverse": self.most_diverse}

    def restore(self, state: Mapping[str, Any]) -> None:
        """From what `state` gave."""
        self.windows = [float(value) for value in state.get("windows", ())]
        self.on = set(state.get("on", ()))
        self.most_diverse = float(state.get("most_diverse", 0.0))

    def _judge(self, what: str, message: str, epoch: int, batch: int) -> TrainingAlarm | None:
        if not message:
            self.on.discard(what)
            return None
        if what in self.on:
            return None
        self.on.add(what)
        return TrainingAlarm(what=what, message=message, epoch=epoch, batch=batch, hint=_HINTS[what])


def _changes(values: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(values)]


def _swing(values: list[float]) -> float:
    """Mean size of a change from one window to the next."""
    return fmean(map(abs, _changes(values)))


def _oscillates(values: list[float]) -> bool:
    if len(values) < _KEPT:
        return False
    changes = _changes(values)
    turns = sum(before * after < 0 for before, after in pairwise(changes))
    return turns >= _TURNS and _swing(values) > _SWING * abs(fmean(values))
