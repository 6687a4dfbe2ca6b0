"""A folder of class folders, with or without train, validation and test folders above them."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import NamedTuple

import numpy as np

from workbench.data.progress import Progress, Steps
from workbench.data.source import DatasetError, SampleProblem
from workbench.data.sources.files import FileSource, keys_of
from workbench.data.sources.listing import Listing, images_below, listed
from workbench.data.sources.manifest import NAME, Manifest, class_name, read_manifest

PARTS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
"""Folder names, in small letters, and the part that they stand for."""
_ORDER = ("", "train", "validation", "test")


class _Sample(NamedTuple):
    part: str
    class_name: str
    file: str
    """Relative to the dataset's folder."""
    rest: str
    """Relative to the class's folder."""


def read_folder(folder: Path, progress: Progress | None = None, cancel: Event | None = None) -> FileSource:
    """The images of a folder by class. Files are not opened. Raises DatasetError, and Cancelled."""
    manifest = read_manifest(folder)
    top = listed(folder, folder)
    problems = list(top.problems)
    samples, folders = _samples(folder, top, manifest, problems, Steps("Listing images", None, progress, cancel))
    if not samples:
        raise DatasetError(_nothing(folder, top))
    class_names = manifest.class_names if manifest else tuple(sorted(folders))
    samples = [sample for sample in samples if _known(folder, sample, class_names, problems)]
    filled = {sample.class_name for sample in samples}
    problems += [
        SampleProblem(str(folders[name]), "the class has no images")
        for name in class_names
        if name in folders and name not in filled
    ]
    if manifest:
        samples = _in_order(folder, samples, manifest, problems)
    return _source(folder, samples, class_names, manifest, problems)


def _samples(
    folder: Path, top: Listing, manifest: Manifest | None, problems: list[SampleProblem], steps: Steps
) -> tuple[list[_Sample], dict[str, Path]]:
    """Every image, and a folder of each class, in the order of parts, classes and names."""
    named = class_name if manifest else str
    samples: list[_Sample] = []
    folders: dict[str, Path] = {}
    for part, above in _part_folders(folder, top, manifest):
        inner = listed(folder / above, folder) if above else top
        if above:
            problems += inner.problems
        problems += [
            SampleProblem(str(folder / above / name), "stands beside the class folders, in no class, and is left out")
            for name in (*inner.images, *inner.others)
        ]
        for name in inner.folders:
            label, place = named(name), f"{above}{name}/"
            folders.setdefault(label, folder / place)
            files = images_below(folder / place, folder, steps, problems)
            samples += [_Sample(part, label, place + file, file) for file in files]
    return samples, folders


def _part_folders(folder: Path, top: Listing, manifest: Manifest | None) -> list[tuple[str, str]]:
    """Parts and their relative folders; one without a name where the folder holds the classes themselves.

    Classes may be called as parts are (a train, a test): where all folders are, and hold folders, they are parts.
    """
    parts = [(PARTS[name.lower()], f"{name}/") for name in top.folders if name.lower() in PARTS]
    if manifest:
        divided = manifest.divided
    else:
        divided = len(parts) == len(top.folders) and any(listed(folder / name, folder).folders for _, name in parts)
    if not divided:
        return [("", "")]
    if len({part for part, _ in parts}) < len(parts):
        told = " and ".join(name.rstrip("/") for _, name in parts)
        raise DatasetError(f"{folder}: Expected one folder for each of train, validation and test. Received: {told}")
    return sorted(parts, key=lambda part: _ORDER.index(part[0]))


def _known(folder: Path, sample: _Sample, class_names: tuple[str, ...], problems: list[SampleProblem]) -> bool:
    if sample.class_name in class_names:
        return True
    message = f"its class {sample.class_name!r} is none of those in {NAME}; the image is left out"
    problems.append(SampleProblem(str(folder / sample.file), message))
    return False


def _in_order(folder: Path, samples: list[_Sample], manifest: Manifest, problems: list[SampleProblem]) -> list[_Sample]:
    place = {file: position for position, file in enumerate(manifest.samples)}
    have = {sample.file for sample in samples}
    problems += [
        SampleProblem(str(folder / file), f"is named in {NAME} but is not there")
        for file in manifest.samples
        if file not in have
    ]
    return sorted(samples, key=lambda sample: place.get(sample.file, len(place)))


def _source(
    folder: Path,
    samples: list[_Sample],
    class_names: tuple[str, ...],
    manifest: Manifest | None,
    problems: list[SampleProblem],
) -> FileSource:
    index = {name: label for label, name in enumerate(class_names)}
    prefixes = [f"{sample.part}/{sample.class_name}/" if sample.part else f"{sample.class_name}/" for sample in samples]
    rests = [sample.rest for sample in samples]
    if manifest:
        rests = ["/".join(map(class_name, rest.split("/"))) for rest in rests]
    groups: tuple[str, ...] = ()
    if manifest and manifest.groups:
        of_file = dict(zip(manifest.samples, manifest.groups, strict=True))
        groups = tuple(of_file.get(sample.file, "") for sample in samples)
    return FileSource(
        manifest.name if manifest else folder.resolve().name,
        folder,
        tuple(sample.file for sample in samples),
        keys_of(rests, prefixes),
        np.array([index[sample.class_name] for sample in samples], np.int64),
        class_names,
        tuple(sample.part for sample in samples),
        groups,
        tuple(problems),
        manifest.value_max if manifest else 255,
    )


def _nothing(folder: Path, top: Listing) -> str:
    """What to say of a folder in which no image belongs to a class."""
    expected = f"{folder}: Expected a folder of class folders with images."
    tables = [name for name in top.others if name.lower().endswith(".csv")]
    if top.folders:
        return f"{expected} Received: no image in {len(top.folders):,} folders"
    if tables:
        return f"{expected} Received: a table; open it itself: {folder / tables[0]}"
    if top.images:
        return f"{expected} Received: {len(top.images):,} images in no class; put each class into a folder of its own"
    return f"{expected} Received: no folders and no images"
