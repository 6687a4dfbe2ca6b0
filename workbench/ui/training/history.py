"""The numbers behind the curves of one training: plain lists, so that they are there before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.protocol import BatchProgress, EpochEnd

KEPT = 2000
"""Points of one batch curve; when there are more, every other one goes."""


@dataclass
class Curve:
    """A line: `x` in epochs."""

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)

    def add(self, x: float, y: float) -> None:
        """Appends a point."""
        self.x.append(x)
        self.y.append(y)

    def thin(self, limit: int) -> None:
        """Halves the resolution of a curve that has grown over `limit` points; the last point stays."""
        if len(self.x) > limit:
            self.x[:-1] = self.x[:-1:2]
            self.y[:-1] = self.y[:-1:2]


@dataclass
class TrainingHistory:
    """Curves by metric: of the batches within epochs, of whole epochs, and of held-out images after each epoch."""

    epochs: int = 0
    batch: dict[str, Curve] = field(default_factory=dict)
    train: dict[str, Curve] = field(default_factory=dict)
    held_out: dict[str, Curve] = field(default_factory=dict)

    def add_batch(self, event: BatchProgress) -> None:
        """The metrics so far within an epoch."""
        x = event.epoch - 1 + event.batch / max(1, event.batches)
        for name, value in event.metrics.items():
            curve = self.batch.setdefault(name, Curve())
            curve.add(x, value)
            curve.thin(KEPT)

    def add_epoch(self, event: EpochEnd) -> None:
        """The metrics of a whole epoch, held out (`val_...`) or not."""
        for name, value in event.metrics.items():
            curves = self.held_out if name.startswith("val_") else self.train
            curves.setdefault(name.removeprefix("val_"), Curve()).add(event.epoch, value)
