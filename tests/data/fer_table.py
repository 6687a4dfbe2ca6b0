"""A table in FER-2013's form with drawn faces: eyes and brows alike, a mouth of each emotion's own."""

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIZE = 48
_MOUTHS = (
    lambda x: 36 + 0 * x,  # angry
    lambda x: 36 + 3 * np.sin(x * 6),
    lambda x: 34 + 4 * np.abs(x),
    lambda x: 38 - 7 * x**2,  # happy
    lambda x: 33 + 7 * x**2,  # sad
    lambda x: 36 + 5 * np.sqrt(np.maximum(0, 1 - x**2)),
    lambda x: 34 + 3 * x,
)


def face(emotion: int, seed: int) -> NDArray[np.uint8]:
    """(48, 48): grey with noise; the seed moves and shades it."""
    dice = np.random.default_rng((emotion, seed))
    image = dice.normal(150, 8, (SIZE, SIZE))
    left, top = dice.integers(-2, 3, 2)
    for eye in (15, 32):
        image[14 + top : 19 + top, eye + left : eye + 5 + left] = 40
    x = np.linspace(-1, 1, 25)
    rows = np.round(_MOUTHS[emotion](x)).astype(int) + top
    for thickness in (0, 1, 2):
        image[np.clip(rows + thickness, 0, SIZE - 1), 12 + left + np.arange(25)] = 60
    return np.clip(image * dice.uniform(0.85, 1.15), 0, 255).astype(np.uint8)


def write_fer_table(path: Path, training: int = 12, public: int = 3, private: int = 2) -> Path:
    """So many faces of each emotion in each part."""
    with path.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("emotion", "pixels", "Usage"))
        for usage, count, first in (
            ("Training", training, 0),
            ("PublicTest", public, 1000),
            ("PrivateTest", private, 2000),
        ):
            for emotion in range(7):
                for number in range(count):
                    pixels = " ".join(map(str, face(emotion, first + number).ravel()))
                    rows.writerow((emotion, pixels, usage))
    return path
