"""Augmentations to start from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from workbench.data.augmentation.catalogue import OPERATIONS
from workbench.project.settings import AugmentationSettings, AugmentationStep


def new_step(operation: str, probability: float | None = None, **params: Any) -> AugmentationStep:
    """A step with every parameter written out, so that a file says what was done. Raises KeyError."""
    known = OPERATIONS[operation]
    chance = known.probability if probability is None else probability
    return AugmentationStep(operation, known.values(params), chance)


_DIGITS = (
    new_step("rotation", degrees=10.0),
    new_step("shift", x=0.08, y=0.08),
    new_step("zoom", minimum=0.9, maximum=1.1),
    new_step("shear", x=8.0),
)
_LIGHT = (
    new_step("mirror_horizontal"),
    new_step("rotation", degrees=10.0, border="reflect"),
    new_step("shift", x=0.08, y=0.08, border="reflect"),
    new_step("zoom", border="reflect"),
    new_step("brightness", amount=0.15),
    new_step("contrast", amount=0.15),
)
_STRONG = (
    new_step("mirror_horizontal"),
    new_step("crop", border="reflect"),
    new_step("rotation", degrees=15.0, border="reflect"),
    new_step("brightness", amount=0.3),
    new_step("contrast", amount=0.3),
    new_step("saturation", amount=0.4),
    new_step("hue", degrees=18.0),
    new_step("lighting"),
    new_step("cutout"),
    new_step("mixup"),
)
_POLICY = (new_step("mirror_horizontal"), new_step("rand_augment", border="reflect"), new_step("cutout"))
PRESETS: Mapping[str, AugmentationSettings] = MappingProxyType(
    {
        "None": AugmentationSettings(),
        "Digits and letters": AugmentationSettings(_DIGITS),
        "Photographs, light": AugmentationSettings(_LIGHT),
        "Photographs, strong": AugmentationSettings(_STRONG),
        "RandAugment": AugmentationSettings(_POLICY),
    }
)
"""By the name that people see."""
