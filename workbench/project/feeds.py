"""A project's images on their way into its network: the same for training, for evaluation and for every preview.

Imports numpy and OpenCV, which the window loads only when somebody looks at images.
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.data.feed import Division, Feed, divide
from workbench.data.fit import Framing
from workbench.data.source import Source
from workbench.project.document import Project


@dataclass(frozen=True)
class Feeds:
    """A dataset divided by the project's seed and fitted to the network's input."""

    division: Division
    training: Feed
    validation: Feed
    test: Feed


def project_feeds(project: Project, source: Source, input_shape: tuple[int | None, ...]) -> Feeds:
    """Splits and fits a source as the project says. `input_shape`: height, width, channels. Raises DatasetError."""
    data, seed = project.dataset, project.training.seed
    division = divide(source, data.validation_share, data.test_share, seed)
    framing = Framing(input_shape, data.fit, data.value_range)
    split = division.split
    training, validation, test = (
        Feed(division, samples, framing, seed) for samples in (split.training, split.validation, split.test)
    )
    return Feeds(division, training, validation, test)
