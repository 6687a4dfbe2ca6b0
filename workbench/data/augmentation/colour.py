"""Operations on colour. Those of one value become one look-up table, linear ones of colour become one matrix."""

from __future__ import annotations

from math import cos, radians, sin

from workbench.data.augmentation.dice import Dice
from workbench.data.augmentation.effects import (
    ChannelShift,
    ColourMatrix,
    Equalise,
    Frame,
    Linear,
    Posterise,
    Solarise,
    Stretch,
)
from workbench.data.augmentation.matrices import IDENTITY, Matrix, inverse, product, weighted
from workbench.data.augmentation.operation import Family, Operation, Values, number
from workbench.layers.params import Integer, Param

MIDDLE = 127.5
LUMA: Matrix = (0.299, 0.587, 0.114) * 3
"""Every channel becomes the grey that people see (ITU-R BT.601)."""
_YIQ: Matrix = (0.299, 0.587, 0.114, 0.596, -0.274, -0.322, 0.211, -0.523, 0.312)
_QUARTER: Matrix = product(inverse(_YIQ), product((0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 1.0, 0.0), _YIQ))
_COLOUR: Matrix = weighted(((1.0, IDENTITY), (-1.0, LUMA)))
"""What is left of a colour without its grey."""
_IMAGENET = (
    (55.46, (-0.5675, -0.5808, -0.5836)),
    (4.794, (0.7192, -0.0045, -0.6948)),
    (1.148, (0.4009, -0.8140, 0.4203)),
)
"""The spread of ImageNet's colours along their principal axes (R, G, B), for values up to 255."""
_ORDERS = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))


def saturating(factor: float) -> Matrix:
    """0 makes grey, 1 changes nothing."""
    return weighted(((1.0, LUMA), (factor, _COLOUR)))


def turning_hue(degrees: float) -> Matrix:
    """A turn about the grey axis of YIQ: luma stays, and so do greys."""
    c, s = cos(radians(degrees)), sin(radians(degrees))
    return weighted(((1.0, LUMA), (c, _COLOUR), (s, _QUARTER)))


def brightening(share: float) -> Linear:
    """Adds a share of full brightness."""
    return Linear(1.0, 255 * share)


def contrasting(factor: float) -> Linear:
    """About middle grey."""
    return Linear(factor, MIDDLE * (1 - factor))


def _brightness(dice: Dice, _: Frame, values: Values) -> tuple[Linear]:
    return (brightening(dice.around(0, values["amount"])),)


def _contrast(dice: Dice, _: Frame, values: Values) -> tuple[Linear]:
    return (contrasting(dice.around(1, values["amount"])),)


def _saturation(dice: Dice, _: Frame, values: Values) -> tuple[ColourMatrix]:
    return (ColourMatrix(saturating(dice.around(1, values["amount"]))),)


def _hue(dice: Dice, _: Frame, values: Values) -> tuple[ColourMatrix]:
    return (ColourMatrix(turning_hue(dice.around(0, values["degrees"]))),)


def _grey(_: Dice, __: Frame, ___: Values) -> tuple[ColourMatrix]:
    return (ColourMatrix(LUMA),)


def _channel_shift(dice: Dice, _: Frame, values: Values) -> tuple[ChannelShift]:
    reach = 255 * values["amount"]
    return (ChannelShift((dice.around(0, reach), dice.around(0, reach), dice.around(0, reach))),)


def _channel_shuffle(dice: Dice, _: Frame, __: Values) -> tuple[ColourMatrix]:
    order = _ORDERS[dice.index(len(_ORDERS))]
    rows = [float(column == order[row]) for row in range(3) for column in range(3)]
    return (ColourMatrix(tuple(rows)),)  # type: ignore[arg-type]


def _lighting(dice: Dice, _: Frame, values: Values) -> tuple[ChannelShift]:
    """Krizhevsky et al. (2012): + sum over axes of N(0, deviation) * spread * axis, the same for every pixel."""
    steps = [(dice.normal() * values["deviation"] * spread, axis) for spread, axis in _IMAGENET]
    red, green, blue = (sum(step * axis[channel] for step, axis in steps) for channel in range(3))
    return (ChannelShift((red, green, blue)),)


