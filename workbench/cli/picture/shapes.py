"""What a picture is made of, in pixels from its left upper corner; colours are `#rrggbb`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

NAME_SIZE, TEXT_SIZE, SMALL_SIZE = 12, 12, 11


@dataclass(frozen=True)
class Box:
    """A rectangle with rounded corners."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str = ""
    radius: float = 0


@dataclass(frozen=True)
class Line:
    """Through points; dashed where what it stands for is not known."""

    points: tuple[tuple[float, float], ...]
    stroke: str
    width: float = 1.5
    dashed: bool = False


@dataclass(frozen=True)
class Words:
    """One line of text whose middle is at height `y`; `anchor` says which end is at `x`."""

    x: float
    y: float
    text: str
    fill: str
    size: int = TEXT_SIZE
    bold: bool = False
    anchor: Literal["start", "middle", "end"] = "start"


Shape = Box | Line | Words


@dataclass(frozen=True)
class Drawing:
    """Shapes from the lowest to the topmost."""

    width: float
    height: float
    ground: str
    shapes: tuple[Shape, ...]


@cache
def font(size: int) -> Any:
    """Pillow's own font, which is there without any on the system; both kinds of picture are measured by it."""
    from PIL import ImageFont

    return ImageFont.load_default(size=size)


def elided(text: str, size: int, room: float) -> str:
    """Cut in the middle where it is too long."""
    measure = font(size).getlength
    if measure(text) <= room:
        return text
    for kept in range(len(text) - 1, 1, -1):
        head = (kept + 1) // 2
        shorter = f"{text[:head]}…{text[len(text) - kept + head :]}"
        if measure(shorter) <= room:
            return shorter
    return "…"
