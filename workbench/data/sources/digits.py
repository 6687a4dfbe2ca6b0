"""scikit-learn's 1,797 handwritten digits, which come with the program."""

from __future__ import annotations

import zlib
from zipfile import BadZipFile

import numpy as np

from workbench import locations
from workbench.data.facts import BUILT_IN
from workbench.data.source import DatasetError
from workbench.data.sources.arrays import ArraySource


def read_digits() -> ArraySource:
    """8 x 8 pixels with values from 0 to 16. Raises DatasetError where the installation is damaged."""
    path = locations.resources() / "data" / "digits.npz"
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as content:
            images, labels = content["images"][..., np.newaxis], content["labels"].astype(np.int64)
    except (OSError, EOFError, KeyError, ValueError, BadZipFile, zlib.error) as error:
        raise DatasetError(f"{path}: the bundled digits cannot be read ({error}). Install the program again") from None
    return ArraySource("digits", images, labels, BUILT_IN["digits"].class_names, ("",) * len(labels), value_max=16)
