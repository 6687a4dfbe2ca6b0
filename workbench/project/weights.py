"""The weight store: weights beside a project's file, named by their content, keyed by node path and weight name."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

import h5py
import numpy as np
from numpy.typing import NDArray

from workbench import locations
from workbench.project.hdf5 import UnsafeFile, check_size, datasets

Arrays = dict[str, NDArray[Any]]
Value = TypeVar("Value")
Tell = Callable[[int, int, str], object]
"""Bytes done, bytes in all, and what is being done."""
SUFFIX = ".weights"
_BLOCK = 1 << 20


class WeightStoreError(Exception):
    """Weights that cannot be read or written. The message is one line with the file."""


class WeightsCancelled(Exception):
    """Writing was given up on request; nothing is left behind."""


@dataclass(frozen=True)
class Weights:
    """Weights that belong to a project. `file`: where they are, or None where they are missing.

    `moved` gives the path in the file for paths that are others by now, of single layers or of whole blocks: putting
    layers into a block, or a block's contents in its place, so writes no file again.
    """

    digest: str
    file: Path | None = None
    moved: Mapping[str, str] = field(default_factory=dict, hash=False)
    source: str = ""
    """Where they come from, in a few words: "run lenet5-3" or "emotion_model.hdf5"."""

    def stored_path(self, path: str) -> str:
        """Where the file has what belongs to a path: by its own entry, else by that of the nearest block around it."""
        parts = path.split("/")
        for length in range(len(parts), 0, -1):
            stored = self.moved.get("/".join(parts[:length]))
            if stored is not None:
                return "/".join((stored, *parts[length:]))
        return path

    def under_new_paths(self, stored: Mapping[str, Value]) -> dict[str, Value]:
        """What the file has, by key: under its own, and under those of the paths that have moved to it."""
        movers: dict[str, list[str]] = {}
        for new, old in self.moved.items():
            movers.setdefault(old, []).append(new)
        found = dict(stored)
        for key, value in stored.items() if movers else ():
            path, colon, rest = key.rpartition(":")
            parts = path.split("/")
            for length in range(1, len(parts) + 1):
                for new in movers.get("/".join(parts[:length]), ()):
                    moved = "/".join((new, *parts[length:]))
                    # An entry of a layer goes before that of the block around it.
                    if self.stored_path(moved) == path:
                        found[moved + colon + rest] = value
        return found


def rewrite_paths(weights: Weights, mapping: Mapping[str, str]) -> Weights:
    """The same weights for a graph whose paths changed: `mapping` gives, for each new path, the one that it had.

    A path may be a layer's (`<id>`, `<id>/<repetition>/<inner id>`) or a block's, which takes along what is inside.
    Several new paths may have the same old one: each gets a copy. Cheap: no file is read or written.
    """
    moved = dict(weights.moved)
    for new, old in mapping.items():
        inside = {path: stored for path, stored in weights.moved.items() if path.startswith(f"{old}/")}
        moved |= {new + path[len(old) :]: stored for path, stored in inside.items()}
        moved[new] = weights.stored_path(old)
    return replace(weights, moved=dict(sorted(moved.items())))


def shared_store() -> Path:
    """The user's own store, for projects that are in no file yet."""
    return locations.user_data() / "weights"


def locate(digest: str, project_file: Path | None, moved: Mapping[str, str] | None = None, source: str = "") -> Weights:
    """Weights by their digest: beside the project's file, else in the user's own store."""
    stores = [shared_store()] if project_file is None else [store_of(project_file), shared_store()]
    files = (store / f"{digest}.h5" for store in stores)
    return Weights(digest, next((file for file in files if file.is_file()), None), dict(moved or {}), source)


def keep_beside(weights: Weights, project_file: Path, tell: Tell | None = None) -> Weights:
    """The same weights beside a project's file, linked where the file system can. Raises WeightStoreError."""
    target = store_of(project_file) / f"{weights.digest}.h5"
    if weights.file is None or target.is_file():
        return replace(weights, file=target if target.is_file() else None)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(weights.file, target, tell)
    except OSError as error:
        raise WeightStoreError(f"{target}: Cannot be written: {error.strerror or error}") from None
    return replace(weights, file=target)


