"""Colours of pixel classes: far apart for everybody, and the same wherever a class is shown."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence

Colour = tuple[int, int, int]
_BACKGROUND = (0, 0, 0)
_FIRST: tuple[Colour, ...] = (
    (230, 97, 0),
    (26, 133, 255),
    (0, 158, 115),
    (240, 228, 66),
    (204, 121, 167),
    (93, 58, 155),
    (136, 204, 238),
    (213, 17, 42),
    (153, 153, 51),
    (136, 34, 85),
)
"""Of the classes from 1 on: pairs that colour-blind people tell apart (Okabe and Ito, 2008; Tol, 2021)."""
_GOLDEN = 0.618033988749895
UNMARKED = frozenset({"", "0", "background", "unlabeled", "unlabelled", "void", "none", "other"})
"""Names of a class that is no thing: it is left clear until somebody asks for it."""


def class_colours(classes: int) -> tuple[Colour, ...]:
    """A colour for each class; class 0 is black, as in the masks of Pascal VOC."""
    return tuple(map(_colour, range(classes)))


def marked(names: Sequence[str]) -> tuple[bool, ...]:
    """Whether each class is coloured at first: every one but the background."""
    return tuple(bool(index) or name.strip().lower() not in UNMARKED for index, name in enumerate(names))


def _colour(index: int) -> Colour:
    if index == 0:
        return _BACKGROUND
    if index <= len(_FIRST):
        return _FIRST[index - 1]
    number = index - len(_FIRST)
    lightness = (0.45, 0.65, 0.3)[number % 3]
    red, green, blue = colorsys.hls_to_rgb(number * _GOLDEN % 1, lightness, 0.75)
    return round(red * 255), round(green * 255), round(blue * 255)
