"""Arrays that stand in a file as they are: in memory where they are small, mapped where they are not."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

SMALL = 1 << 29
"""Bytes. A mapped file that is cut short while it is used ends the process, so that only what would fill memory is
mapped."""


def array_in(path: Path, dtype: DTypeLike, start: int, shape: tuple[int, ...], fortran: bool = False) -> NDArray[Any]:
    """An array that begins at a byte of a file. Raises OSError and ValueError."""
    if not prod(shape):
        return np.zeros(shape, dtype)
    mapped: NDArray[Any] = np.memmap(path, np.dtype(dtype), "r", start, shape, order="F" if fortran else "C")
    return np.array(mapped, copy=True) if mapped.nbytes <= SMALL else mapped
