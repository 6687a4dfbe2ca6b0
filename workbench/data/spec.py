"""Dataset SPECs as texts: where their paths are looked up. Plain Python."""

from pathlib import Path

from workbench.data.facts import BUILT_IN


def located(spec: str, folder: Path) -> str:
    """A SPEC whose relative paths are those below a folder; built-in names and absolute paths stay as they are."""
    if not spec or spec in BUILT_IN:
        return spec
    images, separator, masks = spec.rpartition("::")
    parts = [images, masks] if separator else [spec]
    return "::".join(str(folder.absolute() / Path(part).expanduser()) for part in parts)
