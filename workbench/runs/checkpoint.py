"""Checkpoints: every variable of a model and its optimizer, and the state that is no variable, in one HDF5 file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from workbench.runs.errors import RunStoreError, cannot
from workbench.runs.files import replacing

FORMAT = 1
_VARIABLES = "variables"
_STATE = "state"


@dataclass(frozen=True)
class Checkpoint:
    """`variables` by key ("model/conv_1/000.kernel", "optimizer/000.iteration"), `state` as JSON data.

    A key's position and weight name come from the layer, its middle part from the node's name; Keras's own file
    names are class counters, which shift when a layer is inserted.
    """

    variables: Mapping[str, NDArray[Any]]
    state: Mapping[str, Any] = field(default_factory=dict)


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Writes the file whole or not at all. Raises RunStoreError."""
    try:
        with replacing(path) as temporary, h5py.File(temporary, "w") as file:
            file.attrs["format"] = FORMAT
            file[_STATE] = json.dumps(checkpoint.state)
            variables = file.create_group(_VARIABLES)
            for key, value in checkpoint.variables.items():
                variables.create_dataset(key, data=value)
    except OSError as error:
        raise cannot("write the checkpoint", path, error) from error


def read_checkpoint(path: Path) -> Checkpoint:
    """Reads a checkpoint; links to other files are refused. Raises RunStoreError."""
    try:
        with h5py.File(path, "r") as file:
            _check_format(path, file)
            variables: dict[str, NDArray[Any]] = {}
            _collect(path, file[_VARIABLES], "", variables)
            return Checkpoint(variables, json.loads(file[_STATE].asstr()[()]))
    except FileNotFoundError as error:
        raise RunStoreError(f"{path}: there is no such checkpoint") from error
    except (OSError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise RunStoreError(f"{path}: not a checkpoint, or a damaged one ({error})") from error


def _check_format(path: Path, file: h5py.File) -> None:
    version = int(file.attrs["format"])
    if version > FORMAT:
        raise RunStoreError(f"{path}: a checkpoint of format {version}; this version reads {FORMAT}")


def _collect(path: Path, group: h5py.Group, prefix: str, into: dict[str, NDArray[Any]]) -> None:
    for name in group:
        # A file is data: a soft or external link could point at any other file.
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise RunStoreError(f"{path}: {prefix}{name} is a link, which a checkpoint never holds")
        item = group[name]
        if isinstance(item, h5py.Group):
            _collect(path, item, f"{prefix}{name}/", into)
        elif item.external or item.is_virtual:
            raise RunStoreError(f"{path}: {prefix}{name} lies in another file, which a checkpoint's never does")
        else:
            into[f"{prefix}{name}"] = np.asarray(item[()])
