"""Writing a model for use elsewhere, and proving in another process that what was written computes the same."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import NDArray

import workbench
from workbench.engine.errors import JobError
from workbench.engine.export_forms import FORMS, Form
from workbench.engine.verify import BATCH, read_arrays, write_arrays

TOLERANCE = 1e-5
"""Largest difference allowed, relative to the largest output where that is over 1."""
_RELOAD_SECONDS = 600


class Comparison(NamedTuple):
    """Largest absolute difference and largest absolute output."""

    difference: float
    scale: float

    @property
    def agrees(self) -> bool:
        """Whether the difference is within the tolerance; not so where it is not a number."""
        return self.difference <= TOLERANCE * max(1.0, self.scale)


def export_model(model: keras.Model, path: Path, inputs: Sequence[NDArray[Any]], form: Form) -> Comparison:
    """Writes `model` to `path` and compares the reloaded export over `inputs` (one array an input).

    An earlier export at `path` is replaced once the new one has proved right; nothing is left behind otherwise. Raises
    JobError where the path is taken or not writable, the export does not load, or it differs.
    """
    form.check_target(path)
    # Keras tells the format of a file by its suffix, so that the unfinished one has it, too.
    staging = path.with_name(f".{path.stem}.{uuid.uuid4().hex}.tmp{form.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        form.write(model, staging)
        comparison = _compare(_outputs(model, inputs), _reloaded_outputs(staging, inputs))
        _require_agreement(comparison)
        _put(staging, path)
    except OSError as error:
        raise JobError(f"{path}: cannot write the export: {error.strerror or error}") from error
    finally:
        _clear(staging)
    return comparison


def export_savedmodel(model: keras.Model, path: Path, inputs: Sequence[NDArray[Any]]) -> Comparison:
    """The same, as a folder for TensorFlow Serving."""
    return export_model(model, path, inputs, FORMS["savedmodel"])


def _clear(path: Path) -> None:
    """Removes what an export that failed, or an earlier one, left."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _outputs(model: keras.Model, inputs: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    parts = []
    for start in range(0, len(inputs[0]), BATCH):
        batch = [array[start : start + BATCH] for array in inputs]
        result = model(batch if len(batch) > 1 else batch[0], training=False)
        parts.append([np.asarray(tensor) for tensor in keras.tree.flatten(result)])
    return [np.concatenate(tensors) for tensors in zip(*parts, strict=True)]


def _reloaded_outputs(export: Path, inputs: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    """What the export computes in a clean process, without the GPU that this process may hold."""
    package_root = str(Path(workbench.__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), package_root]))
    environment = {**os.environ, "PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    with tempfile.TemporaryDirectory(prefix="workbench-verify-") as folder:
        given, computed = Path(folder, "inputs.npz"), Path(folder, "outputs.npz")
        write_arrays(given, inputs)
        command = [sys.executable, "-P", "-m", "workbench.engine.verify", str(export), str(given), str(computed)]
        _run(command, environment)
        return read_arrays(computed)


def _run(command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_RELOAD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise JobError(f"The export did not load and run within {_RELOAD_SECONDS} s.") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        raise JobError(f"The export was written but does not load and run: {last}", detail=done.stderr)


def _compare(expected: Sequence[NDArray[Any]], came: Sequence[NDArray[Any]]) -> Comparison:
    shapes = [array.shape for array in expected], [array.shape for array in came]
    if shapes[0] != shapes[1]:
        raise JobError(f"The export's outputs have other shapes: expected {shapes[0]}, came {shapes[1]}.")
    differences = [np.max(np.abs(one - other)) for one, other in zip(expected, came, strict=True)]
    # np.max, unlike max, lets a NaN through.
    return Comparison(float(np.max(differences)), float(np.max([np.max(np.abs(array)) for array in expected])))


def _require_agreement(comparison: Comparison) -> None:
    if not comparison.agrees:
        limit = TOLERANCE * max(1.0, comparison.scale)
        raise JobError(
            f"The export does not compute what the model does: outputs differ by up to {comparison.difference:.3g}; "
            f"{limit:.3g} is allowed. Nothing was kept.",
            "Export again; if it happens again, a layer does not survive the export.",
        )


def _put(staging: Path, path: Path) -> None:
    """Moves the export into place; an earlier one goes only once the new one is there."""
    if not path.exists():
        staging.rename(path)
        return
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}.old")
    path.rename(aside)
    try:
        staging.rename(path)
    except OSError:
        aside.rename(path)
        raise
    _clear(aside)
