"""NumPy archives: `x` and `y`, Keras's `x_train`, `y_train`, `x_test`, `y_test`, or several inputs and outputs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, Labels
from workbench.data.sources.arrays import ArraySource
from workbench.data.sources.npz_archive import archive_names, read_archive

_SUFFIXES = {"train": "train", "val": "validation", "valid": "validation", "validation": "validation", "test": "test"}
_ORDER = ("train", "validation", "test")
_NAMES = ("class_names", "classes")
_AT_ONCE = 1024


@dataclass(frozen=True)
class ArraySet:
    """Samples with several inputs or outputs, each an array with the samples along its first axis.

    Outputs of whole numbers are class indices; those of real numbers are values to be predicted (regression).
    """

    name: str
    inputs: dict[str, NDArray[Any]]
    outputs: dict[str, NDArray[Any]]
    parts: tuple[str, ...]
    keys: tuple[str, ...]
    groups: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of names, shapes, values and parts."""
        digest = sha256(repr((sorted(self.inputs), sorted(self.outputs), self.parts)).encode())
        for arrays in (self.inputs, self.outputs):
            for name in sorted(arrays):
                digest.update(repr((name, arrays[name].shape, arrays[name].dtype.str)).encode())
                for start in range(0, len(self), _AT_ONCE):
                    digest.update(np.ascontiguousarray(arrays[name][start : start + _AT_ONCE]).data)
        return digest.hexdigest()


def read_npz(path: Path, progress: Progress | None = None, cancel: Event | None = None) -> ArraySource:
    """One image input and one output of classes. Raises DatasetError, and Cancelled."""
    arrays = read_archive(path, progress, cancel)
    parts = [(part, arrays[x], arrays[y]) for part, x, y in _single(path, arrays)]
    shapes = {x.shape[1:] for _, x, _ in parts}
    if len(shapes) > 1:
        raise DatasetError(f"{path}: Expected images of one size in all parts. Received: {_listed(map(str, shapes))}")
    for part, x, y in parts:
        if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
            raise DatasetError(
                f"{path}: Expected a label for each image{part and f' of {part}'}. Received: {x.shape} and {y.shape}"
            )
    if not sum(len(x) for _, x, _ in parts):
        raise DatasetError(f"{path}: Expected images. Received: none")
    labels, class_names = _classes(path, [y for _, _, y in parts], arrays)
    images = _images(path, parts[0][1] if len(parts) == 1 else np.concatenate([x for _, x, _ in parts]))
    given = tuple(part for part, x, _ in parts for _ in range(len(x)))
    return ArraySource(
        path.stem,
        images,
        labels,
        class_names,
        given,
        _white(path, images, progress, cancel),
        _texts(path, arrays, "groups", len(labels)),
        path,
    )


def open_arrays(spec: str, progress: Progress | None = None, cancel: Event | None = None) -> ArraySet:
    """The inputs `x_<input>` and outputs `y_<output>` of an `.npz`; optional `parts` and `groups` hold a text for each
    sample. Raises DatasetError, and Cancelled.
    """
    path = Path(spec).expanduser()
    arrays = read_archive(path, progress, cancel)
    inputs = {name[2:]: array for name, array in arrays.items() if name.startswith("x_")}
    outputs = {name[2:]: array for name, array in arrays.items() if name.startswith("y_")}
    if not inputs or not outputs:
        raise DatasetError(f"{path}: Expected arrays x_<input> and y_<output>. Received: {_listed(arrays)}")
    named = {f"x_{name}": array for name, array in inputs.items()} | {f"y_{name}": a for name, a in outputs.items()}
    counts = {name: len(array) if array.ndim else 0 for name, array in named.items()}
    if len(set(counts.values())) > 1:
        told = _listed(f"{name} {count:,}" for name, count in counts.items())
        raise DatasetError(f"{path}: Expected as many samples in every array. Received: {told}")
    for name, array in named.items():
        if array.dtype.kind not in "biuf":
            raise DatasetError(f"{path}: Expected numbers in {name}. Received: {array.dtype}")
    count = next(iter(counts.values()))
    given = tuple(_SUFFIXES.get(part.lower(), "") for part in _texts(path, arrays, "parts", count)) or ("",) * count
    keys = tuple(f"{part}/{i:06d}" if part else f"{i:06d}" for i, part in enumerate(given))
    return ArraySet(path.stem, inputs, outputs, given, keys, _texts(path, arrays, "groups", count))


def is_multiple(path: Path) -> bool:
    """Whether an archive names its inputs: `open_arrays` reads it then. Raises DatasetError."""
    names = archive_names(path)
    named = [name[2:] for name in names if name.startswith("x_")]
    return bool(named) and "x" not in names and not set(named) <= set(_SUFFIXES)


def _single(path: Path, arrays: dict[str, NDArray[Any]]) -> list[tuple[str, str, str]]:
    """Part and names of images and labels."""
    if "x" in arrays and "y" in arrays:
        return [("", "x", "y")]
    by_part = {_SUFFIXES[name[2:]]: name[2:] for name in arrays if name[:2] == "x_" and name[2:] in _SUFFIXES}
    found = [(part, f"x_{by_part[part]}", f"y_{by_part[part]}") for part in _ORDER if part in by_part]
    if found and all(y in arrays for _, _, y in found):
        return found
    if any(name.startswith("x_") for name in arrays):
        raise DatasetError(
            f"{path}: Expected one input and one output, x and y. Received: {_listed(arrays)}; "
            "a network with inputs and outputs of these names trains with it"
        )
    raise DatasetError(
        f"{path}: Expected the arrays x and y, or x_train, y_train, x_test and y_test. Received: {_listed(arrays)}"
    )


