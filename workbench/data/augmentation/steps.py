"""The steps of an augmentation, ready to draw for any image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from workbench.data.augmentation.dice import Dice
from workbench.data.augmentation.effects import Effect, Frame, Mix
from workbench.data.augmentation.operation import Family, Operation
from workbench.data.keys import Ids, drawn

_MOVING = (Family.GEOMETRY, Family.POLICY)


@dataclass(frozen=True)
class Step:
    """An operation with a value for every parameter. Its chance depends on its position in the whole list, so that
    switching another step off changes nothing here.
    """

    operation: Operation
    values: dict[str, Any]
    probability: float
    position: int


@dataclass(frozen=True)
class Augmentation:
    """Enabled steps in their order; those that mix images come last, whatever their position."""

    steps: tuple[Step, ...]

    @cached_property
    def varying(self) -> tuple[Step, ...]:
        """Steps that change an image by itself."""
        return tuple(step for step in self.steps if step.operation.draw is not None)

    @cached_property
    def mixing(self) -> tuple[Step, ...]:
        """Steps that mix an image with another."""
        return tuple(step for step in self.steps if step.operation.mix is not None)

    @cached_property
    def moves(self) -> bool:
        """True where pictures may move, so that more than what fits the frame may be seen."""
        return any(step.operation.family in _MOVING for step in self.varying)

    def draw(self, ids: Ids, seed: int, epoch: int, frame: Frame) -> list[tuple[Effect, ...]]:
        """What happens to each image: a pure function of seed, epoch, sample id and the steps."""
        effects: list[list[Effect]] = [[] for _ in ids]
        for step in self.varying:
            draw = step.operation.draw
            assert draw is not None
            for of_image, bits in zip(effects, step_bits(step, ids, seed, epoch), strict=True):
                dice = Dice(bits)
                if dice.chance(step.probability):
                    of_image.extend(draw(dice, frame, step.values))
        return [tuple(of_image) for of_image in effects]


def draw_mixes(step: Step, ids: Ids, seed: int, epoch: int, frame: Frame) -> list[tuple[Mix, float] | None]:
    """For each image how it is mixed, and which partner (from 0 on, below 1, of all); None where it stays as it is."""
    mix = step.operation.mix
    assert mix is not None
    mixes: list[tuple[Mix, float] | None] = []
    for bits in step_bits(step, ids, seed, epoch):
        dice = Dice(bits)
        mixes.append((mix(dice, frame, step.values), dice.unit()) if dice.chance(step.probability) else None)
    return mixes


def step_bits(step: Step, ids: Ids, seed: int, epoch: int) -> Sequence[int]:
    """The chance of one step for each image."""
    bits: list[int] = drawn(ids, "augmentation", seed, epoch, step.position).tolist()
    return bits
