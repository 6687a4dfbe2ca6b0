"""An `.npz` with arrays by input and output: `x_<input>` and `y_<output>`, one row a sample."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.source import DatasetError

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class ArraySet:
    """Arrays with as many rows as there are samples; `parts` as a source has them."""

    inputs: Arrays
    outputs: Arrays
    parts: tuple[str, ...]
    keys: tuple[str, ...]
    digest: str


def holds_named_arrays(spec: str) -> bool:
    """Whether a SPEC is an `.npz` with `x_<input>`; False where it cannot be looked at."""
    try:
        with zipfile.ZipFile(Path(spec).expanduser()) as file:
            return spec.endswith(".npz") and any(name.startswith("x_") for name in file.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def open_arrays(spec: str) -> ArraySet:
    """Reads such a file whole. Raises DatasetError naming the file and the array that is wrong."""
    path = Path(spec).expanduser()
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise DatasetError(f"{spec}: Expected an .npz of arrays x_<input> and y_<output>. Received: {error}") from error
    inputs = {name.removeprefix("x_"): array for name, array in arrays.items() if name.startswith("x_")}
    outputs = {name.removeprefix("y_"): array for name, array in arrays.items() if name.startswith("y_")}
    if not inputs or not outputs:
        raise DatasetError(f"{spec}: Expected arrays x_<input> and y_<output>. Received: {', '.join(arrays) or 'none'}")
    count = len(next(iter(inputs.values())))
    for name, array in arrays.items():
        if not array.ndim or len(array) != count:
            raise DatasetError(f"{spec}: Expected {count} rows in every array. Received: {name} of {array.shape}")
        if array.dtype.kind not in "biuf":
            raise DatasetError(f"{spec}: Expected numbers. Received: {name} of {array.dtype}")
    digest = blake2b(
        repr([(name, a.shape, str(a.dtype)) for name, a in sorted(arrays.items())]).encode(), digest_size=16
    )
    for _, array in sorted(arrays.items()):
        digest.update(np.ascontiguousarray(array).tobytes())
    return ArraySet(inputs, outputs, ("",) * count, tuple(f"{row:06d}" for row in range(count)), digest.hexdigest())
