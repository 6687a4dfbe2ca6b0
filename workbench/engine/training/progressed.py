"""How far a training has come: what every kind of training remembers beside its variables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workbench.engine.training.rates import Rates

Row = dict[str, float]


@dataclass(kw_only=True)
class Progressed:
    """Kinds of training add what they follow."""

    rates: Rates
    epochs_done: int = 0
    history: list[Row] = field(default_factory=list)
    """A row of the metrics table for each completed epoch."""
    seconds_before: float = 0.0
    """Of earlier sessions."""

    def state(self, seconds: float) -> dict[str, Any]:
        """As data, for a checkpoint."""
        return {
            "epoch": self.epochs_done,
            "rates": self.rates.state(),
            "history": self.history,
            "seconds": seconds,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """From what `state` gave."""
        self.epochs_done = int(state["epoch"])
        self.rates.restore(state.get("rates", {}))
        self.history = [dict(row) for row in state.get("history", [])]
        self.seconds_before = float(state.get("seconds", 0.0))
