"""Operations that make a picture worse as cameras and files do: blur, noise, compression."""

from __future__ import annotations

from workbench.data.augmentation.dice import Dice
from workbench.data.augmentation.effects import (
    Frame,
    GaussianBlur,
    GaussianNoise,
    Jpeg,
    MotionBlur,
    SaltAndPepper,
    Sharpness,
)
from workbench.data.augmentation.operation import Family, Operation, Values, number
from workbench.layers.params import Boolean, Integer, Param


def _blur(dice: Dice, _: Frame, values: Values) -> tuple[GaussianBlur]:
    return (GaussianBlur(dice.uniform(0, values["deviation"])),)


def _motion(dice: Dice, _: Frame, values: Values) -> tuple[MotionBlur]:
    length = 1 + dice.index(int(values["length"]))
    return (MotionBlur(length, dice.uniform(0, 180)),)


def _noise(dice: Dice, _: Frame, values: Values) -> tuple[GaussianNoise]:
    return (GaussianNoise(255 * dice.uniform(0, values["deviation"]), values["grey"], dice.bits()),)


def _salt(dice: Dice, _: Frame, values: Values) -> tuple[SaltAndPepper]:
    return (SaltAndPepper(dice.uniform(0, values["share"]), dice.bits()),)


def _jpeg(dice: Dice, _: Frame, values: Values) -> tuple[Jpeg]:
    low, high = sorted((int(values["minimum"]), int(values["maximum"])))
    return (Jpeg(low + dice.index(high - low + 1)),)


def _sharpness(dice: Dice, _: Frame, values: Values) -> tuple[Sharpness]:
    return (Sharpness(dice.around(1, values["amount"])),)


QUALITY = (
    Operation(
        "gaussian_blur",
        "Gaussian blur",
        Family.BLUR_AND_NOISE,
        "Out of focus, by a standard deviation that is even from 0 on",
        (number("deviation", 1.0, 0.0, 20.0, "Largest standard deviation, in pixels"),),
        draw=_blur,
        idle=lambda values: values["deviation"] == 0,
        probability=0.3,
        search_words=("smooth", "defocus"),
    ),
    Operation(
        "motion_blur",
        "Motion blur",
        Family.BLUR_AND_NOISE,
        "As if the camera had moved: the mean along a line of any direction",
        (Param("length", Integer(1, 63), 7, "Longest line, in pixels"),),
        draw=_motion,
        idle=lambda values: values["length"] == 1,
        probability=0.2,
        search_words=("camera shake",),
    ),
    Operation(
        "gaussian_noise",
        "Gaussian noise",
        Family.BLUR_AND_NOISE,
        "Normal noise on every value, by a standard deviation that is even from 0 on",
        (
            number("deviation", 0.05, 0.0, 0.5, "Largest standard deviation, as a share of full brightness"),
            Param("grey", Boolean(), False, "The same noise in every channel", advanced=True),
        ),
        draw=_noise,
        idle=lambda values: values["deviation"] == 0,
        probability=0.3,
        search_words=("grain", "iso"),
    ),
    Operation(
        "salt_and_pepper",
        "Salt and pepper",
        Family.BLUR_AND_NOISE,
        "Single pixels become black or white",
        (number("share", 0.02, 0.0, 0.5, "Largest share of all pixels"),),
        draw=_salt,
        idle=lambda values: values["share"] == 0,
        probability=0.2,
        search_words=("impulse noise", "dead pixels"),
    ),
    Operation(
        "jpeg",
        "JPEG",
        Family.BLUR_AND_NOISE,
        "Compressed as a JPEG file of this quality and unpacked again",
        (
            Param("minimum", Integer(1, 100), 40, "Lowest quality"),
            Param("maximum", Integer(1, 100), 95, "Highest quality"),
        ),
        draw=_jpeg,
        probability=0.3,
        search_words=("compression", "artefacts"),
    ),
    Operation(
        "sharpness",
        "Sharpness",
        Family.BLUR_AND_NOISE,
        "Smoother or sharper: a blend with the picture smoothed by 3 x 3",
        (number("amount", 0.5, 0.0, 1.0, "Largest change of the factor; at 1 from smooth to twice as sharp"),),
        draw=_sharpness,
        idle=lambda values: values["amount"] == 0,
        probability=0.3,
        search_words=("sharpen",),
    ),
)
