"""What a network said of each image, with what was true: one `.npz` without pickled objects."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.errors import PredictionsError
from workbench.evaluation.scores import Labels, predicted, sample_losses

_ARRAYS = ("probabilities", "labels", "indices", "keys", "class_names", "about")


@dataclass(frozen=True)
class Predictions:
    """Rows are images. `probabilities` samples x classes, `labels` true classes (-1 where they are not known),
    `indices` places in the dataset, `keys` sample keys or file names. `about` is JSON data: runs, dataset, part, crops.
    """

    probabilities: NDArray[np.float32]
    labels: Labels
    indices: NDArray[np.int64]
    keys: NDArray[np.str_]
    class_names: tuple[str, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def predicted(self) -> Labels:
        """The most probable class of each image."""
        return predicted(self.probabilities)

    @property
    def losses(self) -> NDArray[np.float64]:
        """Cross-entropy of each image."""
        return sample_losses(self.labels, self.probabilities)


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Writes the file whole or not at all; losses are written too, for others' tools. Raises OSError."""
    labelled = bool(len(predictions)) and bool(np.all(predictions.labels >= 0))
    arrays: dict[str, Any] = {
        "probabilities": predictions.probabilities,
        "labels": predictions.labels,
        "indices": predictions.indices,
        "keys": np.asarray(predictions.keys, np.str_),
        "class_names": np.asarray(predictions.class_names, np.str_),
        "about": np.asarray(json.dumps(predictions.about)),
    } | ({"losses": predictions.losses} if labelled else {})
    write_arrays(path, arrays)


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """An `.npz` in a folder that is made where it is missing, whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("wb") as stream:
            np.savez(stream, **arrays)  # type: ignore[arg-type]  # numpy takes `allow_pickle` out of them
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an `.npz`. Raises PredictionsError."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as content:
            return {name: content[name] for name in content.files}
    except FileNotFoundError:
        raise PredictionsError(f"{path}: there is no such file") from None
    except (OSError, EOFError, KeyError, ValueError, BadZipFile, zlib.error, AttributeError) as error:
        raise PredictionsError(f"{path}: not an .npz of arrays, or a damaged one ({error})") from None


def read_predictions(path: Path) -> Predictions:
    """Reads what `write_predictions` wrote. Raises PredictionsError."""
    arrays = read_arrays(path)
    missing = [name for name in _ARRAYS if name not in arrays]
    if missing:
        raise PredictionsError(f"{path}: expected predictions. Missing: {', '.join(missing)}")
    probabilities, labels = arrays["probabilities"], arrays["labels"]
    classes = tuple(map(str, arrays["class_names"]))
    if probabilities.ndim != 2 or probabilities.shape != (len(labels), len(classes)):
        raise PredictionsError(
            f"{path}: expected probabilities of {len(labels)} x {len(classes)}. Received: {probabilities.shape}"
        )
    try:
        about = json.loads(str(arrays["about"]))
    except ValueError as error:
        raise PredictionsError(f"{path}: what the predictions are about cannot be read ({error})") from None
    return Predictions(probabilities, labels.astype(np.int64), arrays["indices"], arrays["keys"], classes, about)
