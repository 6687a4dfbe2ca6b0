"""Operations that hide a part of the picture."""

from __future__ import annotations

from math import exp, log, sqrt

from workbench.data.augmentation.dice import Dice
from workbench.data.augmentation.effects import Box, Erase, Frame
from workbench.data.augmentation.operation import Family, Operation, Values, number
from workbench.layers.params import Choice, Integer, Param


def box_at(frame: Frame, x: float, y: float, width: float, height: float) -> Box:
    """A box about a point in whole pixels, cut off at the frame."""
    left, top = round(x - width / 2), round(y - height / 2)
    right, bottom = left + round(width), top + round(height)
    return Box(
        min(max(left, 0), frame.width),
        min(max(top, 0), frame.height),
        min(max(right, 0), frame.width),
        min(max(bottom, 0), frame.height),
    )


def _cutout(dice: Dice, frame: Frame, values: Values) -> tuple[Erase, ...]:
    """The box's middle is anywhere, so that a part of it may be outside (DeVries and Taylor, 2017)."""
    erased = []
    for _ in range(int(values["holes"])):
        area = dice.uniform(values["area_minimum"], values["area_maximum"]) * frame.height * frame.width
        root = exp(dice.around(0, log(values["ratio"])) / 2)
        box = box_at(
            frame,
            dice.uniform(0, frame.width),
            dice.uniform(0, frame.height),
            sqrt(area) * root,
            sqrt(area) / root,
        )
        erased.append(Erase(box, values["fill"], dice.bits()))
    return tuple(erased)


ERASING = (
    Operation(
        "cutout",
        "Cutout (random erasing)",
        Family.ERASING,
        "Boxes become one value or noise, so that no single part decides (DeVries and Taylor, 2017, Improved "
        "regularization with cutout; with noise and other shapes Zhong et al., 2017, Random erasing)",
        (
            Param("holes", Integer(1, 16), 1, "Number of boxes"),
            number("area_minimum", 0.02, 0.0, 1.0, "Smallest share of the area"),
            number("area_maximum", 0.2, 0.0, 1.0, "Largest share of the area"),
            number("ratio", 1.0, 1.0, 5.0, "Largest ratio of the sides; 1 for squares only", advanced=True),
            Param("fill", Choice(("grey", "black", "white", "noise")), "grey", "What stands there instead"),
        ),
        draw=_cutout,
        idle=lambda values: values["area_minimum"] == values["area_maximum"] == 0,
        probability=0.5,
        search_words=("occlusion", "hide", "mask"),
    ),
)
