"""Which epoch is best, and when there is no hope of a better one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.engine.errors import JobError
from workbench.project import TrainingSettings
from workbench.project.objectives import AUTO, larger_is_better
from workbench.protocol import Metrics


def monitored(settings: TrainingSettings, names: Sequence[str]) -> str:
    """The number that decides, of those that will be reported. Raises JobError where the settings name none of them."""
    if settings.monitor != AUTO:
        if settings.monitor not in names:
            raise JobError(
                f"monitor: Expected one of the numbers of this training: {', '.join(names)}. "
                f"Received: {settings.monitor!r}"
            )
        return settings.monitor
    first = settings.metrics[0] if settings.metrics else "loss"
    wanted = (f"val_{first}", first, "val_loss", "loss")
    return next(name for name in wanted if name in names)


class Best:
    """Compares epochs by one number, equal ones by the loss; counts those since a better one."""

    def __init__(self, settings: TrainingSettings, monitor: str) -> None:
        self.monitor = monitor
        self.metrics: Metrics = {}
        self.epoch = 0
        self.waited = 0
        self._sign = 1 if larger_is_better(monitor) else -1
        self._delta = settings.min_delta
        self._patience = settings.patience if settings.early_stopping else None
        self._reference: float | None = None

    def epoch_ended(self, epoch: int, metrics: Metrics) -> bool:
        """Counts an epoch (from 1); whether it is the best so far."""
        value = self._sign * metrics[self.monitor]
        self.waited += 1
        if self._reference is None or value > self._reference + self._delta:
            self._reference, self.waited = value, 0
        better = not self.metrics or self._quality(metrics) > self._quality(self.metrics)
        if better:
            self.metrics, self.epoch = metrics, epoch
        return better

    def begin_phase(self) -> None:
        """Other layers train now: the epochs before do not count as waited for."""
        self.waited = 0

    def begin_with(self, epoch: int, metrics: Metrics) -> None:
        """Forgets every epoch but this one."""
        self.metrics, self.epoch, self.waited, self._reference = {}, 0, 0, None
        if self.monitor in metrics:
            self.epoch_ended(epoch, metrics)

    @property
    def hopeless(self) -> bool:
        """Whether early stopping ends the training now."""
        return self._patience is not None and self.waited >= self._patience

    @property
    def shown_wait(self) -> int | None:
        """Epochs since a better one, where early stopping is on."""
        return None if self._patience is None else self.waited

    def state(self) -> dict[str, Any]:
        """As data, for a checkpoint."""
        return {"best": self.metrics, "best_epoch": self.epoch, "waited": self.waited, "reference": self._reference}

    def restore(self, state: Mapping[str, Any]) -> None:
        """From what `state` gave; what was best by another number says nothing here."""
        if self.monitor not in state.get("best", {}):
            return
        self.metrics, self.epoch = dict(state["best"]), int(state["best_epoch"])
        self.waited = int(state.get("waited", 0))
        self._reference = state.get("reference", self._sign * self.metrics[self.monitor])

    def _quality(self, metrics: Metrics) -> tuple[float, float]:
        value = self._sign * metrics[self.monitor]
        loss = metrics.get("val_loss", metrics["loss"])
        return (value if math.isfinite(value) else -math.inf), -loss
