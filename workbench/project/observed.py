"""What was found in datasets when they were opened, for what is said of a network without reading them again."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from workbench.data.facts import known_classes, known_steps
from workbench.project.settings import DatasetSettings
from workbench.project.training import TrainingSettings


@dataclass(frozen=True, slots=True)
class Observed:
    """A dataset as it was when it was opened."""

    class_names: tuple[str, ...]
    images: int
    given_validation: int = 0
    given_test: int = 0
    """Images that the dataset itself sets apart."""

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

    def of(self, spec: str) -> Observed | None:
        """What was found in a dataset, or None while nobody opened it."""
        return self._by_spec.get(spec)

    def classes(self, spec: str) -> int | None:
        """Number of classes, or None when only reading would tell."""
        observed = self._by_spec.get(spec)
        return known_classes(spec) if observed is None else len(observed.class_names) or None

    def steps(self, dataset: DatasetSettings, training: TrainingSettings) -> int | None:
        """Batches in a whole training, or None when only reading would tell."""
        observed = self._by_spec.get(dataset.spec)
        if observed is None:
            return known_steps(
                dataset.spec, dataset.validation_share, training.batch_size, training.epochs, dataset.test_share
            )
        return ceil(observed.training_images(dataset) / training.batch_size) * training.epochs
