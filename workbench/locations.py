"""Where things are: what is shipped with the program, and what belongs to the user.

In a clone `resources/` and `plugins/` stand beside the package; a wheel carries them inside it. Every
function answers afresh, so that a changed environment variable or preference counts at once, and none
creates a folder but `choose_runs_folder`.
"""

import os
from pathlib import Path

import platformdirs

APPLICATION = "cnn-workbench"
RUNS_VARIABLE = "WORKBENCH_RUNS"

_PACKAGE = Path(__file__).resolve().parent
_RUNS_CHOICE = "runs-folder.txt"


def _shipped(folder: str) -> Path:
    in_wheel = _PACKAGE / "_bundled" / folder
    return in_wheel if in_wheel.is_dir() else _PACKAGE.parent / folder


def resources() -> Path:
    """The folder of `icons/`, `themes/` and `data/`."""
    return _shipped("resources")


def bundled_plugins() -> Path:
    """The folder of the sample plugins, one folder each."""
    return _shipped("plugins")


def user_data() -> Path:
    """The user's folder for what the program makes: runs, fetched data, recovery files."""
    return platformdirs.user_data_path(APPLICATION, appauthor=False)


def settings_folder() -> Path:
    """The user's folder for preferences and window state."""
    return platformdirs.user_config_path(APPLICATION, appauthor=False)


def runs_folder() -> Path:
    """The run store: `WORKBENCH_RUNS`, else the one chosen in Preferences, else a folder in `user_data()`."""
    return _runs_from_environment() or _chosen_runs_folder() or user_data() / "runs"


def choose_runs_folder(folder: Path | None) -> None:
    """Remembers the run store for the window and the command line alike; None returns to the default.

    Raises OSError where the settings folder cannot be written.
    """
    choice = settings_folder() / _RUNS_CHOICE
    if folder is None:
        choice.unlink(missing_ok=True)
        return
    choice.parent.mkdir(parents=True, exist_ok=True)
    choice.write_text(f"{folder.expanduser().absolute()}\n", encoding="utf-8")


def _runs_from_environment() -> Path | None:
    value = os.environ.get(RUNS_VARIABLE, "")
    return Path(value).expanduser().absolute() if value else None


def _chosen_runs_folder() -> Path | None:
    try:
        text = (settings_folder() / _RUNS_CHOICE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return Path(text) if text else None
