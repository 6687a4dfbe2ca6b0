"""The settings of a project by section: immutable, validated where they are read or assigned."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct, field

from workbench.project.adversarial import AdversarialSettings
from workbench.project.fine_tuning import read_fine_tuning, read_rates
from workbench.project.parameter_groups import groups_among, params_of
from workbench.project.spelling import spelled
from workbench.project.training import TrainingSettings
from workbench.text import did_you_mean

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
    target: Literal["auto", "classes", "masks", "image"] = "auto"
    """What the network is to give for an image: its class, a class for each pixel, or an image (the image itself, or
    the picture that `IMAGES::TARGETS` pairs with it). Auto: masks where the dataset has masks, else classes."""


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


Settings = TypeVar("Settings", DatasetSettings, AugmentationSettings, TrainingSettings, AdversarialSettings)


class SettingsError(ValueError):
    """A settings value that is not allowed; the message names the setting, what was expected and what came."""


def assign(settings: Settings, values: Mapping[str, Any], others: Iterable[str] = ()) -> Settings:
    """Settings with some values replaced. Text is read as a number where one is expected. Raises SettingsError.

    `optimizer.momentum` and its like set one parameter of an optimiser, a schedule or a loss. Where another one is
    chosen, it keeps the parameters of the same name. `others` are names that the caller takes besides, for the message.
    """
    known: dict[str, Any] = {field: getattr(settings, field) for field in settings.__struct_fields__}
    values = _with_params(known, {name: spelled(name, given) for name, given in values.items()})
    for name in values:
        if name not in known and not (name == "fine_tuning.rates" and "fine_tuning" in known):
            near = did_you_mean(name, [*known, *others])
            raise SettingsError(f"Expected one of the settings {', '.join(known)}. Received: {name!r}{near}")
    values = _with_fine_tuning(known, values)
    try:
        return msgspec.convert({**known, **values}, type(settings), strict=False)
    except msgspec.ValidationError as error:
        what = str(error).split(" - at")[0]
        if "Received: " in what:
            raise SettingsError(what) from None
        named = next((name for name in values if f"`$.{name}" in str(error)), ", ".join(values))
        shown = values.get(named, values)
        raise SettingsError(f"{named}: {_choices(type(settings), named) or what}. Received: {shown!r}") from None


def _with_params(known: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values with `<group>.<parameter>` gathered under `<group>_params`, and text read as what they expect."""
    gathered = {name: value for name, value in values.items() if "." not in name}
    groups = groups_among(known)
    for group in groups:
        field_name = f"{group}_params"
        given = {name.partition(".")[2]: value for name, value in values.items() if name.startswith(f"{group}.")}
        choice = gathered.get(group, known[group])
        if field_name not in gathered and (given or choice != known[group]):
            allowed = params_of(group, choice)
            kept = {name: value for name, value in known[field_name].items() if name in allowed}
            gathered[field_name] = kept | {name: _read(value) for name, value in given.items()}
    dotted = {name: value for name, value in values.items() if "." in name and name.partition(".")[0] not in groups}
    listed = {name: _listed(value) for name, value in gathered.items() if name == "metrics"}
    return gathered | dotted | listed


def _with_fine_tuning(known: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Phases and rates of parts read from their text. Raises SettingsError."""
    read = dict(values)
    phases, rates = read.get("fine_tuning"), read.pop("fine_tuning.rates", None)
    try:
        if isinstance(phases, str) and not phases.startswith("{"):
            epochs = int(read.get("epochs", known["epochs"]))
            read["fine_tuning"] = msgspec.structs.replace(
                known["fine_tuning"], phases=read_fine_tuning(phases, epochs).phases
            )
        elif isinstance(phases, str):
            read["fine_tuning"] = _read(phases)
        if rates is not None:
            tuning = read.get("fine_tuning", known["fine_tuning"])
            read["fine_tuning"] = msgspec.structs.replace(tuning, rates=read_rates(str(rates)))
    except (ValueError, TypeError) as error:
        raise SettingsError(f"fine_tuning: {error}") from None
    return read


def _read(value: Any) -> Any:
    """Text as the JSON that it is: `0.9`, `true`, `null`; else as it stands."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _listed(value: Any) -> Any:
    """`accuracy,auc` as its names."""
    return [name.strip() for name in value.split(",") if name.strip()] if isinstance(value, str) else value


def _choices(settings: type, name: str) -> str | None:
    """The words that a setting may hold, for the message; None when it holds something else."""
    kind = get_type_hints(settings).get(name)
    return f"Expected one of {', '.join(get_args(kind))}" if get_origin(kind) is Literal else None
