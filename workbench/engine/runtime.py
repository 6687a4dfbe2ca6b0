"""Loading TensorFlow and Keras once, quietly, and with settings that no file of the user's changes."""

import importlib
import os
import platform
import traceback
from collections.abc import Callable, Hashable
from functools import cache
from typing import Any

import workbench
from workbench.engine.errors import EngineUnavailable, first_line

_kept: dict[str, tuple[Hashable, Any]] = {}
_REPAIR = "python -m pip install --force-reinstall tensorflow keras"


@cache
def load() -> dict[str, str]:
    """Imports TensorFlow and Keras (3 to 5 s the first time) and returns the versions that matter to a run.

    Raises EngineUnavailable where either cannot be imported.
    """
    _quieten()
    tensorflow = _import("tensorflow", "TensorFlow")
    keras = _import("keras", "Keras")
    if not str(keras.__version__).startswith("3."):
        message = f"Keras 3 is needed, and Keras {keras.__version__} is installed."
        raise EngineUnavailable(message, f"Install it with: {_REPAIR}")
    _quieten_python_side()
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
    _keep_from_fault()
    return {
        "workbench": workbench.__version__,
        "python": platform.python_version(),
        "keras": keras.__version__,
        "tensorflow": tensorflow.__version__,
    }


def kept(name: str, key: Hashable, make: Callable[[], Any]) -> Any:
    """What `make` gives, for jobs in a row: made again when `key` is another, gone with `forget_models`."""
    found = _kept.get(name)
    if found is None or found[0] != key:
        _kept.pop(name, None)  # the old one goes before the new one needs room
        found = _kept[name] = (key, make())
    return found[1]


def forget_models() -> None:
    """Frees what earlier jobs, and Keras for them, kept of their models."""
    import keras

    _kept.clear()
    keras.backend.clear_session(free_memory=True)


def _keep_from_fault() -> None:
    from workbench.engine.strided import keep_from_fault

    keep_from_fault()


def _quieten() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # ~/.keras/keras.json could name another backend.
    os.environ["KERAS_BACKEND"] = "tensorflow"


def _quieten_python_side() -> None:
    from absl import logging

    logging.set_verbosity(logging.ERROR)


def _import(module: str, name: str):  # type: ignore[no-untyped-def]
    try:
        return importlib.import_module(module)
    except Exception as error:
        # A broken installation fails in many ways: ImportError, but also AttributeError or TypeError where
        # numpy or protobuf is of the wrong age.
        raise _unavailable(module, name, error) from error


def _unavailable(module: str, name: str, error: Exception) -> EngineUnavailable:
    detail = "".join(traceback.format_exception(error))
    if isinstance(error, ModuleNotFoundError) and error.name == module:
        hint = f"Install it with: python -m pip install {module}"
        return EngineUnavailable(f"{name} is not installed.", hint, detail)
    message = f"{name} is installed but does not start: {first_line(error)}"
    return EngineUnavailable(message, f"Install it again with: {_REPAIR}", detail)
