"""Runs an exported model in a process of its own: `python -m workbench.engine.verify MODEL INPUTS OUTPUTS`.

INPUTS and OUTPUTS are .npz files of arrays in the order of the model's inputs and outputs. The export is all that is
loaded of the model, so what runs is what a server would run.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BATCH = 32
Batch = list[NDArray[Any]]
"""An array for each input, or output."""
Serve = Callable[[Batch], Batch]


def main(arguments: Sequence[str]) -> int:
    """Writes the outputs of MODEL over INPUTS; the exit status is 0."""
    model, inputs, outputs = arguments
    serve = _LOADERS[Path(model).suffix if Path(model).is_file() else ""](model)
    arrays = read_arrays(Path(inputs))
    parts = []
    for start in range(0, len(arrays[0]), BATCH):
        parts.append(serve([array[start : start + BATCH] for array in arrays]))
    write_arrays(Path(outputs), [np.concatenate(tensors) for tensors in zip(*parts, strict=True)])
    return 0


def _savedmodel(path: str) -> Serve:
    import tensorflow as tf

    loaded = tf.saved_model.load(path)  # kept: its function holds the variables only weakly

    def serve(batch: Batch) -> Batch:
        tensors = [tf.constant(array) for array in batch]
        given = tensors if len(tensors) > 1 else tensors[0]  # several inputs are one list, as the model takes them
        return [np.asarray(tensor) for tensor in tf.nest.flatten(loaded.serve(given))]

    return serve


def _keras(path: str) -> Serve:
    import keras

    from workbench.engine.plugin_layers import register_layers

    register_layers()
    model = keras.saving.load_model(path, compile=False)
    return lambda batch: [
        np.asarray(tensor)
        for tensor in keras.tree.flatten(model(batch if len(batch) > 1 else batch[0], training=False))
    ]


def _litert(path: str) -> Serve:
    import tensorflow as tf

    interpreter = tf.lite.Interpreter(path)
    (given,), (made,) = interpreter.get_input_details(), interpreter.get_output_details()

    def serve(batch: Batch) -> Batch:
        interpreter.resize_tensor_input(given["index"], batch[0].shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(given["index"], batch[0])
        interpreter.invoke()
        return [interpreter.get_tensor(made["index"])]

    return serve


_LOADERS: Mapping[str, Callable[[str], Serve]] = {"": _savedmodel, ".keras": _keras, ".tflite": _litert}
"""By the suffix of a file; a folder has none."""


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
