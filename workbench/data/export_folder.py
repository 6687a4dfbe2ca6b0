"""A dataset as a folder of lossless images: opened, it has the same samples, keys, labels, parts, order and pixels."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from threading import Event
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.data.check import problem_of
from workbench.data.image_file import scaled
from workbench.data.opencv import cv2
from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, Image, SampleProblem, Source
from workbench.data.sources.manifest import NAME, Manifest, folder_name

_AT_ONCE = 256
_THREADS = 4
_QUICK = [cv2.IMWRITE_PNG_COMPRESSION, 3]


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of an export."""

    folder: Path
    images: int
    skipped: tuple[SampleProblem, ...]
    """Samples that could not be read."""
    rounded: int
    """Images whose values 16 bits cannot hold exactly."""


def export_folder(
    source: Source, path: Path, progress: Progress | None = None, cancel: Event | None = None
) -> Exported:
    """Writes a dataset as PNG files in class folders, with a `dataset.json`. Nothing is left of an export that fails.

    8 bits stay 8 bits, and more become 16. Raises DatasetError, as where something stands at `path`, and Cancelled.
    """
    if source.masked:
        raise DatasetError(f"Expected images with classes. Received: {source.name}, which has masks")
    files = [_file(source, index) for index in range(len(source))]
    white = 255 if source.value_max in (1, 65535) else source.value_max
    steps = Steps("Writing images", len(files), progress, cancel)
    with _new_folder(path) as folder:
        results = list(_written(source, folder, files, white, steps))
        skipped = tuple(result for result in results if isinstance(result, SampleProblem))
        kept = [index for index, result in enumerate(results) if not isinstance(result, SampleProblem)]
        manifest = Manifest(
            source.name,
            source.class_names,
            any(source.parts),
            tuple(files[index] for index in kept),
            tuple(source.groups[index] for index in kept) if source.groups else (),
            white,
        )
        (folder / NAME).write_bytes(msgspec.json.encode(manifest))
    return Exported(path, len(kept), skipped, sum(result is False for result in results))


def _file(source: Source, index: int) -> str:
    """Where a sample's key says that it belongs, in names that every platform allows."""
    part, class_name = source.parts[index], source.class_names[source.labels[index]]
    prefix = f"{part}/{class_name}/" if part else f"{class_name}/"
    rest = source.keys[index].removeprefix(prefix)
    return "/".join((*([part] if part else []), folder_name(class_name), *map(folder_name, rest.split("/")))) + ".png"


def _written(
    source: Source, folder: Path, files: list[str], white: float, steps: Steps
) -> Iterator[bool | SampleProblem]:
    """For each sample whether it was written exactly, or why it could not be read."""

    def write(index: int) -> bool | SampleProblem:
        try:
            image = source.read(index)
        except DatasetError as error:
            return problem_of(source, index, error)
        stored, exact = _stored(image, white)
        _write_png(folder / files[index], stored)
        return exact

    for parent in sorted({file.rpartition("/")[0] for file in files}):
        (folder / parent).mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(_THREADS) as pool:
        for start in range(0, len(files), _AT_ONCE):
            yield from pool.map(write, range(start, min(start + _AT_ONCE, len(files))))
            steps.to(min(start + _AT_ONCE, len(files)))


def _stored(image: Image, white: float) -> tuple[NDArray[Any], bool]:
    """The numbers for a file in which `white` is white, or 255 and 65535 by its type; and whether they are exact."""
    if image.dtype == np.uint8:
        return image, True
    whole = np.rint(image * np.float32(white / 255))
    eight = whole.astype(np.uint8)
    if white <= 255 and np.array_equal(scaled(eight, white), image):
        return eight, True
    largest = white if white != 255 else 65535
    sixteen = np.rint(image * (largest / 255)).astype(np.uint16)
    return sixteen, np.array_equal(scaled(sixteen, largest), image)


def _write_png(path: Path, pixels: NDArray[Any]) -> None:
    done, content = cv2.imencode(".png", pixels[..., ::-1] if pixels.shape[-1] == 3 else pixels, _QUICK)
    if not done:
        raise DatasetError(f"{path}: an image of {pixels.shape[0]} x {pixels.shape[1]} pixels cannot be written as PNG")
    with path.open("xb") as stream:
        stream.write(content.data)


@contextmanager
def _new_folder(path: Path) -> Iterator[Path]:
    """A folder that takes its place when all is written. Raises DatasetError."""
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise DatasetError(f"{path}: Expected a folder that is not there yet. Received: one with files in it")
    new = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        new.mkdir(parents=True)
        yield new
        if path.exists():
            path.rmdir()
        new.rename(path)
    except OSError as error:
        raise DatasetError(f"{path}: the folder cannot be written ({error.strerror or error})") from None
    finally:
        rmtree(new, ignore_errors=True)
