"""Whether a window could be shown."""

import os
import subprocess
import sys
from collections.abc import Mapping

# Qt platform plugins that draw without a display server.
_DISPLAYLESS_PLATFORMS = frozenset({"offscreen", "minimal", "minimalegl", "linuxfb", "eglfs", "vnc"})
_PATIENCE = 60.0


def has_display(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether there is a display server, or a Qt platform that needs none was chosen."""
    if sys.platform != "linux":
        return True
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in _DISPLAYLESS_PLATFORMS:
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def why_no_qt() -> str:
    """Why Qt cannot be loaded, or "". Asked in another process: commands never import Qt, and it may crash."""
    # -P: a file named PySide6.py in the current folder is not Qt.
    command = [sys.executable, "-P", "-c", "import PySide6.QtWidgets"]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode == 0:
        return ""
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"importing it ended with status {done.returncode}"
