"""The numbers behind the curves of one training: plain lists, so that they are there before anything is drawn."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from workbench.protocol import BatchProgress, EpochEnd

RATE, SPEED = "learning_rate", "images_per_second"
"""What is followed by batch beside the metrics."""
_NO_METRICS = ("epoch", "seconds")
"""What a run's table says of an epoch besides."""
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

    def smoothed(self, share: float) -> list[float]:
        """The values as a running mean that keeps this share of itself at each point, without a bias at its start."""
        if not share:
            return self.y
        mean, weight, values = 0.0, 0.0, []
        for value in self.y:
            if isfinite(value):
                mean, weight = share * mean + (1 - share) * value, share * weight + 1 - share
            values.append(mean / weight if weight else value)
        return values

    def at(self, x: float) -> float | None:
        """The value of the point that is nearest to x; None where there is none."""
        if not self.x:
            return None
        index = bisect_left(self.x, x)
        near = [place for place in (index - 1, index) if 0 <= place < len(self.x)]
        return self.y[min(near, key=lambda place: abs(self.x[place] - x))]


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
        values = {**event.metrics, SPEED: event.images_per_second}
        if event.learning_rate is not None:
            values[RATE] = event.learning_rate
        for name, value in values.items():
            self.batch.setdefault(name, Curve()).add(x, value)

    def add_epoch(self, event: EpochEnd) -> None:
        """The metrics of a whole epoch, held out (`val_...`) or not."""
        for name, value in event.metrics.items():
            self._curve_of(name).add(event.epoch, value)

    def begin_with(self, rows: Sequence[Mapping[str, float]]) -> None:
        """Puts whole epochs, a row of a run's table each, before everything that is known."""
        later, self.batch, self.train, self.held_out = (self.batch, self.train, self.held_out), {}, {}, {}
        for row in rows:
            for name, value in row.items():
                if name not in _NO_METRICS:
                    self._curve_of(name).add(row["epoch"], value)
        for curves, known in zip((self.batch, self.train, self.held_out), later, strict=True):
            for name, curve in known.items():
                for x, y in zip(curve.x, curve.y, strict=True):
                    curves.setdefault(name, Curve()).add(x, y)

    def _curve_of(self, name: str) -> Curve:
        if name == RATE:
            return self.batch.setdefault(name, Curve())
        curves = self.held_out if name.startswith("val_") else self.train
        return curves.setdefault(name.removeprefix("val_"), Curve())

    @property
    def names(self) -> tuple[str, ...]:
        """What there are curves of: the loss (of a GAN its two), the metrics, then rate and speed."""
        alone = not any("generator_loss" in curves for curves in (self.batch, self.train))
        known = dict.fromkeys((*(("loss",) if alone else ()), *self.batch, *self.train, *self.held_out))
        return (*(name for name in known if name not in (RATE, SPEED)), RATE, SPEED)

    def rows(self) -> Iterator[tuple[str, str, float, float]]:
        """(metric, of what, epoch, value) of every point, for a table."""
        for part, curves in (("batches", self.batch), ("training", self.train), ("held out", self.held_out)):
            for name, curve in curves.items():
                yield from ((name, part, x, y) for x, y in zip(curve.x, curve.y, strict=True))
