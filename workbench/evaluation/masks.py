"""Predicted masks as files: an indexed PNG an image, and one JSON file that says what they are."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.evaluation.errors import PredictionsError
from workbench.evaluation.palette import Colour

LISTING = "predictions.json"
"""Name of the JSON file beside the masks."""
Mask = NDArray[np.uint8]


class MaskedImage(msgspec.Struct, frozen=True, kw_only=True):
    """An image that was predicted. `mask` is the PNG's name beside the listing; `shares` of the pixels, by class."""

    file: str
    mask: str
    height: int
    width: int
    tiles: int
    own_size: bool
    """Whether it was predicted at its own size; else at that of the network's training images."""
    shares: dict[str, float]


class MaskListing(msgspec.Struct, frozen=True, kw_only=True):
    """Every image of a prediction. `palette` has a colour (red, green, blue) for each class."""

    runs: tuple[str, ...]
    class_names: tuple[str, ...]
    palette: tuple[Colour, ...]
    images: tuple[MaskedImage, ...]
    errors: tuple[str, ...] = ()
    about: dict[str, Any] = {}


def write_mask(path: Path, mask: Mask, palette: Sequence[Colour]) -> None:
    """An indexed PNG, whole or not at all: its numbers are the classes, its palette their colours. Raises OSError."""
    from PIL import Image

    picture = Image.fromarray(np.ascontiguousarray(mask, np.uint8))
    picture.putpalette([value for colour in palette for value in colour])
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        picture.save(temporary, "PNG")
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def read_classes(path: Path) -> Mask:
    """Height x width: the classes that `write_mask` wrote. Raises PredictionsError."""
    from PIL import Image

    try:
        with Image.open(path, formats=("PNG",)) as picture:
            picture.load()
            classes = np.asarray(picture)
    except (OSError, SyntaxError, ValueError) as error:
        raise PredictionsError(f"{path}: the mask cannot be read ({error})") from None
    if classes.ndim != 2 or classes.dtype != np.uint8:
        raise PredictionsError(f"{path}: Expected an indexed mask. Received: {classes.dtype} of {classes.shape}")
    return classes


def shares_of(mask: Mask, names: Sequence[str]) -> dict[str, float]:
    """Share of the pixels of each class, those of none included."""
    counts = np.bincount(mask.reshape(-1), minlength=len(names))
    return {name: float(count) / max(1, mask.size) for name, count in zip(names, counts.tolist(), strict=False)}


def write_listing(folder: Path, listing: MaskListing) -> Path:
    """Writes it whole or not at all, and says where. Raises OSError."""
    path = folder / LISTING
    temporary = folder / f".{LISTING}.{uuid.uuid4().hex}.tmp"
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(listing), indent=2))
    temporary.replace(path)
    return path


def read_listing(path: Path) -> MaskListing:
    """Raises PredictionsError."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=MaskListing)
    except OSError as error:
        raise PredictionsError(f"{path}: cannot be read: {error.strerror or error}") from None
    except msgspec.DecodeError as error:
        raise PredictionsError(f"{path}: not a listing of masks, or a damaged one ({error})") from None
