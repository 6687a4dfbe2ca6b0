"""Operations that move the picture. Each gives one matrix; all matrices of an image become one warp."""

from __future__ import annotations

from math import cos, exp, log, radians, sin, sqrt, tan

from workbench.data.augmentation.dice import Dice
from workbench.data.augmentation.effects import Edge, Frame, Warp
from workbench.data.augmentation.matrices import Matrix, product, scaling, translation
from workbench.data.augmentation.operation import BORDER, Family, Operation, Values, number

_TRIES = 10


def warp(matrix: Matrix, values: Values) -> tuple[Warp]:
    """A warp with the step's own border and interpolation."""
    return (Warp(matrix, Edge(values["border"], values["fill"], values["interpolation"])),)


def turning(degrees: float) -> Matrix:
    """Anticlockwise as one sees it; y points down."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return (c, s, 0.0, -s, c, 0.0, 0.0, 0.0, 1.0)


def shearing(x_degrees: float, y_degrees: float) -> Matrix:
    """Rows slide along x, columns along y."""
    return (1.0, tan(radians(x_degrees)), 0.0, tan(radians(y_degrees)), 1.0, 0.0, 0.0, 0.0, 1.0)


def _mirror_horizontal(_: Dice, __: Frame, ___: Values) -> tuple[Warp]:
    return (Warp(scaling(-1.0, 1.0)),)


def _mirror_vertical(_: Dice, __: Frame, ___: Values) -> tuple[Warp]:
    return (Warp(scaling(1.0, -1.0)),)


def _rotation(dice: Dice, _: Frame, values: Values) -> tuple[Warp]:
    return warp(turning(dice.around(0, values["degrees"])), values)


def _shift(dice: Dice, frame: Frame, values: Values) -> tuple[Warp]:
    x, y = dice.around(0, values["x"] * frame.width), dice.around(0, values["y"] * frame.height)
    return warp(translation(x, y), values)


def _zoom(dice: Dice, _: Frame, values: Values) -> tuple[Warp]:
    x = exp(dice.uniform(log(values["minimum"]), log(values["maximum"])))
    y = x if values["stretch"] == 1 else x * exp(dice.around(0, log(values["stretch"])))
    return warp(scaling(x, y), values)


def _shear(dice: Dice, _: Frame, values: Values) -> tuple[Warp]:
    return warp(shearing(dice.around(0, values["x"]), dice.around(0, values["y"])), values)


def _perspective(dice: Dice, frame: Frame, values: Values) -> tuple[Warp]:
    """A point (x, y) goes to (x, y) / (1 + a * x / (width / 2) + b * y / (height / 2)).

    That keeps the middle, and the corners' distances from it change by at most the strength.
    """
    reach = values["strength"] / 2
    a, b = dice.around(0, reach) * 2 / frame.width, dice.around(0, reach) * 2 / frame.height
    return warp((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, a, b, 1.0), values)


def _crop(dice: Dice, frame: Frame, values: Values) -> tuple[Warp]:
    """Szegedy et al. (2015): a box of a share of the area and of a ratio of sides; the middle where none fits."""
    low, high = log(values["ratio_minimum"]), log(values["ratio_maximum"])
    for _ in range(_TRIES):
        share = dice.uniform(values["scale_minimum"], values["scale_maximum"])
        root = sqrt(exp(dice.uniform(low, high)))
        x, y = sqrt(share) * root, sqrt(share) / root
        # The ratio is meant in pixels of a square; on other frames it is relative to the frame's own.
        if x <= 1 and y <= 1:
            break
    else:
        x = y = 1.0
    left, top = dice.around(0, 1 - x) * frame.width / 2, dice.around(0, 1 - y) * frame.height / 2
    return warp(product(scaling(1 / x, 1 / y), translation(-left, -top)), values)


GEOMETRY = (
    Operation(
        "mirror_horizontal",
        "Mirror left and right",
        Family.GEOMETRY,
        "Left becomes right. Not where that changes the class: letters, digits, left and right hands",
        draw=_mirror_horizontal,
        probability=0.5,
        search_words=("flip", "horizontal"),
    ),
    Operation(
        "mirror_vertical",
        "Mirror top and bottom",
        Family.GEOMETRY,
        "Top becomes bottom: for pictures without a top, such as those from a microscope or a satellite",
        draw=_mirror_vertical,
        probability=0.5,
        search_words=("flip", "vertical"),
    ),
    Operation(
        "crop",
        "Random crop and resize",
        Family.GEOMETRY,
        "A box of random size and shape becomes the whole picture (Szegedy et al., 2015, Going deeper with "
        "convolutions). Cut from the stored image, so that a large one keeps its detail",
        (
            number("scale_minimum", 0.35, 0.02, 1.0, "Smallest share of the area"),
            number("scale_maximum", 1.0, 0.02, 1.0, "Largest share of the area"),
            number("ratio_minimum", 0.75, 0.2, 5.0, "Smallest width to height, relative to the frame's"),
            number("ratio_maximum", 4 / 3, 0.2, 5.0, "Largest width to height, relative to the frame's"),
            *BORDER,
        ),
        draw=_crop,
        idle=lambda values: values["scale_minimum"] == values["scale_maximum"] == 1,
        search_words=("inception", "random resized crop"),
    ),
    Operation(
        "rotation",
        "Rotation",
        Family.GEOMETRY,
        "Turned about the middle, evenly up to the angle to either side",
        (number("degrees", 10.0, 0.0, 180.0, "Largest angle"), *BORDER),
        draw=_rotation,
        idle=lambda values: values["degrees"] == 0,
        search_words=("rotate", "angle", "turn"),
    ),
    Operation(
        "shift",
        "Shift",
        Family.GEOMETRY,
        "Moved, evenly up to the shares to either side",
        (
            number("x", 0.1, 0.0, 1.0, "Largest way sideways, as a share of the width"),
            number("y", 0.1, 0.0, 1.0, "Largest way up or down, as a share of the height"),
            *BORDER,
        ),
        draw=_shift,
        idle=lambda values: values["x"] == values["y"] == 0,
        search_words=("translation", "translate", "move"),
    ),
    Operation(
        "zoom",
        "Zoom",
        Family.GEOMETRY,
        "Larger or smaller about the middle; the logarithm of the factor is even",
        (
            number("minimum", 0.9, 0.1, 4.0, "Smallest factor; below 1 the picture shrinks"),
            number("maximum", 1.1, 0.1, 4.0, "Largest factor"),
            number("stretch", 1.0, 1.0, 2.0, "Largest factor by which height may differ from width", advanced=True),
            *BORDER,
        ),
        draw=_zoom,
        idle=lambda values: values["minimum"] == values["maximum"] == values["stretch"] == 1,
        search_words=("scale",),
    ),
    Operation(
        "shear",
        "Shear",
        Family.GEOMETRY,
        "Slanted, evenly up to the angles to either side",
        (
            number("x", 10.0, 0.0, 60.0, "Largest angle of upright lines, in degrees"),
            number("y", 0.0, 0.0, 60.0, "Largest angle of level lines, in degrees"),
            *BORDER,
        ),
        draw=_shear,
        idle=lambda values: values["x"] == values["y"] == 0,
        search_words=("slant", "skew"),
    ),
    Operation(
        "perspective",
        "Perspective",
        Family.GEOMETRY,
        "As seen from another side: one edge comes nearer and the opposite one goes away",
        (number("strength", 0.3, 0.0, 0.9, "How much nearer, as a share of the distance"), *BORDER),
        draw=_perspective,
        idle=lambda values: values["strength"] == 0,
        search_words=("tilt", "homography", "projective"),
    ),
)