COLOUR = (
    Operation(
        "brightness",
        "Brightness",
        Family.COLOUR,
        "Adds the same to every value: v + 255 * a, a evenly up to the amount to either side",
        (number("amount", 0.2, 0.0, 1.0, "Largest change, as a share of full brightness"),),
        draw=_brightness,
        idle=lambda values: values["amount"] == 0,
        search_words=("light", "exposure"),
    ),
    Operation(
        "contrast",
        "Contrast",
        Family.COLOUR,
        "Values move away from middle grey or towards it: 127.5 + f * (v - 127.5), f evenly from 1 - amount to "
        "1 + amount",
        (number("amount", 0.2, 0.0, 1.0, "Largest change of the factor"),),
        draw=_contrast,
        idle=lambda values: values["amount"] == 0,
    ),
    Operation(
        "saturation",
        "Saturation",
        Family.COLOUR,
        "Colours move away from their grey (BT.601 luma) or towards it: y + f * (v - y), f evenly from 1 - amount to "
        "1 + amount",
        (number("amount", 0.3, 0.0, 1.0, "Largest change of the factor"),),
        draw=_saturation,
        idle=lambda values: values["amount"] == 0,
        colour_only=True,
        search_words=("colour", "vivid"),
    ),
    Operation(
        "hue",
        "Hue",
        Family.COLOUR,
        "Colours turn about the grey axis of YIQ; greys and luma stay. Not where colour tells the classes apart",
        (number("degrees", 18.0, 0.0, 180.0, "Largest angle"),),
        draw=_hue,
        idle=lambda values: values["degrees"] == 0,
        colour_only=True,
        search_words=("colour", "tint"),
    ),
    Operation(
        "channel_shift",
        "Channel shift",
        Family.COLOUR,
        "Adds to red, green and blue, to each something else",
        (number("amount", 0.1, 0.0, 1.0, "Largest change, as a share of full brightness"),),
        draw=_channel_shift,
        idle=lambda values: values["amount"] == 0,
        colour_only=True,
        search_words=("rgb", "tint", "colour cast"),
    ),
    Operation(
        "channel_shuffle",
        "Channel shuffle",
        Family.COLOUR,
        "Red, green and blue change places",
        draw=_channel_shuffle,
        probability=0.1,
        colour_only=True,
        search_words=("rgb", "permute", "swap"),
    ),
    Operation(
        "lighting",
        "PCA lighting (AlexNet)",
        Family.COLOUR,
        "Shifts the colour along the principal axes of ImageNet's colours, as another light would (Krizhevsky et "
        "al., 2012, ImageNet classification with deep convolutional neural networks)",
        (number("deviation", 0.1, 0.0, 1.0, "Standard deviation; the paper's is 0.1"),),
        draw=_lighting,
        idle=lambda values: values["deviation"] == 0,
        colour_only=True,
        search_words=("fancy pca", "colour"),
    ),
    Operation(
        "grey",
        "Grey",
        Family.COLOUR,
        "Takes the colour away (BT.601 luma); the channels stay",
        draw=_grey,
        probability=0.1,
        colour_only=True,
        search_words=("gray", "greyscale", "grayscale"),
    ),
    Operation(
        "autocontrast",
        "Autocontrast",
        Family.COLOUR,
        "Every channel's darkest value becomes 0 and its brightest 255",
        draw=lambda dice, frame, values: (Stretch(),),
        probability=0.3,
        search_words=("stretch", "normalise"),
    ),
    Operation(
        "equalise",
        "Equalise",
        Family.COLOUR,
        "Every channel's values become evenly frequent (histogram equalisation)",
        draw=lambda dice, frame, values: (Equalise(),),
        probability=0.3,
        search_words=("equalize", "histogram"),
    ),
    Operation(
        "solarise",
        "Solarise",
        Family.COLOUR,
        "Values from the threshold on are turned over: 255 - v",
        (number("threshold", 128.0, 0.0, 255.0, "From this value on"),),
        draw=lambda dice, frame, values: (Solarise(values["threshold"]),),
        probability=0.2,
        search_words=("solarize", "invert"),
    ),
    Operation(
        "posterise",
        "Posterise",
        Family.COLOUR,
        "Keeps fewer than 256 levels of every channel",
        (Param("bits", Integer(1, 8), 4, "Bits that are kept, of 8"),),
        draw=lambda dice, frame, values: (Posterise(values["bits"]),),
        idle=lambda values: values["bits"] == 8,
        probability=0.2,
        search_words=("posterize", "quantise", "levels"),
    ),
)
