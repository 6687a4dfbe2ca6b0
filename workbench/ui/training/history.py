"""The numbers behind the curves of one training: plain lists, so that they are there before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.protocol import BatchProgress, EpochEnd

KEPT = 2000
"""Points of one curve; when there are more, every other one goes and only every other one still comes."""


@dataclass
class Curve:
    """A line of evenly spaced points, whose last one is always the latest. `x` is in epochs."""

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    _stride: int = 1
    _count: int = 0

    def add(self, x: float, y: float) -> None:
        """Adds the latest point."""
        if self._count % self._stride:  # the last point was only there for being the latest
            self.x[-1], self.y[-1] = x, y
        else:
            self.x.append(x)
            self.y.append(y)
        self._count += 1
        if len(self.x) == KEPT and self._count % self._stride == 0:
            self._stride *= 2
            self.x, self.y = self.x[1::2], self.y[1::2]


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
            self.batch.setdefault(name, Curve()).add(x, value)

    def add_epoch(self, event: EpochEnd) -> None:
        """The metrics of a whole epoch, held out (`val_...`) or not."""
        for name, value in event.metrics.items():
            curves = self.held_out if name.startswith("val_") else self.train
            curves.setdefault(name.removeprefix("val_"), Curve()).add(event.epoch, value)