def _images(path: Path, x: NDArray[Any]) -> NDArray[Any]:
    """Count x height x width x channels."""
    if x.dtype.kind not in "buif" or x.dtype.itemsize > 8:
        raise DatasetError(f"{path}: Expected pixels as numbers. Received: {x.dtype}")
    if x.ndim == 3:
        return x[..., np.newaxis]
    if x.ndim == 4 and x.shape[3] in (1, 3, 4):
        return x
    if x.ndim == 4 and x.shape[1] in (1, 3, 4):
        return x.transpose(0, 2, 3, 1)
    raise DatasetError(
        f"{path}: Expected images as count x height x width, with 1, 3 or 4 channels last where there are any. "
        f"Received: {' x '.join(map(str, x.shape))}"
    )


_OVERSHOOT = 1.1
"""Interpolation reaches beyond black and white by up to a tenth; such values are cut off."""


def _white(path: Path, images: NDArray[Any], progress: Progress | None, cancel: Event | None) -> float:
    """The number that means white: from the type, or from the values where it leaves that open."""
    if images.dtype == np.uint8:
        return 255
    if images.dtype.kind == "b":
        return 1
    if images.dtype == np.uint16:
        return 65535
    low, high = _extremes(path, images, progress, cancel)
    choices = (1.0, 255.0, 65535.0) if images.dtype.kind == "f" else (255.0, 65535.0)
    white = next((choice for choice in choices if high <= choice * _OVERSHOOT), None)
    if white is None or low < -(_OVERSHOOT - 1) * white:
        ranges = " or ".join(f"0 to {choice:g}" for choice in choices)
        raise DatasetError(f"{path}: Expected pixels from {ranges}. Received: {low:g} to {high:g}")
    return white


def _extremes(path: Path, images: NDArray[Any], progress: Progress | None, cancel: Event | None) -> tuple[float, float]:
    low, high = np.inf, -np.inf
    steps = Steps(f"Reading {path.name}", len(images), progress, cancel)
    for start in range(0, len(images), _AT_ONCE):
        some = images[start : start + _AT_ONCE]
        if some.size and not np.isfinite(some).all():
            where = start + int(np.flatnonzero(~np.isfinite(some).reshape(len(some), -1).all(axis=1))[0])
            raise DatasetError(f"{path}: Expected finite pixels. Received: NaN or infinity in image {where}")
        if some.size:
            low, high = min(low, float(some.min())), max(high, float(some.max()))
        steps.to(start + len(some))
    return (low, high) if low <= high else (0.0, 0.0)


def _classes(path: Path, stored: list[NDArray[Any]], arrays: dict[str, NDArray[Any]]) -> tuple[Labels, tuple[str, ...]]:
    """Class indices and names, from whole numbers, one-hot rows or texts."""
    if any(y.dtype.kind != stored[0].dtype.kind or y.ndim != stored[0].ndim for y in stored):
        raise DatasetError(f"{path}: Expected labels of one kind in all parts")
    y = np.concatenate(stored)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.dtype.kind == "U" and y.ndim == 1:
        texts, labels = np.unique(y, return_inverse=True)
        return labels.astype(np.int64), tuple(map(str, texts))
    if y.dtype.kind not in "buif" or y.ndim not in (1, 2):
        raise DatasetError(f"{path}: Expected whole numbers, one-hot rows or texts as labels. Received: {y.dtype}")
    if y.ndim == 2:
        one_hot = ((y == 0) | (y == 1)).all(axis=1) & (y.sum(axis=1) == 1)
        if not one_hot.all():
            row = int(np.flatnonzero(~one_hot)[0])
            raise DatasetError(f"{path}: Expected one-hot rows as labels. Received: {y[row]} in row {row}")
        return y.argmax(axis=1).astype(np.int64), _class_names(path, arrays, y.shape[1])
    wrong = (
        np.flatnonzero((y < 0) | (y != np.floor(y)) | ~np.isfinite(y)) if y.dtype.kind == "f" else np.flatnonzero(y < 0)
    )
    if len(wrong):
        raise DatasetError(
            f"{path}: Expected whole numbers from 0 as labels. Received: {y[wrong[0]]} in row {wrong[0]}"
        )
    labels = y.astype(np.int64)
    return labels, _class_names(path, arrays, int(labels.max()) + 1 if len(labels) else 0)


_MOST_CLASSES = 100_000
"""Each is a row wherever classes are counted: a label of 999,999 is a number of something else."""


def _class_names(path: Path, arrays: dict[str, NDArray[Any]], count: int) -> tuple[str, ...]:
    if count > _MOST_CLASSES:
        raise DatasetError(
            f"{path}: Expected class indices below {_MOST_CLASSES:,} as labels. Received: numbers up to {count - 1:,}"
        )
    for name in _NAMES:
        if name in arrays and arrays[name].dtype.kind == "U" and arrays[name].ndim == 1:
            if len(arrays[name]) < count:
                raise DatasetError(f"{path}: Expected {count} {name}. Received: {len(arrays[name])}")
            return tuple(map(str, arrays[name]))
    return tuple(map(str, range(count)))


def _texts(path: Path, arrays: dict[str, NDArray[Any]], name: str, count: int) -> tuple[str, ...]:
    """An optional array with a text or number for each sample."""
    if name not in arrays:
        return ()
    if arrays[name].shape != (count,):
        raise DatasetError(f"{path}: Expected {count:,} {name}. Received: {arrays[name].shape}")
    return tuple(map(str, arrays[name].tolist()))


def _listed(names: Any) -> str:
    return ", ".join(names) or "none"
