"""`IMAGES_DIR::OTHERS_DIR`: an image and another picture of the same relative name, for masks and for target images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from posixpath import splitext
from threading import Event
from typing import NamedTuple

import numpy as np

from workbench.data.image_file import check_image, read_image
from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, Image, SampleProblem
from workbench.data.sources.files import FileSource, file_size, keys_of
from workbench.data.sources.folder import PARTS
from workbench.data.sources.listing import images_below, listed


class Pairs(NamedTuple):
    """Images that have a partner, by relative name; parts are train, validation and test folders on top."""

    files: tuple[str, ...]
    others: tuple[Path, ...]
    keys: tuple[str, ...]
    parts: tuple[str, ...]
    problems: tuple[SampleProblem, ...]


@dataclass(frozen=True)
class PairedSource(FileSource):
    """Images with the picture that a network is to make of each, in `others`."""

    others: tuple[Path, ...] = ()
    paired: bool = True

    @cached_property
    def digest(self) -> str:
        """SHA-256 of keys, of the sizes of images and partners, and of how partners are read."""
        digest = sha256(f"{self._own_digest}\n{self._how_read}".encode())
        for other in self.others:
            digest.update(f"{file_size(str(other))}\n".encode())
        return digest.hexdigest()

    @property
    def _how_read(self) -> str:
        return ""

    def check(self, index: int) -> None:
        """Looks at both files' headers and ends."""
        super().check(index)
        check_image(self.others[index])

    def read_target(self, index: int) -> Image:
        """The other picture. Raises DatasetError."""
        return read_image(self.others[index])


def read_paired(
    images: Path, others: Path, progress: Progress | None = None, cancel: Event | None = None
) -> PairedSource:
    """The images that have a target picture. Raises DatasetError, and Cancelled."""
    found = find_pairs(images, others, "target image", (), progress, cancel)
    return PairedSource(
        images.resolve().name,
        images,
        found.files,
        found.keys,
        np.zeros(len(found.files), np.int64),
        ("image",),
        found.parts,
        problems=found.problems,
        others=found.others,
    )


def find_pairs(
    images: Path,
    others: Path,
    what: str,
    known: Sequence[Path],
    progress: Progress | None = None,
    cancel: Event | None = None,
) -> Pairs:
    """Pairs by name. `what` the others are, in words; `known` files are no others and no problem either.

    Raises DatasetError, and Cancelled.
    """
    problems: list[SampleProblem] = []
    steps = Steps("Listing images", None, progress, cancel)
    files = list(images_below(images, images, steps, problems))
    of_name = {splitext(file)[0]: file for file in images_below(others, others, steps, problems)}
    if not files or not of_name:
        empty = others if files else images
        raise DatasetError(f"{empty}: Expected a folder with images. Received: none")
    pairs = {file: other for file in files if (other := _partner(file, of_name))}
    problems += [
        SampleProblem(str(images / file), f"has no {what} of this name in {others}")
        for file in files
        if file not in pairs
    ]
    if not pairs:
        raise DatasetError(
            f"{images}::{others}: Expected a {what} for each image, named as the image. Received: none of "
            f"{len(files):,}; {files[0]} would be {splitext(files[0])[0]}.png"
        )
    parts = _parts(images, list(pairs))
    rests = [file.partition("/")[2] if part else file for file, part in zip(pairs, parts, strict=True)]
    ignored = set(map(str, known))
    return Pairs(
        tuple(pairs),
        tuple(others / other for other in pairs.values()),
        keys_of(rests, [f"{part}/" if part else "" for part in parts]),
        parts,
        tuple(problem for problem in problems if problem.file not in ignored),
    )


def _partner(file: str, of_name: dict[str, str]) -> str | None:
    """`cat_mask` belongs to `cat` as well."""
    name = splitext(file)[0]
    return next((of_name[known] for known in (name, f"{name}_mask") if known in of_name), None)


def _parts(folder: Path, files: list[str]) -> tuple[str, ...]:
    tops = listed(folder, folder)
    if tops.images or not all(name.lower() in PARTS for name in tops.folders):
        return ("",) * len(files)
    return tuple(PARTS[file.partition("/")[0].lower()] for file in files)
