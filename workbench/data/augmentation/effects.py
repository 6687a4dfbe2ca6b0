"""What a step does to one image once its chances are drawn: values, which `fusing` puts together and `rendering` does.

Lengths are pixels of the network's input, values of pixels go from 0 to 255.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from workbench.data.augmentation.matrices import Matrix

Border = Literal["constant", "reflect", "replicate"]
Interpolation = Literal["nearest", "linear", "cubic"]
Triple: TypeAlias = tuple[float, float, float]


class Frame(NamedTuple):
    """The size that the network takes."""

    height: int
    width: int


class Edge(NamedTuple):
    """What comes in from outside, `fill` where that is constant, and how values between pixels are found."""

    border: Border = "constant"
    fill: float = 0.0
    interpolation: Interpolation = "linear"


@dataclass(frozen=True, slots=True)
class Warp:
    """Moves the picture. `matrix` takes a point of the picture (x to the right, y down, from its middle) to where it
    goes. What only mirrors needs no edge.
    """

    matrix: Matrix
    edge: Edge | None = None


@dataclass(frozen=True, slots=True)
class Linear:
    """scale * v + offset, in every channel."""

    scale: float
    offset: float


@dataclass(frozen=True, slots=True)
class ChannelShift:
    """v + the channel's own offset; nothing on grey images."""

    offsets: Triple


@dataclass(frozen=True, slots=True)
class Solarise:
    """255 - v from the threshold on."""

    threshold: float


@dataclass(frozen=True, slots=True)
class Posterise:
    """Keeps the first bits of eight."""

    bits: int


@dataclass(frozen=True, slots=True)
class ColourMatrix:
    """(R, G, B) times a matrix; nothing on grey images."""

    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Stretch:
    """Every channel's darkest value becomes 0 and its brightest 255 (autocontrast)."""


@dataclass(frozen=True, slots=True)
class Equalise:
    """Every channel's values become evenly frequent (histogram equalisation)."""


@dataclass(frozen=True, slots=True)
class Sharpness:
    """0 is smooth, 1 as it is, above that sharper: a blend with the picture smoothed by 3 x 3."""

    factor: float


@dataclass(frozen=True, slots=True)
class GaussianBlur:
    """Standard deviation in pixels."""

    deviation: float


@dataclass(frozen=True, slots=True)
class MotionBlur:
    """The mean along a line; degrees against the horizontal."""

    length: int
    degrees: float


@dataclass(frozen=True, slots=True)
class GaussianNoise:
    """Normal noise for every pixel, and for every channel unless it is grey; `bits` are its chance."""

    deviation: float
    grey: bool
    bits: int


@dataclass(frozen=True, slots=True)
class SaltAndPepper:
    """A share of all pixels becomes black or white."""

    share: float
    bits: int


@dataclass(frozen=True, slots=True)
class Jpeg:
    """Compressed and unpacked again."""

    quality: int


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; right and bottom are the first pixels outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        """In pixels."""
        return (self.right - self.left) * (self.bottom - self.top)


@dataclass(frozen=True, slots=True)
class Erase:
    """A rectangle becomes one value, or noise of evenly frequent values."""

    box: Box
    fill: Literal["black", "grey", "white", "noise"]
    bits: int


@dataclass(frozen=True, slots=True)
class MixUp:
    """weight * image + (1 - weight) * partner, and targets alike."""

    weight: float


@dataclass(frozen=True, slots=True)
class CutMix:
    """The box comes from the partner, and the share of its area from the partner's target."""

    box: Box


Table: TypeAlias = Linear | ChannelShift | Solarise | Posterise
"""A function of one value: these become one look-up table."""
Point: TypeAlias = Table | ColourMatrix
"""A function of one pixel: it does not matter whether the picture is moved before or after."""
Area: TypeAlias = (
    Stretch | Equalise | Sharpness | GaussianBlur | MotionBlur | GaussianNoise | SaltAndPepper | Jpeg | Erase
)
"""Looks at more than one pixel, or at where it is."""
Effect: TypeAlias = Warp | Point | Area
Mix: TypeAlias = MixUp | CutMix
COLOUR_ONLY = (ChannelShift, ColourMatrix)
