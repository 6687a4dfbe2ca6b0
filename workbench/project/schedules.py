"""Learning-rate schedules: pure functions of the step, for the curve that is shown and for the training itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import cos, floor, isfinite, pi
from typing import Any, NamedTuple

from workbench.layers import Param
from workbench.layers.params import Boolean, Integer, Number

Values = Mapping[str, Any]


class Position(NamedTuple):
    """Where a training stands, counted from the end of its warm-up: batches done, and those of it all."""

    step: int
    steps: int
    batches: int
    """In one epoch."""

    @property
    def epochs(self) -> float:
        """Epochs done."""
        return self.step / self.batches

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(self.step / max(self.steps, 1), 1.0)


@dataclass(frozen=True)
class Schedule:
    """`share` gives the learning rate of a position as a share of the training's learning rate."""

    key: str
    label: str
    doc: str
    share: Callable[[Position, Values], float]
    params: tuple[Param, ...] = ()

    @property
    def by_name(self) -> Mapping[str, Param]:
        """The parameters by name."""
        return {param.name: param for param in self.params}

    def values(self, given: Values) -> dict[str, Any]:
        """Every parameter, given or by default."""
        return {param.name: given.get(param.name, param.default) for param in self.params}


WARM_UP = (
    Param("warmup_epochs", Number(0), 0.0, "Epochs over which the rate rises to its full height, in a straight line"),
    Param("warmup_start", Number(0, 1), 0.0, "Share of the rate that the warm-up begins with", advanced=True),
)
_FACTOR = Number(1e-9, 1)


def _constant(at: Position, values: Values) -> float:
    return 1.0


def _step(at: Position, values: Values) -> float:
    return float(values["factor"] ** floor(at.epochs / values["every_epochs"]))


def _exponential(at: Position, values: Values) -> float:
    return float(values["factor"] ** (floor(at.epochs) if values["staircase"] else at.epochs))


def _cosine(at: Position, values: Values) -> float:
    final, cycles = values["final_share"], values["cycles"]
    done = at.share * cycles
    within = done % 1 if at.share < 1 else 1.0
    return float(final + (1 - final) * 0.5 * (1 + cos(pi * within)))


def _one_cycle(at: Position, values: Values) -> float:
    rise = values["rise_share"]
    start, final = values["start_share"], values["final_share"]
    if at.share < rise:
        return _between(start, 1.0, at.share / rise)
    return _between(1.0, final, (at.share - rise) / max(1 - rise, 1e-9))


def _between(first: float, last: float, share: float) -> float:
    """Half a cosine from one value to another."""
    return last + (first - last) * 0.5 * (1 + cos(pi * min(share, 1.0)))


_ALL = (
    Schedule("constant", "Constant", "The same rate throughout", _constant, WARM_UP),
    Schedule(
        "step",
        "Step",
        "A fraction of the rate after every few epochs",
        _step,
        (
            Param("every_epochs", Number(0.01), 10.0, "Epochs between two steps"),
            Param("factor", _FACTOR, 0.1, "What the rate is multiplied by at a step"),
            *WARM_UP,
        ),
    ),
    Schedule(
        "exponential",
        "Exponential",
        "The same fraction of the rate for every epoch",
        _exponential,
        (
            Param("factor", _FACTOR, 0.95, "What the rate is multiplied by in an epoch"),
            Param("staircase", Boolean(), False, "Only as epochs end, instead of at every batch"),
            *WARM_UP,
        ),
    ),
    Schedule(
        "cosine",
        "Cosine",
        "Half a cosine down to the end (Loshchilov and Hutter, 2017)",
        _cosine,
        (
            Param("final_share", Number(0, 1), 0.0, "Share of the rate at the end"),
            Param("cycles", Integer(1), 1, "How often it starts again"),
            *WARM_UP,
        ),
    ),
    Schedule(
        "one_cycle",
        "One cycle",
        "Up to the rate and down again, far below the start (Smith, 2018)",
        _one_cycle,
        (
            Param("rise_share", Number(0, 1), 0.3, "Share of the training in which the rate rises"),
            Param("start_share", Number(0, 1), 0.04, "Share of the rate at the beginning"),
            Param("final_share", Number(0, 1), 4e-6, "Share of the rate at the end"),
        ),
    ),
    Schedule(
        "plateau",
        "On plateau",
        "A fraction of the rate when the held-out loss no longer falls",
        _constant,
        (
            Param("factor", _FACTOR, 0.1, "What the rate is then multiplied by"),
            Param("patience", Integer(1), 10, "Epochs without a lower loss that are waited for"),
            Param("min_delta", Number(0), 1e-4, "How much lower counts"),
            Param("cooldown", Integer(0), 0, "Epochs after a step in which nothing is counted", advanced=True),
            Param("lowest", Number(0), 0.0, "Rate below which it does not go", advanced=True),
            *WARM_UP,
        ),
    ),
)
SCHEDULES: Mapping[str, Schedule] = {schedule.key: schedule for schedule in _ALL}


