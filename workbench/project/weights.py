"""The weight store: weights beside a project's file, named by their content, keyed by node path and weight name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from workbench import locations
from workbench.project.hdf5 import UnsafeFile, check_size, datasets

SUFFIX = ".weights"
_BLOCK = 1 << 20


class WeightStoreError(Exception):
    """Weights that cannot be read or written. The message is one line with the file."""


@dataclass(frozen=True)
class Weights:
    """Weights that belong to a project. `file`: where they are, or None where they are missing."""

    digest: str
    file: Path | None = None


def shared_store() -> Path:
    """The user's own store, for projects that are in no file yet."""
    return locations.user_data() / "weights"


def locate(digest: str, project_file: Path | None) -> Weights:
    """Weights by their digest: beside the project's file, else in the user's own store."""
    stores = [shared_store()] if project_file is None else [store_of(project_file), shared_store()]
    files = (store / f"{digest}.h5" for store in stores)
    return Weights(digest, next((file for file in files if file.is_file()), None))


def keep_beside(weights: Weights, project_file: Path) -> Weights:
    """The same weights beside a project's file, linked where the file system can. Raises WeightStoreError."""
    target = store_of(project_file) / f"{weights.digest}.h5"
    if weights.file is None or target.is_file():
        return Weights(weights.digest, target if target.is_file() else None)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(weights.file, target)
    except OSError as error:
        raise WeightStoreError(f"{target}: Cannot be written: {error.strerror or error}") from None
    return Weights(weights.digest, target)


def _link_or_copy(source: Path, target: Path) -> None:
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def store_of(project_file: Path) -> Path:
    """The folder for the weights of a project's file."""
    return project_file.with_name(project_file.name + SUFFIX)


def weight_key(path: str, position: int, name: str) -> str:
    """The key of a weight: the primitive's path in the expanded graph, then position and name within the layer."""
    return f"{path}:{position:03d}.{name.replace('/', '.')}"


def write_weights(store: Path, arrays: Iterable[tuple[str, NDArray[Any]]]) -> Weights:
    """Writes weights, named by the SHA-256 of the file. Raises WeightStoreError."""
    temporary = store / f".{os.getpid()}.tmp"
    try:
        store.mkdir(parents=True, exist_ok=True)
        with h5py.File(temporary, "w", libver="latest") as opened:
            for key, value in arrays:
                # A slash would make groups of paths, and two paths could then meet.
                opened.create_dataset(key.replace("/", "\\"), data=value)
        digest = _digest(temporary)
        file = store / f"{digest}.h5"
        temporary.replace(file)
    except OSError as error:
        raise WeightStoreError(f"{store}: Cannot be written: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return Weights(digest, file)


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
