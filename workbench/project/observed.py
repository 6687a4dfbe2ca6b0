"""What was found in datasets when they were opened, for what is said of a network without reading them again."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

from workbench.data.facts import BUILT_IN, known_classes, known_steps
from workbench.project.settings import DatasetSettings
from workbench.project.training import TrainingSettings

TargetKind = Literal["classes", "masks", "image"]


@dataclass(frozen=True, slots=True)
class Observed:
    """A dataset as it was when it was opened."""

    class_names: tuple[str, ...]
    images: int
    given_validation: int = 0
    given_test: int = 0
    """Images that the dataset itself sets apart."""
    masked: bool = False
    """The classes are those of pixels."""

    def training_images(self, dataset: DatasetSettings) -> int:
        """How many images are trained on; a grouped split may differ by some."""
        rest = self.images - self.given_validation - self.given_test
        if not self.given_test:
            rest -= ceil(rest * dataset.test_share)
        if not self.given_validation:
            rest -= ceil(rest * dataset.validation_share)
        return rest


class Observations:
    """Observed datasets by SPEC. What was not opened yet is answered from what is known of the built-in ones."""

    def __init__(self) -> None:
        self._by_spec: dict[str, Observed] = {}

    def note(self, spec: str, observed: Observed) -> bool:
        """Keeps what was found; True when it is news."""
        news = self._by_spec.get(spec) != observed
        self._by_spec[spec] = observed
        return news

    def seen(self, spec: str) -> Observed | None:
        """What was found in a dataset or is known of it as a built-in one; None when only reading would tell."""
        facts = BUILT_IN.get(spec)
        if spec in self._by_spec or facts is None:
            return self._by_spec.get(spec)
        return Observed(facts.class_names, facts.images + facts.test_images, given_test=facts.test_images)

    def classes(self, spec: str) -> int | None:
        """Number of classes of an image, or None when only reading would tell or pixels have classes instead."""
        found = self._by_spec.get(spec)
        if found is None:
            return known_classes(spec)
        return None if found.masked else len(found.class_names) or None

    def target(self, dataset: DatasetSettings) -> TargetKind | None:
        """What a network is to give for an image; None when only reading the dataset would tell."""
        if dataset.target != "auto":
            return dataset.target
        found = self.seen(dataset.spec)
        if found is not None:
            return "masks" if found.masked else "classes"
        return "masks" if "::" in dataset.spec else None

    def pixel_classes(self, spec: str) -> int | None:
        """Number of classes of a pixel, or None when only reading would tell."""
        found = self._by_spec.get(spec)
        return len(found.class_names) or None if found is not None and found.masked else None

    def steps(self, dataset: DatasetSettings, training: TrainingSettings) -> int | None:
        """Batches in a whole training, or None when only reading would tell."""
        found = self._by_spec.get(dataset.spec)
        if found is None:
            shares = dataset.validation_share, training.batch_size, training.epochs, dataset.test_share
            return known_steps(dataset.spec, *shares)
        return ceil(found.training_images(dataset) / training.batch_size) * training.epochs
