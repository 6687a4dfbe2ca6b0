"""The environment that an engine process starts in."""

import os
from collections.abc import Mapping
from pathlib import Path

import workbench

# Importing cv2 points Qt at opencv's own plugins, and a child process would inherit that.
_LEFT_BY_CV2 = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")


def engine_environment(parent: Mapping[str, str] = os.environ) -> dict[str, str]:
    """A copy of `parent` in which this very package is importable and TensorFlow's start-up notes are off."""
    environment = {key: value for key, value in parent.items() if key not in _LEFT_BY_CV2}
    # Last on the path: it only matters where the program runs from a clone that is not installed.
    here = str(Path(workbench.__file__).resolve().parent.parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [environment.get("PYTHONPATH"), here]))
    environment["PYTHONUNBUFFERED"] = "1"
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    return environment
