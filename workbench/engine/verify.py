"""Runs an exported SavedModel in a process of its own: `python -m workbench.engine.verify MODEL INPUTS OUTPUTS`.

INPUTS and OUTPUTS are .npz files of arrays in the order of the model's inputs and outputs. The export is all that is
loaded of the model, so what runs is what a server would run.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BATCH = 32


def main(arguments: Sequence[str]) -> int:
    """Writes the outputs of MODEL over INPUTS; the exit status is 0."""
    import tensorflow as tf

    model, inputs, outputs = arguments
    loaded = tf.saved_model.load(model)  # kept: its function holds the variables only weakly
    arrays = read_arrays(Path(inputs))
    parts = []
    for start in range(0, len(arrays[0]), BATCH):
        batch = [tf.constant(array[start : start + BATCH]) for array in arrays]
        given = batch if len(batch) > 1 else batch[0]  # several inputs are one list, as the model takes them
        parts.append([np.asarray(tensor) for tensor in tf.nest.flatten(loaded.serve(given))])
    write_arrays(Path(outputs), [np.concatenate(tensors) for tensors in zip(*parts, strict=True)])
    return 0


def write_arrays(path: Path, arrays: Sequence[NDArray[Any]]) -> None:
    """Writes arrays in order."""
    with path.open("wb") as sink:
        np.savez(sink, *arrays)


def read_arrays(path: Path) -> list[NDArray[Any]]:
    """What `write_arrays` wrote."""
    with np.load(path, allow_pickle=False) as file:
        return [file[f"arr_{index}"] for index in range(len(file.files))]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