@dataclass(frozen=True)
class Course:
    """The learning rate over a whole training of `epochs` epochs of `batches` batches."""

    schedule: Schedule
    values: Values
    learning_rate: float
    epochs: int
    batches: int
    factors: tuple[tuple[int, float], ...] = ()
    """(epoch from which it holds, what the rate is multiplied by) of each phase of a fine-tuning."""

    @classmethod
    def of(cls, schedule: str, params: Values, learning_rate: float, epochs: int, batches: int) -> Course:
        """The course of a schedule by its key, its parameters completed by their defaults."""
        chosen = SCHEDULES[schedule]
        return cls(chosen, chosen.values(params), learning_rate, epochs, batches)

    @property
    def steps(self) -> int:
        """Batches of the whole training."""
        return self.epochs * self.batches

    def rate(self, step: int, cut: float = 1.0) -> float:
        """The rate of a batch, from 0; `cut` is what plateaus have left of it."""
        warm_up = round(self.values.get("warmup_epochs", 0) * self.batches)
        if step < warm_up:
            start = self.values["warmup_start"]
            share = start + (1 - start) * (step + 1) / warm_up
        else:
            position = Position(step - warm_up, self.steps - warm_up, self.batches)
            share = self.schedule.share(position, self.values)
        lowest: float = self.values["lowest"] if cut < 1 else 0.0
        rate: float = max(self.learning_rate * share * cut, lowest)
        return rate * self._factor(step)

    def _factor(self, step: int) -> float:
        held = [factor for epoch, factor in self.factors if epoch * self.batches <= step]
        return held[-1] if held else 1.0

    def curve(self, points: int = 400) -> tuple[list[float], list[float]]:
        """(epochs, rates) of at most so many batches, evenly apart, the first and the last among them."""
        count = max(2, min(points, self.steps))
        steps = sorted({round(index * (self.steps - 1) / (count - 1)) for index in range(count)})
        return [step / self.batches for step in steps], [self.rate(step) for step in steps]


class Plateau:
    """What a training remembers for the schedule "plateau": how often it has cut the rate, and why not again."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self.cuts = 0
        self.lowest: float | None = None
        self.waited = 0
        self.cooling = 0

    @property
    def cut(self) -> float:
        """What is left of the rate."""
        return float(self._values["factor"] ** self.cuts)

    def epoch_ended(self, loss: float) -> bool:
        """Counts an epoch with this held-out loss; True where the rate is cut for the next one."""
        if self.cooling:
            self.cooling -= 1
            self.waited = 0
        if isfinite(loss) and (self.lowest is None or loss < self.lowest - self._values["min_delta"]):
            self.lowest, self.waited = loss, 0
            return False
        if self.cooling:
            return False
        self.waited += 1
        if self.waited < self._values["patience"]:
            return False
        self.cuts, self.waited, self.cooling = self.cuts + 1, 0, self._values["cooldown"]
        return True

    def state(self) -> dict[str, Any]:
        """As data, for a checkpoint."""
        return {"cuts": self.cuts, "lowest": self.lowest, "waited": self.waited, "cooling": self.cooling}

    def restore(self, state: Values) -> None:
        """From what `state` gave."""
        self.cuts, self.lowest = int(state["cuts"]), state["lowest"]
        self.waited, self.cooling = int(state["waited"]), int(state["cooling"])
