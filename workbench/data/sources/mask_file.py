"""What stands in a mask's file, before it is known which value or colour is which class."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.data.image_file import read_mask

Codes = NDArray[np.int32]
"""Colours as 0xRRGGBB, or the values of grey."""


@dataclass(frozen=True)
class StoredMask:
    """Height x width numbers: grey values, the indices of a palette with its `colours` (by index, as codes), or codes
    where `coloured`.
    """

    numbers: NDArray[np.uint8] | Codes
    colours: Codes | None = None
    coloured: bool = False

    @property
    def codes(self) -> Codes:
        """Every pixel's colour as 0xRRGGBB."""
        if self.coloured:
            return self.numbers.astype(np.int32, copy=False)
        if self.colours is not None:
            return self.colours[self.numbers]
        return self.numbers.astype(np.int32) * np.int32(0x010101)


def read_mask_file(path: Path) -> StoredMask:
    """Raises DatasetError."""
    values, palette = read_mask(path)
    if palette is not None:
        return StoredMask(values, packed(palette))
    return StoredMask(packed(values), coloured=True) if values.ndim == 3 else StoredMask(values)


def packed(colours: NDArray[np.uint8]) -> Codes:
    """... x 3 bytes as 0xRRGGBB."""
    wide = colours.astype(np.int32)
    return np.asarray((wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2], np.int32)
