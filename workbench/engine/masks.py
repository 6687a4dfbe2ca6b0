"""Masks as a training's target: which classes they have, how often, and whether there is anything to learn."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbench.data.progress import Progress, Steps
from workbench.data.source import VOID, DatasetError, Indices, Source
from workbench.engine.objective import Target
from workbench.project import Project
from workbench.project.feeds import Feeds

_COUNTED = 2000
"""Masks from all over the training set whose pixels are counted; the others are as these."""


def mask_target(
    project: Project,
    feeds: Feeds,
    name: str,
    example: NDArray[np.generic],
    progress: Progress | None,
    cancel: threading.Event | None,
) -> Target:
    """What the output `name` is compared with; `example` is a batch of one mask.

    Raises DatasetError where the training masks hold fewer than two classes, and Cancelled.
    """
    source, samples = feeds.division.source, feeds.training.samples
    weighted = project.training.class_weights == "balanced"
    counts = np.zeros(len(source.class_names), np.int64)
    for of_mask in _counts(source, samples, progress, cancel):
        counts += of_mask
        if not weighted and np.count_nonzero(counts) > 1:
            break
    present = np.count_nonzero(counts)
    if present < 2:
        only = source.class_names[int(counts.argmax())] if present else "pixels without a class"
        raise DatasetError(
            f"{source.name}: Expected training masks with two classes or more. Received: nothing but {only} in "
            f"{min(len(samples), _COUNTED):,} masks; check that the masks are those of these images"
        )
    weights = counts.sum() / (present * np.maximum(counts, 1)) * (counts > 0)
    return Target(
        name,
        tuple(example.shape[1:]),
        len(source.class_names),
        example.dtype.kind == "f",
        source.class_names,
        tuple(weights.tolist()) if weighted else (),
    )


def _counts(
    source: Source, samples: Indices, progress: Progress | None, cancel: threading.Event | None
) -> Iterator[NDArray[np.int64]]:
    """Pixels of each class in stored masks, of up to 2,000 samples; what cannot be read is told when its batch is."""
    places = np.unique(np.linspace(0, len(samples) - 1, min(len(samples), _COUNTED)).astype(int))
    steps = Steps("Counting pixels", len(places), progress, cancel)
    for index in samples[places]:
        with contextlib.suppress(DatasetError):
            counts = np.bincount(source.read_mask(int(index)).ravel(), minlength=VOID + 1)
            yield counts[: len(source.class_names)]
        steps.more()
