"""Whether images look like the photographs that published networks were trained on, as far as numbers tell.

Statistics of pixels say what images are made of, not what they show: an X-ray can be told from a photograph so, a
bird from a car cannot. Whoever knows better should say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

import numpy as np
from numpy.typing import NDArray

from workbench.data.measure import some_of
from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, Source

MOST = 200
"""Images that are looked at."""
_IMAGENET_MEAN = (0.485, 0.456, 0.406)
_IMAGENET_DEVIATION = (0.229, 0.224, 0.225)
"""Of ImageNet's training images, as everybody uses them."""
_GREY = 2.0
_FLAT_SHARE = 0.3
_SMALLEST_SIDE = 48
_FAR = 1.0


@dataclass(frozen=True)
class Likeness:
    """Whether the images resemble photographs in colour, and what speaks for or against it."""

    similar: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Traits:
    """Means over some images, of values from 0 to 1."""

    grey_share: float
    """Of images without colour."""
    flat_share: float
    """Of pixels that have the most common value of their image: paper, a black ground."""
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    side: int
    """The median of the shorter sides."""


def traits_of(source: Source, progress: Progress | None = None, cancel: Event | None = None) -> Traits:
    """Reads some images. Raises DatasetError where none can be read, and Cancelled."""
    ids = np.arange(len(source.keys))
    chosen = some_of(np.asarray(ids, np.uint64), ids, MOST)
    steps = Steps("Comparing with photographs", len(chosen), progress, cancel)
    found: list[tuple[float, float, NDArray[np.float64], NDArray[np.float64], int]] = []
    for index in chosen:
        try:
            found.append(_of_one(np.asarray(source.read(int(index)), np.float64) * (255.0 / (source.value_max or 255))))
        except DatasetError:
            continue  # the panel of the data tells it
        finally:
            steps.more()
    if not found:
        raise DatasetError(f"Expected images that can be read. Received: none of {source.name}")
    grey, flat, means, deviations, sides = zip(*found, strict=True)
    return Traits(
        float(np.mean(grey)),
        float(np.mean(flat)),
        tuple(np.mean(means, axis=0).tolist()),
        tuple(np.mean(deviations, axis=0).tolist()),
        int(np.median(sides)),
    )


def _of_one(image: NDArray[np.float64]) -> tuple[float, float, NDArray[np.float64], NDArray[np.float64], int]:
    colour = np.repeat(image[..., :1], 3, axis=-1) if image.shape[-1] < 3 else image[..., :3]
    spread = float(np.abs(colour.max(axis=-1) - colour.min(axis=-1)).mean())
    levels = np.bincount(np.clip(np.rint(colour.mean(axis=-1)), 0, 255).astype(np.int64).ravel(), minlength=256)
    pixels = colour.reshape(-1, 3) / 255
    return (
        float(spread < _GREY),
        float(levels.max() / levels.sum()),
        pixels.mean(0),
        pixels.std(0),
        min(image.shape[:2]),
    )


def likeness(traits: Traits) -> Likeness:
    """What the numbers say. One strong difference is enough."""
    against: list[str] = []
    if traits.grey_share > 0.5:
        against.append(f"{traits.grey_share:.0%} of the images are grey; photographs have colour")
    if traits.flat_share > _FLAT_SHARE:
        against.append(f"{traits.flat_share:.0%} of the pixels are one plain ground, as in drawings and writing")
    if traits.side < _SMALLEST_SIDE:
        against.append(f"the images are small ({traits.side} pixels); ImageNet's networks saw 224 and more")
    pairs = zip(traits.mean, _IMAGENET_MEAN, _IMAGENET_DEVIATION, strict=True)
    distance = max(abs(mean - usual) / deviation for mean, usual, deviation in pairs)
    if distance > _FAR:
        against.append(f"their brightness is {distance:.1f} deviations from that of ImageNet")
    if against:
        return Likeness(False, tuple(against))
    return Likeness(True, ("colour, brightness and grounds are those of photographs",))
