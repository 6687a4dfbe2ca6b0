"""What every dataset is: labelled images by sample key, read one at a time."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[Any]
"""Height x width x channels (1 or 3; RGB). uint8, or float32 where more than 8 bits are known; 0 is black and 255 full
brightness in both."""
Labels = NDArray[np.int64]
Indices = NDArray[np.int64]


class DatasetError(Exception):
    """Data that cannot be had. The message is one line: what was asked for, what was expected, what came."""


class Source(Protocol):
    """Images of one place; any thread may read.

    `keys` name the samples as an export to a folder would: `[part/]class/000012`, the relative path without its
    suffix. `labels` are class indices. `parts` are "", "train", "validation" or "test" for each sample, as the dataset
    itself divides. `digest` identifies keys and labels, and where that is cheap the content.
    """

    @property
    def name(self) -> str: ...

    @property
    def keys(self) -> tuple[str, ...]: ...

    @property
    def labels(self) -> Labels: ...

    @property
    def class_names(self) -> tuple[str, ...]: ...

    @property
    def parts(self) -> tuple[str, ...]: ...

    @property
    def digest(self) -> str: ...

    def read(self, index: int) -> Image:
        """One image as it is stored. Raises DatasetError, naming the file and row, where it cannot be read."""
        ...

    def __len__(self) -> int: ...
