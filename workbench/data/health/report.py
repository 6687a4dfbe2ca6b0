"""One pass over a dataset: statistics, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from threading import Event
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.check import problem_of
from workbench.data.health.duplicates import alike_images, same_images
from workbench.data.health.findings import (
    Finding,
    about_brightness,
    about_classes,
    about_files,
    about_groups,
    about_masks,
    about_repeats,
)
from workbench.data.health.fingerprints import Fingerprints
from workbench.data.health.statistics import Statistics, Tally, moments_of, parts_of
from workbench.data.image_file import frames
from workbench.data.progress import Progress, Steps
from workbench.data.source import VOID, DatasetError, SampleProblem, Source
from workbench.data.sources.files import FileSource
from workbench.data.split import Split

_AT_ONCE = 64


@dataclass(frozen=True)
class Health:
    """A dataset looked through."""

    images: int
    statistics: Statistics
    findings: tuple[Finding, ...]
    unreadable: tuple[SampleProblem, ...]
    pixels: tuple[int, ...] = ()
    """Of each class over all masks; () where there are none."""


class _Seen(NamedTuple):
    sample: int
    problem: SampleProblem | None = None
    shape: tuple[int, ...] = ()
    moments: NDArray[np.float64] | None = None
    animated: bool = False
    pixels: NDArray[np.int64] | None = None
    """Of each class of a mask, void ones last."""
    brightest: float = 0.0


def check_health(
    source: Source, split: Split | None = None, progress: Progress | None = None, cancel: Event | None = None
) -> Health:
    """Reads every image once, and keeps some bytes of each. Parts are the split's, else the dataset's own.

    Raises Cancelled.
    """
    parts = parts_of(source, split)
    prints, tally = Fingerprints(len(source)), Tally(source, parts)
    try:
        unreadable: list[SampleProblem] = []
        animated: list[int] = []
        pixels: dict[int, NDArray[np.int64]] = {}
        brightest = 0.0
        for seen in _look(source, prints, Steps("Looking at images", len(source), progress, cancel)):
            if seen.problem is not None:
                unreadable.append(seen.problem)
            elif seen.moments is not None:
                tally.add(seen.sample, seen.moments, seen.shape)
                animated += [seen.sample] if seen.animated else []
                brightest = max(brightest, seen.brightest)
            if seen.pixels is not None:
                pixels[seen.sample] = seen.pixels
        statistics = tally.statistics(np.flatnonzero(prints.seen))
        same, alike = same_images(prints), alike_images(prints, progress, cancel)
    finally:
        prints.close()
    findings = (
        *about_files(source, tuple(unreadable), animated),
        *about_brightness(source, brightest),
        *about_classes(source, statistics),
        *about_masks(source, pixels),
        *about_groups(source, parts),
        *about_repeats(source, parts, same, alike),
    )
    by_class = np.sum(list(pixels.values()), axis=0)[:-1].tolist() if pixels else ()
    return Health(len(source), statistics, findings, tuple(unreadable), tuple(by_class))


def _look(source: Source, prints: Fingerprints, steps: Steps) -> Iterator[_Seen]:
    """What each sample shows, in their order; several are read at once."""

    def look(start: int) -> list[_Seen]:
        return [_one(source, prints, index) for index in range(start, min(start + _AT_ONCE, len(source)))]

    threads = cpu_count() or 1
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(source), _AT_ONCE * threads):
            for some in pool.map(look, range(start, min(start + _AT_ONCE * threads, len(source)), _AT_ONCE)):
                yield from some
                steps.more(len(some))


def _one(source: Source, prints: Fingerprints, index: int) -> _Seen:
    try:
        image = source.read(index)
        pixels = _pixels(source, index, image.shape) if source.masked else None
        if source.paired:
            source.read_target(index)
        origin = source.origin(index)
        animated = origin is not None and isinstance(source, FileSource) and frames(origin) > 1
    except DatasetError as error:
        return _Seen(index, problem_of(source, index, error))
    prints.add(index, image)
    return _Seen(index, None, image.shape, moments_of(image), animated, pixels, float(image.max(initial=0)))


def _pixels(source: Source, index: int, shape: tuple[int, ...]) -> NDArray[np.int64]:
    mask = source.read_mask(index)
    if mask.shape != shape[:2]:
        sizes = f"{mask.shape[0]} x {mask.shape[1]} for an image of {shape[0]} x {shape[1]}"
        raise DatasetError(f"Expected a mask of the image's size. Received: {sizes}")
    counts = np.bincount(mask.ravel(), minlength=VOID + 1)
    return np.append(counts[: len(source.class_names)], counts[VOID]).astype(np.int64)
