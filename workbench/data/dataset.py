"""A labelled set of images in memory, and how a SPEC becomes one."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from workbench import locations
from workbench.data.facts import BUILT_IN

Images = NDArray[np.uint8]
Labels = NDArray[np.int64]


class DatasetError(Exception):
    """Data that cannot be had. The message is one line: what was asked for, what was expected, what came."""


@dataclass(frozen=True)
class Dataset:
    """Images and labels of one source.

    `images`: uint8, count x height x width x channels. `labels`: class indices. `value_max`: the value of full
    brightness, which becomes 1.0. `digest`: identifies images and labels, whatever they are called.
    """

    name: str
    images: Images
    labels: Labels
    class_names: tuple[str, ...]
    digest: str
    value_max: int = 255

    def __len__(self) -> int:
        return len(self.labels)


def open_dataset(spec: str) -> Dataset:
    """The dataset that a SPEC of the command line names. Raises DatasetError."""
    if spec == "digits":
        return _digits(locations.resources() / "data" / "digits.npz")
    came = repr(spec) if spec else "none, the project names no data"
    raise DatasetError(f"Expected a dataset: {', '.join(BUILT_IN)}. Received: {came}")


def _digits(path: Path) -> Dataset:
    """scikit-learn's 1,797 handwritten digits: 8 x 8 pixels with values from 0 to 16."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as content:
            images, labels = content["images"][..., np.newaxis], content["labels"].astype(np.int64)
    except (OSError, EOFError, KeyError, ValueError, BadZipFile, zlib.error) as error:
        raise DatasetError(f"{path}: the bundled digits cannot be read ({error}). Install the program again") from None
    return Dataset("digits", images, labels, BUILT_IN["digits"].class_names, digest_of(images, labels), value_max=16)


def digest_of(images: Images, labels: Labels) -> str:
    """SHA-256 of shape, pixels and labels."""
    digest = sha256(repr((images.shape, images.dtype.str)).encode())
    digest.update(np.ascontiguousarray(images).data)
    digest.update(np.ascontiguousarray(labels).data)
    return digest.hexdigest()
