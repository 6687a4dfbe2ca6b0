"""The weight store: weights beside a project's file, named by their content, keyed by node path and weight name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from workbench.project.hdf5 import UnsafeFile, check_size, datasets

Arrays = Mapping[str, NDArray[Any]]
SUFFIX = ".weights"
_BLOCK = 1 << 20


class WeightStoreError(Exception):
    """Weights that cannot be read or written. The message is one line with the file."""


def store_of(project_file: Path) -> Path:
    """The folder for the weights of a project's file."""
    return project_file.with_name(project_file.name + SUFFIX)


def weight_key(path: str, position: int, name: str) -> str:
    """The key of a weight: the primitive's path in the expanded graph, then position and name within the layer."""
    return f"{path}:{position:03d}.{name.replace('/', '.')}"


def write_weights(store: Path, arrays: Iterable[tuple[str, NDArray[Any]]]) -> str:
    """Writes weights and returns their digest (SHA-256 of the file). Raises WeightStoreError."""
    temporary = store / f".{os.getpid()}.tmp"
    try:
        store.mkdir(parents=True, exist_ok=True)
        with h5py.File(temporary, "w", libver="latest") as file:
            for key, value in arrays:
                # A slash would make groups of paths, and two paths could then meet.
                file.create_dataset(key.replace("/", "\\"), data=value)
        digest = _digest(temporary)
        temporary.replace(store / f"{digest}.h5")
    except OSError as error:
        raise WeightStoreError(f"{store}: Cannot be written: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return digest


def find_weights(store: Path, digest: str) -> Path | None:
    """The file with these weights, or None where it is missing."""
    path = store / f"{digest}.h5"
    return path if path.is_file() else None


def read_weights(path: Path) -> dict[str, NDArray[Any]]:
    """Weights by key. Raises WeightStoreError."""
    try:
        with h5py.File(path, "r") as file:
            check_size(file)
            return {name.replace("\\", "/"): np.asarray(dataset[()]) for name, dataset in datasets(file)}
    except (OSError, KeyError, RuntimeError, UnsafeFile) as error:
        raise WeightStoreError(f"{path}: Expected weights of a project. Received: {error}") from None


def _digest(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
