"""`dataset.json`: what a folder of class folders cannot say itself. An export writes it, and a folder obeys it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import quote, unquote

import msgspec
from msgspec import Meta, Struct

from workbench.data.source import DatasetError

NAME = "dataset.json"
_FORMAT = 1
_MOST_BYTES = 1 << 30
_RESERVED = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)))
)
"""Names that Windows keeps for devices."""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, rename={"format_": "format"}):
    """The classes in their order and, where the order of the samples is not that of their names, the samples."""

    name: str
    class_names: tuple[str, ...]
    """Each class's folder is `folder_name` of its name."""
    divided: bool = False
    """Whether folders of parts stand above those of the classes."""
    samples: tuple[str, ...] = ()
    """Relative paths in the order of the dataset; other images come after them."""
    groups: tuple[str, ...] = ()
    """One for each of the samples, where there are any."""
    value_max: Annotated[float, Meta(gt=0)] = 255
    """The number in the files that means white, where it is not the largest of their type."""
    format_: int = _FORMAT


def read_manifest(folder: Path) -> Manifest | None:
    """A folder's manifest; None where it has none, or one of another program. Raises DatasetError."""
    path = folder / NAME
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise DatasetError(f"{path}: Expected at most {_MOST_BYTES:,} bytes")
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DatasetError(f"{path}: the file cannot be read ({error.strerror})") from None
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        raise DatasetError(
            f"{path}: Expected what `workbench dataset -o` writes; delete the file to read the folders as they are "
            f"({error})"
        ) from None
    if manifest.format_ != _FORMAT or len(set(manifest.class_names)) < len(manifest.class_names):
        raise DatasetError(f"{path}: Expected format {_FORMAT} with classes of different names")
    if manifest.groups and len(manifest.groups) != len(manifest.samples):
        raise DatasetError(f"{path}: Expected a group for each of {len(manifest.samples):,} samples")
    return manifest


def folder_name(name: str) -> str:
    """A name as one folder or file can have it on every platform; `class_name` turns it back.

    What is not allowed becomes % and hexadecimal digits, as in addresses.
    """
    quoted = quote(name, safe=" !#$&'()+,;=@[]{}~^`")
    if name.split(".")[0].lower() in _RESERVED or quoted.startswith("."):
        return f"%{ord(name[0]):02X}{quoted[1:]}"
    if quoted.endswith((".", " ")):
        return f"{quoted[:-1]}%{ord(quoted[-1]):02X}"
    return quoted or "%"


def class_name(folder: str) -> str:
    """The name that `folder_name` made a folder of."""
    return "" if folder == "%" else unquote(folder)
