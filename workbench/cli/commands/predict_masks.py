"""What `workbench predict` tells of masks: where they are, and the share of each class."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from workbench.cli.errors import InputError
from workbench.cli.output import print_json, print_table
from workbench.evaluation import PredictionsError
from workbench.evaluation.export import share_rows
from workbench.evaluation.masks import MaskListing, read_listing
from workbench.project import write_atomic
from workbench.protocol import Segmented
from workbench.text import csv_text

_MOST_COLUMNS = 8
"""Classes that a table has room for; of more, the largest of each image are told."""


def tell_masks(done: Segmented, csv_file: Path | None, *, wants_json: bool) -> None:
    """Prints the listing, or a table of it. Raises InputError."""
    try:
        listing = read_listing(Path(done.path))
    except PredictionsError as error:
        raise InputError(str(error)) from error
    if csv_file is not None:
        write_csv(csv_file, share_rows(listing))
    if wants_json:
        print_json(record(done, listing))
        return
    if listing.images:
        _print(listing)
    print(f"\nThe masks are in {Path(done.path).parent}")


def record(done: Segmented, listing: MaskListing) -> dict[str, Any]:
    """The listing as data, with whole paths."""
    folder = Path(done.path).parent
    images = [msgspec.to_builtins(image) | {"mask": str(folder / image.mask)} for image in listing.images]
    return {**msgspec.to_builtins(listing), "images": images, "listing": done.path, "seconds": done.seconds}


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Raises InputError."""
    try:
        write_atomic(path, csv_text(rows).encode())
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error


def _print(listing: MaskListing) -> None:
    names = listing.class_names
    if len(names) <= _MOST_COLUMNS:
        rows = [
            (
                image.file,
                f"{image.width}x{image.height}",
                f"{image.tiles:,}",
                *(f"{image.shares[n]:.1%}" for n in names),
            )
            for image in listing.images
        ]
        print_table(("image", "size", "tiles", *names), rows, ("tiles", *names))
        return
    rows = []
    for image in listing.images:
        largest = sorted(names, key=lambda name: -image.shares[name])[:_MOST_COLUMNS]
        told = ", ".join(f"{name} {image.shares[name]:.1%}" for name in largest if image.shares[name])
        rows.append((image.file, f"{image.width}x{image.height}", f"{image.tiles:,}", told))
    print_table(("image", "size", "tiles", "largest classes"), rows, ("tiles",))
