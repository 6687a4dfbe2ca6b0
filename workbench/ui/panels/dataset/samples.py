"""An opened dataset as the panel looks at it: which sample is in which class and part, and which are asked for.

Made in a thread. It imports numpy, so the window imports it only when there is something to open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from threading import Event

import numpy as np
from numpy.typing import NDArray

from workbench.data.feed import Division, divide
from workbench.data.health import class_weights
from workbench.data.source import Indices, Source
from workbench.project import DatasetSettings, Observed
from workbench.project.feeds import open_dataset
from workbench.ui.background import Report

PARTS = ("training", "validation", "test")


@dataclass(frozen=True)
class Samples:
    """A source divided as the project's settings say."""

    spec: str
    division: Division
    part_of: NDArray[np.uint8]
    """Position in PARTS, for each sample."""

    @property
    def source(self) -> Source:
        """Where images are read."""
        return self.division.source

    @property
    def class_names(self) -> tuple[str, ...]:
        """By label."""
        return self.source.class_names

    def __len__(self) -> int:
        return len(self.part_of)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Number of images, classes x parts."""
        classes = max(1, len(self.class_names))
        flat = np.asarray(self.source.labels) * len(PARTS) + self.part_of
        return np.bincount(flat, minlength=classes * len(PARTS)).reshape(classes, len(PARTS))

    @cached_property
    def unreadable(self) -> dict[int, str]:
        """Samples that were seen to be unreadable, and why; it grows while they are looked at."""
        return {}

    @cached_property
    def by_class(self) -> Indices:
        """Every sample, ordered by class, then as the source has them."""
        return np.argsort(self.source.labels, kind="stable")

    @cached_property
    def known(self) -> Observed:
        """What the analysis wants to know."""
        parts = self.source.parts
        given = parts.count("validation"), parts.count("test")
        return Observed(self.class_names, len(self), *given, self.source.masked)

    def chosen(self, label: int | None, part: int | None, among: Iterable[int] | None) -> Indices:
        """Samples of a class, of a part, and among some; None: all. Ordered by class, then as the source has them."""
        found = self.by_class
        if label is not None:
            found = found[self.source.labels[found] == label]
        if part is not None:
            found = found[self.part_of[found] == part]
        return found if among is None else found[np.isin(found, list(among))]

    def weights(self) -> tuple[float | None, ...]:
        """Balanced weight of each class; None for one that is not trained on."""
        training = self.source.labels[self.division.split.training]
        return tuple(weight or None for weight in class_weights(training, len(self.class_names)).tolist())

    def where(self, index: int) -> str:
        """What a person knows the sample by: its file, or its key."""
        origin = self.source.origin(index)
        return str(origin) if origin else self.key(index)

    def key(self, index: int) -> str:
        """The sample key: what decides its part, its place in every epoch and its augmentation."""
        return self.source.keys[index]

    def class_of(self, index: int) -> str:
        """The name of a sample's class; "" where pixels have classes and images have none."""
        return "" if self.source.masked else self.class_names[self.source.labels[index]]


def opened(settings: DatasetSettings, seed: int, report: Report, cancel: Event) -> Samples:
    """Opens and divides the dataset. Raises DatasetError, or Cancelled."""
    source = open_dataset(settings, report, cancel)
    report(0, None, "Dividing")
    return divided(settings.spec, source, settings, seed)


def divided(spec: str, source: Source, settings: DatasetSettings, seed: int) -> Samples:
    """The division that the settings and the seed give."""
    division = divide(source, settings.validation_share, settings.test_share, seed)
    part_of = np.zeros(len(source), np.uint8)
    part_of[division.split.validation] = PARTS.index("validation")
    part_of[division.split.test] = PARTS.index("test")
    samples = Samples(spec, division, part_of)
    _ = samples.counts, samples.by_class, samples.known  # here, in the thread, rather than when they are shown
    return samples
