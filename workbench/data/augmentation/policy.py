"""RandAugment: some of fourteen operations, chosen anew for every image, all of one strength (Cubuk et al., 2020)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from workbench.data.augmentation.colour import contrasting, saturating
from workbench.data.augmentation.dice import Dice
from workbench.data.augmentation.effects import (
    ColourMatrix,
    Effect,
    Equalise,
    Frame,
    Linear,
    Posterise,
    Sharpness,
    Solarise,
    Stretch,
)
from workbench.data.augmentation.geometry import shearing, turning, warp
from workbench.data.augmentation.matrices import translation
from workbench.data.augmentation.operation import BORDER, Family, Operation, Values
from workbench.layers.params import Integer, Param

_MOST = 30
Strength: TypeAlias = Callable[[float, Frame, Values], tuple[Effect, ...]]

_SIGNED: tuple[Strength, ...] = (
    lambda m, frame, values: warp(turning(30 * m), values),
    lambda m, frame, values: warp(shearing(16.7 * m, 0), values),
    lambda m, frame, values: warp(shearing(0, 16.7 * m), values),
    lambda m, frame, values: warp(translation(0.45 * m * frame.width, 0), values),
    lambda m, frame, values: warp(translation(0, 0.45 * m * frame.height), values),
    lambda m, frame, values: (ColourMatrix(saturating(1 + 0.9 * m)),),
    lambda m, frame, values: (contrasting(1 + 0.9 * m),),
    lambda m, frame, values: (Linear(1 + 0.9 * m, 0),),
    lambda m, frame, values: (Sharpness(1 + 0.9 * m),),
)
"""At a strength from -1 to 1; the ranges are the paper's (shear 0.3, shift 0.45 of a side, rotation 30 degrees)."""
_PLAIN: tuple[Strength, ...] = (
    lambda m, frame, values: (),
    lambda m, frame, values: (Stretch(),),
    lambda m, frame, values: (Equalise(),),
    lambda m, frame, values: (Solarise(256 * (1 - m)),),
    lambda m, frame, values: (Posterise(8 - round(4 * m)),),
)
"""At a strength from 0 to 1."""


def _rand_augment(dice: Dice, frame: Frame, values: Values) -> tuple[Effect, ...]:
    strength = values["magnitude"] / _MOST
    effects: list[Effect] = []
    for _ in range(int(values["n"])):
        chosen = dice.index(len(_SIGNED) + len(_PLAIN))
        if chosen < len(_SIGNED):
            effects += _SIGNED[chosen](strength if dice.chance(0.5) else -strength, frame, values)
        else:
            effects += _PLAIN[chosen - len(_SIGNED)](strength, frame, values)
    return tuple(effects)


POLICY = (
    Operation(
        "rand_augment",
        "RandAugment",
        Family.POLICY,
        "For every image n of fourteen operations (none, rotation, shear, shift, saturation, contrast, brightness, "
        "sharpness, autocontrast, equalise, solarise, posterise), all of one magnitude (Cubuk et al., 2020, "
        "RandAugment: Practical automated data augmentation with a reduced search space)",
        (
            Param("n", Integer(1, 8), 2, "Operations an image"),
            Param("magnitude", Integer(0, _MOST), 9, "How strong they are, up to 30"),
            *BORDER,
        ),
        draw=_rand_augment,
        search_words=("auto augment", "automatic"),
    ),
)
