"""The settings of a project (dataset, augmentation, training): immutable, validated where they are read or assigned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct, field

PositiveInt = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Rate = Annotated[float, Meta(gt=0, le=1e38)]
"""What a float32 holds: infinity could be trained with no more than it could be saved."""
Share = Annotated[float, Meta(ge=0, lt=1)]


class DatasetSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Which data, and how it is divided."""

    spec: str = "digits"
    """A dataset SPEC of the command line: a name, a folder, a file, or `IMAGES::MASKS`."""
    validation_share: Share = 0.2
    """Share of every class that is held out for validation, where the dataset does not say itself."""
    test_share: Share = 0.0
    """Share of every class that is set apart for the test, where the dataset has no test images itself."""
    group: str = ""
    """Column of a CSV whose values stay together: all images of one patient are in one part."""
    fit: Literal["stretch", "crop", "pad"] = "stretch"
    """How an image of other proportions becomes the network's input."""
    value_range: Literal["0..1", "-1..1", "0..255"] = "0..1"
    """What black and full brightness become."""


class AugmentationStep(Struct, frozen=True, forbid_unknown_fields=True):
    """One operation of the augmentation, with its own parameters."""

    operation: str
    """Key of an operation in `workbench.data.augmentation`."""
    params: dict[str, Any] = field(default_factory=dict)
    probability: Annotated[float, Meta(ge=0, le=1)] = 1.0
    """Share of the images that it is applied to."""
    enabled: bool = True


class AugmentationSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How training images are varied, in this order; nothing where there are no steps."""

    steps: tuple[AugmentationStep, ...] = ()


class TrainingSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How a network is trained."""

    epochs: PositiveInt = 10
    batch_size: PositiveInt = 32
    optimizer: Literal["SGD", "RMSprop", "Adam", "AdamW", "Nadam"] = "Adam"
    learning_rate: Rate = 0.001
    schedule: Literal["constant", "cosine"] = "constant"
    """How the learning rate changes: not at all, or by cosine decay to 0 over all steps."""
    label_smoothing: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    """Share of the target taken from the true class and spread over all (Szegedy et al., 2015)."""
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 0
    """Seed of the split, the order, the initial weights and dropout."""


Settings = TypeVar("Settings", DatasetSettings, AugmentationSettings, TrainingSettings)


class SettingsError(ValueError):
    """A settings value that is not allowed; the message names the setting, what was expected and what came."""


def assign(settings: Settings, values: Mapping[str, Any]) -> Settings:
    """Settings with some values replaced. Text is read as a number where one is expected. Raises SettingsError."""
    known = {field: getattr(settings, field) for field in settings.__struct_fields__}
    for name in values:
        if name not in known:
            raise SettingsError(f"Expected one of the settings {', '.join(known)}. Received: {name!r}")
    try:
        return msgspec.convert({**known, **values}, type(settings), strict=False)
    except msgspec.ValidationError as error:
        named = next((name for name in values if f"`$.{name}`" in str(error)), ", ".join(values))
        shown = values.get(named, values)
        expected = _choices(type(settings), named) or str(error).split(" - at")[0]
        raise SettingsError(f"{named}: {expected}. Received: {shown!r}") from None


def _choices(settings: type, name: str) -> str | None:
    """The words that a setting may hold, for the message; None when it holds something else."""
    kind = get_type_hints(settings).get(name)
    return f"Expected one of {', '.join(get_args(kind))}" if get_origin(kind) is Literal else None
