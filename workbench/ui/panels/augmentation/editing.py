"""Changes of a list of steps, as new lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from workbench.project import AugmentationSettings, AugmentationStep


def inserted(settings: AugmentationSettings, at: int, step: AugmentationStep) -> AugmentationSettings:
    """With a step more, at an index."""
    return AugmentationSettings((*settings.steps[:at], step, *settings.steps[at:]))


def without(settings: AugmentationSettings, indices: Iterable[int]) -> AugmentationSettings:
    """With some steps fewer."""
    gone = set(indices)
    return AugmentationSettings(tuple(step for index, step in enumerate(settings.steps) if index not in gone))


def moved(settings: AugmentationSettings, index: int, to: int) -> AugmentationSettings:
    """With one step at another index."""
    return inserted(without(settings, [index]), to, settings.steps[index])


def changed(settings: AugmentationSettings, index: int, **fields: Any) -> AugmentationSettings:
    """With other fields of one step."""
    steps = list(settings.steps)
    steps[index] = msgspec.structs.replace(steps[index], **fields)
    return AugmentationSettings(tuple(steps))


def with_param(settings: AugmentationSettings, index: int, name: str, value: Any) -> AugmentationSettings:
    """With another value of one parameter."""
    return changed(settings, index, params={**settings.steps[index].params, name: value})
