"""A project's images on their way into its network: the same for training, for evaluation and for every preview.

Imports numpy and OpenCV, which the window loads only when somebody looks at images.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

from workbench.analysis import Severity
from workbench.data.augmentation.catalogue import OPERATIONS
from workbench.data.augmentation.steps import Augmentation, Step
from workbench.data.feed import Division, Feed, divide
from workbench.data.fit import Framing
from workbench.data.map_feed import MapFeed
from workbench.data.pictures import memory_budget
from workbench.data.progress import Progress
from workbench.data.source import DatasetError, Indices, Source
from workbench.data.sources import open_source
from workbench.data.targets import Output, TargetKind, target_kind
from workbench.project.augmentation import Subject, augmentation_problems
from workbench.project.document import Project
from workbench.project.outputs import output_of
from workbench.project.settings import AugmentationSettings, DatasetSettings


@dataclass(frozen=True)
class Feeds:
    """A dataset divided by the project's seed and fitted to the network's input. Only training is varied; where it
    mixes images, the targets of all three are soft. Where targets are masks or images, all three are `MapFeed`s.
    """

    division: Division
    training: Feed
    validation: Feed
    test: Feed
    target: TargetKind = "classes"


def open_dataset(
    settings: DatasetSettings, progress: Progress | None = None, cancel: Event | None = None, spec: str = ""
) -> Source:
    """The source that the settings name, or another `spec`, read for the targets that are asked for. Raises
    DatasetError, and Cancelled.
    """
    own = not spec or spec == settings.spec
    return open_source(
        spec or settings.spec, settings.group if own else "", progress, cancel, pictures=settings.target == "image"
    )


def project_feeds(
    project: Project, source: Source, input_shape: tuple[int | None, ...], output: Output | None = None
) -> Feeds:
    """Splits and fits a source as the project says. `input_shape`: height, width, channels. `output` is the map that
    masks or target images are fitted to, by default that of the project's network. Raises DatasetError.
    """
    data, seed = project.dataset, project.training.seed
    augmentation = augmentation_of(project.augmentation)
    kind = target_kind(data.target, source)
    division = divide(source, data.validation_share, data.test_share, seed)
    framing = Framing(input_shape, data.fit, data.value_range)
    budget = memory_budget()

    blends = any(step.operation.blends for step in augmentation.mixing)
    ends = (output or output_of(project, input_shape)) if kind != "classes" else Output(())

    def feed(samples: Indices, vary: Augmentation | None = None) -> Feed:
        share = int(budget * len(samples) / max(1, len(source)))
        if kind == "classes":
            return Feed(division, samples, framing, seed, vary, soft=bool(augmentation.mixing), budget=share)
        return MapFeed(division, samples, framing, seed, vary, kind=kind, output=ends, soft=blends, budget=share)

    split = division.split
    return Feeds(division, feed(split.training, augmentation), feed(split.validation), feed(split.test), kind)


def augmentation_of(settings: AugmentationSettings) -> Augmentation:
    """The enabled steps, ready to draw. Raises DatasetError for what no operation is, or no value for one."""
    for problem in augmentation_problems(settings, Subject()):
        if problem.severity is Severity.ERROR:
            raise DatasetError(f"{problem.place}: {problem.message}")
    return Augmentation(
        tuple(
            Step(OPERATIONS[step.operation], OPERATIONS[step.operation].values(step.params), step.probability, position)
            for position, step in enumerate(settings.steps)
            if step.enabled
        )
    )
