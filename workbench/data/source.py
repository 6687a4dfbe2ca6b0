"""What every dataset is: labelled images by sample key, read one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Image = NDArray[Any]
"""Height x width x channels (1 or 3; RGB). uint8, or float32 where more than 8 bits are known; 0 is black and 255 full
brightness in both."""
Mask = NDArray[np.uint8]
"""Height x width class indices, or `VOID`."""
VOID = 255
"""A pixel of a mask that belongs to no class: losses and measures leave it out."""
Labels = NDArray[np.int64]
Indices = NDArray[np.int64]


class DatasetError(Exception):
    """Data that cannot be had. The message is one line: what was asked for, what was expected, what came."""


class SourceGone(DatasetError):
    """The place of all samples is gone, such as a drive that was pulled out: no sample is to blame."""


@dataclass(frozen=True, slots=True)
class SampleProblem:
    """What is wrong with one sample, and where it stands."""

    file: str
    message: str
    row: int | None = None
    """Line of a table, the heading being line 1; or position in an array, from 0."""
    index: int | None = None
    """Position in the source; None for a sample that was left out when the source was opened."""

    def __str__(self) -> str:
        return f"{self.file}{'' if self.row is None else f', row {self.row}'}: {self.message}"


class Source(Protocol):
    """Images of one place; any thread may read.

    `keys` name the samples as an export to a folder would: `[part/]class/000012`, the relative path without its
    suffix; no two are the same. `labels` are class indices. `parts` are "", "train", "validation" or "test" for each
    sample, as the dataset itself divides. `digest` identifies keys and labels, and where that is cheap the content.

    `groups` names for each sample what it belongs to ("" for nothing): a group is never divided between training and
    what is held out. It is empty where the dataset has none. `problems` are samples that were left out on opening.
    `value_max` is the stored number that becomes 255. `masked` sources have a mask for each image: `class_names` are
    then those of pixels, and all labels are 0. `paired` ones have another picture for each image, as its target.
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

    @property
    def groups(self) -> tuple[str, ...]: ...

    @property
    def problems(self) -> tuple[SampleProblem, ...]: ...

    @property
    def value_max(self) -> float: ...

    @property
    def masked(self) -> bool: ...

    @property
    def paired(self) -> bool: ...

    def read(self, index: int) -> Image:
        """One image as it is stored. Raises DatasetError, naming the file and row, where it cannot be read."""
        ...

    def read_mask(self, index: int) -> Mask:
        """The mask of one image, of the image's height and width. Raises DatasetError, as where there are none."""
        ...

    def read_target(self, index: int) -> Image:
        """The picture that a network is to give for the image: the image itself where none is paired with it. Raises
        DatasetError.
        """
        ...

    def check(self, index: int) -> None:
        """Looks at one sample without decoding it. Raises DatasetError where `read` is sure to do so."""
        ...

    def origin(self, index: int) -> Path | None:
        """The file that a person would open to see the sample; None where it has none of its own."""
        ...

    def __len__(self) -> int: ...


class Unmasked:
    """What a source without files, groups and masks of its own answers."""

    groups: tuple[str, ...] = ()
    problems: tuple[SampleProblem, ...] = ()
    value_max: float = 255
    masked: bool = False
    paired: bool = False

    def check(self, index: int) -> None:
        """Arrays that were opened can be read."""

    def origin(self, index: int) -> Path | None:
        """None: the sample has no file of its own."""
        return None

    def read(self, index: int) -> Image:
        """One image. Raises DatasetError."""
        raise NotImplementedError

    def read_target(self, index: int) -> Image:
        """The image itself. Raises DatasetError."""
        return self.read(index)

    def read_mask(self, index: int) -> Mask:
        """Raises DatasetError."""
        raise DatasetError(f"Expected a dataset with masks (IMAGES::MASKS). Received: {type(self).__name__}")
