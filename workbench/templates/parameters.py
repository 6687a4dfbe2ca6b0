"""Parameters that templates share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.graph import Graph
from workbench.layers import Param
from workbench.layers.params import Integer, Number, ShapeOf
from workbench.project import AugmentationSettings, DatasetSettings, Project, TrainingSettings
from workbench.templates.template import TemplateError

WIDTH = Param("width", Number(0.01, 16), 1.0, "Multiplies the number of channels everywhere")


def input_shape(*shape: int) -> Param:
    """The input's shape, the published one unless told."""
    return Param("input", ShapeOf(), list(shape), "Height, width and channels of the images")


def classes(count: int) -> Param:
    """The number of classes, the published one unless told."""
    return Param("classes", Integer(1), count, "Number of classes")


def scaled(filters: int, values: Mapping[str, Any]) -> int:
    """A number of channels under the width parameter, at least 1."""
    return max(1, round(filters * float(values["width"])))


def image_channels(template: str, shape: list[int | None]) -> int:
    """Channels of an input that is also what comes out. Raises TemplateError where it is no image."""
    if len(shape) != 3 or shape[2] not in (1, 3):
        raise TemplateError(
            f"{template}: Expected height x width x channels, 1 or 3 channels. Received: input={shape!r}"
        )
    return int(shape[2])


def project(
    title: str,
    *graphs: Graph,
    training: TrainingSettings | None = None,
    augmentation: AugmentationSettings | None = None,
    **dataset: Any,
) -> Project:
    """A project whose dataset is not chosen yet; `dataset` are settings of how it is to be read."""
    return Project(graphs, DatasetSettings(spec="", **dataset), training, title, augmentation=augmentation)
