"""Which settings the form has, in which section, how each is written and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_type_hints

from workbench.layers import Param
from workbench.layers.params import Boolean, Integer, Kind, Number
from workbench.project import AdversarialSettings, TrainingSettings
from workbench.project.objectives import LOSSES, METRICS
from workbench.project.parameter_groups import params_of
from workbench.project.schedules import SCHEDULES

Settings = TrainingSettings | AdversarialSettings
Choices = tuple[tuple[str, str], ...]
TRAINING, ADVERSARIAL = "training", "adversarial"
"""Sections of the project that settings are in."""


@dataclass(frozen=True)
class Flags:
    """Any of some words, each with what it is called."""

    choices: Choices


@dataclass(frozen=True)
class Setting:
    """One field. `name` is that of the setting, or `<group>.<parameter>`; `needs` names a switch that must be on,
    or, as `loss=wgan`, what must be chosen."""

    name: str
    label: str
    written: Kind | Choices | Flags
    doc: str
    needs: str = ""
    param: Param | None = field(default=None, compare=False)
    """Of a parameter of an optimiser, a schedule or a loss."""
    section: str = TRAINING
    """The section of the project that it is in."""

    @property
    def group(self) -> str:
        """`optimizer`, `schedule` or `loss` for one of their parameters, else ""."""
        return self.name.partition(".")[0] if "." in self.name else ""

    @property
    def key(self) -> str:
        """What tells it from all others: two sections may have settings of one name."""
        return self.name if self.section == TRAINING else f"{self.section}.{self.name}"

    def counts(self, settings: Settings) -> bool:
        """Whether the setting does something as the others are."""
        name, _, choice = self.needs.partition("=")
        return not name or (getattr(settings, name) == choice if choice else bool(getattr(settings, name)))

    def fits(self, adversarial: bool) -> bool:
        """Whether the training of such a project knows this setting."""
        if not adversarial:
            return self.section != ADVERSARIAL
        return self.section == ADVERSARIAL or (self.name not in _CLASSIFIERS and self.group not in _CLASSIFIERS)


@dataclass(frozen=True)
class SectionRows:
    """Settings that belong together; after them come the parameters of what is chosen for `group`."""

    title: str
    settings: tuple[Setting, ...] = ()
    group: str = ""
    shared: tuple[str, ...] = ()
    """Parameters of the optimiser that have their place here, where it has them."""
    section: str = TRAINING
    """The section of the project that all of them are in."""

    def rows(self, settings: Settings) -> tuple[Setting, ...]:
        """The fields for settings as they are: other optimisers and schedules have other parameters."""
        shared = _parameters("optimizer", settings) if self.shared else {}
        rows = [*self.settings, *(shared[name] for name in self.shared if name in shared)]
        if self.group:
            own = _parameters(self.group, settings, self.section)
            rows += [row for name, row in own.items() if self.group != "optimizer" or name not in _SHARED]
        return tuple(rows)


_DEFAULTS: Mapping[str, Settings] = {TRAINING: TrainingSettings(), ADVERSARIAL: AdversarialSettings()}
_CLASSIFIERS = frozenset(
    {
        *("optimizer", "learning_rate", "label_smoothing", "class_weights", "monitor", "early_stopping", "patience"),
        *("min_delta", "restore_best", "cache_features", "loss", "metrics", "preflight", "watch_layers"),
    }
)
"""Training settings, and groups of them, that the training of a GAN has no use for."""
_LABELS = {
    "amsgrad": "AMSGrad",
    "clipnorm": "Clip each norm",
    "clipvalue": "Clip values",
    "global_clipnorm": "Clip the whole norm",
    "use_ema": "Average the weights",
    "ema_momentum": "Average's decay",
    "ema_overwrite_frequency": "Average every",
    "gradient_accumulation_steps": "Batches a step",
    "loss_scale_factor": "Loss scale",
    "warmup_epochs": "Warm-up epochs",
    "warmup_start": "Warm-up start",
}
_CLIPPING = ("weight_decay", "clipnorm", "global_clipnorm", "clipvalue")
_SHARED = frozenset(_CLIPPING)


def value_of(settings: Settings, setting: Setting) -> Any:
    """What a setting is now, in the settings of its section."""
    if setting.param is None:
        return getattr(settings, setting.name)
    return getattr(settings, f"{setting.group}_params").get(setting.param.name, setting.param.default)


def default_of(setting: Setting) -> Any:
    """What a setting is where nobody chose."""
    defaults = _DEFAULTS[setting.section]
    if setting.param is None:
        return getattr(defaults, setting.name)
    given: Mapping[str, Any] = getattr(defaults, f"{setting.group}_params")
    return given.get(setting.param.name, setting.param.default)


def values_for(settings: Settings, changes: Mapping[Setting, Any]) -> dict[str, Any]:
    """What `project.assign` takes to make these changes; a parameter that has its default is not kept."""
    values: dict[str, Any] = {}
    for setting, value in changes.items():
        if setting.param is None:
            values[setting.name] = value
            continue
        name = f"{setting.group}_params"
        params = dict(values.get(name, getattr(settings, name)))
        params.pop(setting.param.name, None)
        if value != setting.param.default:
            params[setting.param.name] = value
        values[name] = params
    return values


def _parameters(group: str, settings: Settings, section: str = TRAINING) -> dict[str, Setting]:
    params = params_of(group, getattr(settings, group))
    ordered = sorted(params.values(), key=lambda param: param.advanced)
    return {param.name: _parameter(group, param, section) for param in ordered}


def _parameter(group: str, param: Param, section: str) -> Setting:
    label = _LABELS.get(param.name, param.name.replace("_", " ").capitalize())
    return Setting(f"{group}.{param.name}", label, param.kind, param.doc, param=param, section=section)


def _words(name: str, **named: str) -> Choices:
    values = get_args(get_type_hints(TrainingSettings)[name])
    return tuple((named.get(value, value), value) for value in values)


def monitors(settings: TrainingSettings) -> Choices:
    """What may decide which epoch is best: of held-out images first."""
    names = ("loss", *settings.metrics)
    labels = {"loss": "loss", **{key: metric.label for key, metric in METRICS.items()}}
    held_out = tuple((f"held-out {labels[name]}", f"val_{name}") for name in names)
    return (("automatic", "auto"), *held_out, *((f"training {labels[name]}", name) for name in names))


_LOSSES = tuple((loss.label, key) for key, loss in LOSSES.items())
_METRICS = Flags(tuple((metric.label, key) for key, metric in METRICS.items()))
_SCHEDULES = tuple((schedule.label, key) for key, schedule in SCHEDULES.items())

BASICS = (
    Setting("epochs", "Epochs", Integer(1), "How often every training image is seen"),
    Setting("batch_size", "Batch size", Integer(1), "Images a step"),
    Setting("optimizer", "Optimiser", _words("optimizer"), "The rule that changes the weights"),
    Setting("learning_rate", "Learning rate", Number(0), "Length of a step at its height"),
    Setting("schedule", "Schedule", _SCHEDULES, "How the learning rate changes over all steps"),
    Setting("seed", "Seed", Integer(0, 2**32 - 1), "Seed of split, order, initial weights and dropout"),
)
SECTIONS = (
    SectionRows("Schedule", group="schedule"),
    SectionRows("Optimiser", group="optimizer"),
    SectionRows(
        "Regularisation",
        (
            Setting("label_smoothing", "Label smoothing", Number(0, 1), "Share of each label spread over all classes"),
            Setting(
                "class_weights",
                "Class weights",
                _words("class_weights", none="none", balanced="balanced"),
                "Whether rare classes count more, so that each class has the same share in the loss",
            ),
        ),
        shared=_CLIPPING,
    ),
    SectionRows(
        "Stopping and checkpoints",
        (
            Setting("monitor", "Best epoch by", (), "The number that decides which epoch is best"),
            Setting("early_stopping", "Stop early", Boolean(), "Ends when that number no longer gets better"),
            Setting("patience", "Patience", Integer(1), "Epochs without a better one to wait for", "early_stopping"),
            Setting("min_delta", "Least gain", Number(0), "How much better counts as better", "early_stopping"),
            Setting(
                "restore_best",
                "End with the best",
                Boolean(),
                "Stopped early, it ends as it was best",
                "early_stopping",
            ),
            Setting(
                "keep_epochs",
                "Keep epochs",
                _words("keep_epochs", last="the last one", every="every one, to branch from"),
                "Which checkpoints stay in the run; the best weights always do",
            ),
            Setting("checkpoint_budget", "Room, MiB", Integer(1), "What kept epochs may take; the oldest go first"),
        ),
    ),
    SectionRows(
        "Precision and speed",
        (
            Setting(
                "precision",
                "Precision",
                _words("precision", mixed_float16="mixed, float16", mixed_bfloat16="mixed, bfloat16"),
                "What layers compute in; weights stay float32. Mixed is faster on recent GPUs",
            ),
            Setting("xla", "XLA", Boolean(), "Compiles the step: slower to begin, often faster after"),
            Setting(
                "cache_features",
                "Keep features",
                Boolean(),
                "Computes what frozen layers give once, where neither images nor layers vary it",
            ),
            Setting("deterministic", "Deterministic", Boolean(), "The same run bit for bit, at some cost in speed"),
        ),
    ),
    SectionRows(
        "Loss and metrics",
        (
            Setting("loss", "Loss", _LOSSES, "What training makes small"),
            Setting("metrics", "Metrics", _METRICS, "What is followed beside the loss"),
        ),
        group="loss",
    ),
    SectionRows(
        "Checks and logs",
        (
            Setting("preflight", "Try one batch first", Boolean(), "Finds what would fail before the run begins"),
            Setting("watch_layers", "Watch layers", Boolean(), "Follows weights and gradients of each layer"),
            Setting("tensorboard", "TensorBoard log", Boolean(), "Writes a log for TensorBoard into the run"),
        ),
    ),
)
