"""What an operation is: an entry of data with one pure function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from workbench.data.augmentation.dice import Dice
from workbench.data.augmentation.effects import Effect, Frame, Mix
from workbench.layers.params import Choice, Number, Param

Values: TypeAlias = Mapping[str, Any]
"""A value for every parameter."""
Draw: TypeAlias = Callable[[Dice, Frame, Values], tuple[Effect, ...]]
DrawMix: TypeAlias = Callable[[Dice, Frame, Values], Mix]


class Family(StrEnum):
    """As the panel's menu groups them."""

    GEOMETRY = "Geometry"
    COLOUR = "Colour"
    BLUR_AND_NOISE = "Blur and noise"
    ERASING = "Erasing"
    MIXING = "Mixing"
    POLICY = "Policy"


@dataclass(frozen=True)
class Operation:
    """One way of varying an image. Exactly one of `draw` and `mix` is given.

    `idle` says of parameter values that they change nothing.
    """

    key: str
    label: str
    family: Family
    doc: str
    params: tuple[Param, ...] = ()
    draw: Draw | None = None
    mix: DrawMix | None = None
    idle: Callable[[Values], bool] = lambda values: False
    probability: float = 1.0
    """What a step starts with."""
    colour_only: bool = False
    """Does nothing on grey images."""
    blends: bool = False
    """Mixes the values of two pixels, so that a pixel's class becomes shares of classes."""
    search_words: tuple[str, ...] = ()

    @property
    def defaults(self) -> dict[str, Any]:
        """Every parameter at its default."""
        return {param.name: param.default for param in self.params}

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Every parameter: as given, else at its default."""
        return {**self.defaults, **given}

    def problems(self, given: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with parameters, by name: "Expected ... Received ...". Never raises."""
        known = {param.name: param for param in self.params}
        found = {}
        for name, value in given.items():
            if name not in known:
                allowed = ", ".join(known) or "none: it has no parameters"
                found[name] = f"Expected one of the parameters of {self.label} ({allowed}). Received: {name}"
            elif problem := known[name].problem(value):
                found[name] = problem
        return found


def number(name: str, default: float, minimum: float, maximum: float, doc: str, *, advanced: bool = False) -> Param:
    """A parameter with two ends, as a slider has."""
    return Param(name, Number(minimum, maximum), default, doc, advanced)


BORDER = (
    Param(
        "border",
        Choice(("constant", "reflect", "replicate")),
        "constant",
        "What comes in from outside: one value, the picture mirrored, or its edge drawn out. In one warp the last "
        "step that has one decides",
        advanced=True,
    ),
    number("fill", 0.0, 0.0, 255.0, "Value of what comes in where the border is constant", advanced=True),
    Param(
        "interpolation",
        Choice(("nearest", "linear", "cubic")),
        "linear",
        "How values between pixels are found; cubic is sharper and three times as slow",
        advanced=True,
    ),
)
"""The parameters of everything that moves pixels."""
