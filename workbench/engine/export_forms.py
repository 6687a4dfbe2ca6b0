"""What an export can be written as: how it is written, and how it is told from somebody's files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import keras

from workbench.engine.errors import JobError, first_line


@dataclass(frozen=True)
class Form:
    """`suffix` is what a file's name ends in; "" is a folder, told by the file `sign` in it."""

    key: str
    write: Callable[[keras.Model, Path], None]
    suffix: str = ""
    sign: str = ""

    def check_target(self, path: Path) -> None:
        """An earlier export may be replaced, nothing else. Raises JobError."""
        if self.suffix and path.suffix != self.suffix:
            raise JobError(f"{path}: Expected a file whose name ends in {self.suffix}.")
        if not path.exists():
            return
        if self.suffix:
            free = path.is_file()
        else:
            free = path.is_dir() and (not any(path.iterdir()) or (path / self.sign).is_file())
        if not free:
            raise JobError(f"{path}: there is something else here already.", "Choose a new place for the export.")


def _write_savedmodel(model: keras.Model, path: Path) -> None:
    model.export(str(path), format="tf_saved_model", verbose=False)


def _write_keras(model: keras.Model, path: Path) -> None:
    model.save(str(path))


def _write_litert(model: keras.Model, path: Path) -> None:
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        # The file does not keep the order, and mixing two up would go unnoticed where they have one shape.
        raise JobError(
            f"LiteRT files are written of networks with one input and one output; this one has {len(model.inputs)} "
            f"and {len(model.outputs)}.",
            "Export a SavedModel.",
        )
    try:
        model.export(str(path), format="litert", verbose=False)
    except OSError:
        raise
    except Exception as error:  # the converter raises its own, TensorFlow's and ValueError
        raise JobError(f"The network cannot be converted to LiteRT: {first_line(error)}", detail=str(error)) from error


FORMS: Mapping[str, Form] = {
    form.key: form
    for form in (
        Form("savedmodel", _write_savedmodel, sign="saved_model.pb"),
        Form("keras", _write_keras, suffix=".keras"),
        Form("litert", _write_litert, suffix=".tflite"),
    )
}
