"""What is too long for one line goes to a file."""

import tempfile
import time
from pathlib import Path

from workbench import locations


def keep_details(what: str, details: str) -> str:
    """Writes details to a new file in the user's data folder and returns its path, or why there is none."""
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{what.replace(' ', '-')}.log"
    for folder in (locations.user_data() / "logs", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(details, encoding="utf-8", errors="backslashreplace")
            return str(folder / name)
        except OSError:
            continue
    return "they could not be written anywhere"
