"""Operations that mix a picture with another one of the training set; the targets are mixed alike."""

from __future__ import annotations

from math import sqrt

from workbench.data.augmentation.dice import Dice
from workbench.data.augmentation.effects import CutMix, Frame, MixUp
from workbench.data.augmentation.erasing import box_at
from workbench.data.augmentation.operation import Family, Operation, Values, number


def _mixup(dice: Dice, _: Frame, values: Values) -> MixUp:
    return MixUp(dice.beta(values["alpha"]))


def _cutmix(dice: Dice, frame: Frame, values: Values) -> CutMix:
    side = sqrt(1 - dice.beta(values["alpha"]))
    x, y = dice.uniform(0, frame.width), dice.uniform(0, frame.height)
    return CutMix(box_at(frame, x, y, side * frame.width, side * frame.height))


MIXING = (
    Operation(
        "mixup",
        "Mixup",
        Family.MIXING,
        "w * image + (1 - w) * another image, targets alike; w from Beta(alpha, alpha) (Zhang et al., 2017, mixup: "
        "Beyond empirical risk minimization). Done last, whatever the place in the list",
        (number("alpha", 0.2, 0.01, 8.0, "Near 0 hardly ever mixed, 1 evenly, larger towards half and half"),),
        mix=_mixup,
        blends=True,
        search_words=("blend", "soft targets"),
    ),
    Operation(
        "cutmix",
        "CutMix",
        Family.MIXING,
        "A box from another image; its share of the area is the other's share of the target. Area 1 - w, w from "
        "Beta(alpha, alpha) (Yun et al., 2019, CutMix). Done last, whatever the place in the list",
        (number("alpha", 1.0, 0.01, 8.0, "1 makes every area as likely; near 0 the box is empty or everything"),),
        mix=_cutmix,
        probability=0.5,
        search_words=("paste", "soft targets"),
    ),
)
