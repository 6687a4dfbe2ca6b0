"""The learning rate while training: the schedule's course, cut at plateaus, scaled by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from workbench.project.schedules import Course, Plateau


class Rates:
    """Sets an optimiser's rate for each batch; touches it only where the rate is another."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.by_hand = 1.0
        """What the schedule is multiplied by since somebody set the rate."""
        self._plateau = Plateau(course.values) if course.schedule.key == "plateau" else None
        self._applied: float | None = None

    def rate(self, step: int) -> float:
        """The rate of a batch, counted from 0 over all epochs."""
        cut = 1.0 if self._plateau is None else self._plateau.cut
        return self.course.rate(step, cut) * self.by_hand

    def apply(self, optimizer: keras.optimizers.Optimizer, step: int) -> float:
        """Gives the optimiser the rate of a batch."""
        rate = self.rate(step)
        if rate != self._applied:
            # The backend's variable itself: Keras's own assignment takes ten times as long, for every batch.
            optimizer.learning_rate.value.assign(np.float32(rate))
            self._applied = rate
        return rate

    def set_by_hand(self, rate: float | None, step: int) -> float:
        """Makes `rate` the rate of a batch and scales those after it alike; None: the schedule's again."""
        self.by_hand = 1.0
        planned = self.rate(step)
        if rate is not None and planned > 0:
            self.by_hand = rate / planned
        return self.rate(step)

    def epoch_ended(self, metrics: Mapping[str, float]) -> bool:
        """Hears of an epoch's metrics; True where the rate is cut."""
        loss = metrics.get("val_loss", metrics["loss"])
        return self._plateau is not None and self._plateau.epoch_ended(loss)

    def state(self) -> dict[str, Any]:
        """As data, for a checkpoint."""
        return {"by_hand": self.by_hand, "plateau": self._plateau.state() if self._plateau else None}

    def restore(self, state: Mapping[str, Any]) -> None:
        """From what `state` gave; another schedule's state is left."""
        self.by_hand = float(state.get("by_hand", 1.0))
        if self._plateau is not None and state.get("plateau"):
            self._plateau.restore(state["plateau"])
