"""Dataset SPECs as texts: where their paths are looked up. Plain Python."""

from pathlib import Path

from workbench.data.facts import BUILT_IN


def located(spec: str, folder: Path) -> str:
    """A SPEC whose relative paths are those below a folder. Built-in names and absolute paths stay as they are.

    What is not there stays as it was written, which is how a message names it.
    """
    if not spec or spec in BUILT_IN:
        return spec
    images, separator, masks = spec.rpartition("::")
    parts = [images, masks] if separator else [spec]
    return "::".join(_absolute(part, folder) for part in parts)


def _absolute(part: str, folder: Path) -> str:
    path = folder.absolute() / Path(part).expanduser()
    return str(path) if path.exists() else part