def keep_shared(weights: Weights) -> Weights:
    """The same weights in the user's own store, too: for an autosaved state, whose file is elsewhere.

    Only linked, which takes no time; where the file system cannot, they stay where they are.
    """
    target = shared_store() / f"{weights.digest}.h5"
    if weights.file is None or target.is_file():
        return weights
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(weights.file, target)
    except OSError:
        return weights
    return weights


def unused(project_file: Path, kept: Iterable[str]) -> list[Path]:
    """Weights beside a project's file that none of these digests names."""
    names = {f"{digest}.h5" for digest in kept if digest}
    return sorted(path for path in store_of(project_file).glob("*.h5") if path.name not in names)


def _link_or_copy(source: Path, target: Path, tell: Tell | None) -> None:
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        try:
            os.link(source, temporary)
        except OSError:
            _copy(source, temporary, tell or (lambda *_: None))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _copy(source: Path, target: Path, tell: Tell) -> None:
    total, done = source.stat().st_size, 0
    with source.open("rb") as read, target.open("wb") as write:
        while block := read.read(_BLOCK):
            write.write(block)
            done += len(block)
            tell(done, total, "Copying weights")
    shutil.copymode(source, target)


def store_of(project_file: Path) -> Path:
    """The folder for the weights of a project's file."""
    return project_file.with_name(project_file.name + SUFFIX)


def weight_key(path: str, position: int, name: str) -> str:
    """The key of a weight: the primitive's path in the expanded graph, then position and name within the layer."""
    return f"{path}:{position:03d}.{name.replace('/', '.').replace(':', '.')}"


def path_of(key: str) -> str:
    """The path in a weight's key. Names of layers may hold colons, those of weights do not."""
    return key.rpartition(":")[0]


OPTIMIZER = "@optimizer"
"""The path of what an optimiser knows beside its slots: the number of steps, under the optimiser's name."""


def slot_key(key: str, slot: str) -> str:
    """The key of what an optimiser keeps for a weight, as its momentum. It moves along with the weight."""
    return f"{key}@{slot}"


def is_state(key: str) -> bool:
    """Whether a key is of an optimiser's state and not of a weight."""
    return "@" in key.rpartition(":")[2] or key.startswith(f"{OPTIMIZER}:")


def write_weights(
    store: Path, arrays: Iterable[tuple[str, NDArray[Any]]], tell: Tell | None = None, stop: Event | None = None
) -> Weights:
    """Writes weights, named by the SHA-256 of the file. Raises WeightStoreError, or WeightsCancelled once `stop`."""
    temporary = store / f".{uuid.uuid4().hex}.tmp"
    tell = tell or (lambda *_: None)
    try:
        store.mkdir(parents=True, exist_ok=True)
        with h5py.File(temporary, "w", libver="latest") as opened:
            written = 0
            for key, value in arrays:
                # A slash would make groups of paths, and two paths could then meet.
                opened.create_dataset(key.replace("/", "\\"), data=value)
                written += value.nbytes
                _go_on(stop)
                tell(written, 0, "Writing weights")
        digest = _digest(temporary, tell, stop)
        file = store / f"{digest}.h5"
        temporary.replace(file)
    except OSError as error:
        raise WeightStoreError(f"{store}: Cannot be written: {error.strerror or error}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return Weights(digest, file)


def read_weights(weights: Weights | Path) -> Arrays:
    """Arrays by the key that the project's layers have now. Raises WeightStoreError."""
    if isinstance(weights, Path):
        return _read(weights)
    if weights.file is None:
        raise WeightStoreError(f"The project's weights are missing: {weights.digest}.h5 is in no store")
    return weights.under_new_paths(_read(weights.file))


def _read(path: Path) -> Arrays:
    try:
        with h5py.File(path, "r") as file:
            check_size(file)
            return {name.replace("\\", "/"): np.asarray(dataset[()]) for name, dataset in datasets(file)}
    except (OSError, KeyError, RuntimeError, UnsafeFile) as error:
        raise WeightStoreError(f"{path}: Expected weights of a project. Received: {error}") from None


def _go_on(stop: Event | None) -> None:
    if stop is not None and stop.is_set():
        raise WeightsCancelled


def _digest(path: Path, tell: Tell, stop: Event | None) -> str:
    digest, done, total = sha256(), 0, path.stat().st_size
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            done += len(block)
            _go_on(stop)
            tell(done, total, "Checking weights")
    return digest.hexdigest()
