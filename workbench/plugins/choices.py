"""Which plugins are on: those that come with the program unless switched off, the user's own once switched on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from workbench import locations
from workbench.project.atomic import write_atomic


def _file() -> Path:
    return locations.settings_folder() / "plugins.json"


def is_enabled(name: str, bundled: bool) -> bool:
    """What was chosen, else what holds for a plugin of this origin."""
    chosen = _read().get(name)
    return chosen if isinstance(chosen, bool) else bundled


def choose(name: str, enabled: bool) -> None:
    """Switches a plugin on or off, from the next look on. Raises OSError where the choice cannot be kept."""
    choices = _read() | {name: enabled}
    _file().parent.mkdir(parents=True, exist_ok=True)
    write_atomic(_file(), (json.dumps(choices, indent=1, sort_keys=True) + "\n").encode())


def _read() -> dict[str, Any]:
    try:
        choices = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return choices if isinstance(choices, dict) else {}
