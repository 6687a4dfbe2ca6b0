"""How a network is trained: the training section of a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from workbench.layers import Param
from workbench.project.fine_tuning import FineTuning
from workbench.project.objectives import AUTO, LOSSES, METRICS
from workbench.project.optimizers import OPTIMIZERS
from workbench.project.schedules import SCHEDULES, Course

PositiveInt = Annotated[int, Meta(ge=1, le=2**31 - 1)]
Rate = Annotated[float, Meta(gt=0, le=1e38)]
"""What a float32 holds: infinity could be trained with no more than it could be saved."""
OptimizerName = Literal[
    "SGD",
    "RMSprop",
    "Adam",
    "AdamW",
    "Nadam",
    "Adamax",
    "Adagrad",
    "Adadelta",
    "Adafactor",
    "Ftrl",
    "Lamb",
    "Lion",
    "Muon",
    "ScheduleFreeAdamW",
]
ScheduleName = Literal["constant", "cosine", "step", "exponential", "one_cycle", "plateau"]


class TrainingSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How a network is trained. Raises ValueError where a parameter does not fit its optimiser, schedule or loss."""

    epochs: PositiveInt = 10
    batch_size: PositiveInt = 32
    optimizer: OptimizerName = "Adam"
    optimizer_params: dict[str, Any] = field(default_factory=dict)
    """Arguments of the optimiser that differ from Keras's defaults: `project.optimizers`."""
    learning_rate: Rate = 0.001
    schedule: ScheduleName = "constant"
    """How the learning rate changes over all steps."""
    schedule_params: dict[str, Any] = field(default_factory=dict)
    """Parameters of the schedule that differ from their defaults: `project.schedules`."""
    loss: str = AUTO
    """A key of `project.objectives.LOSSES`."""
    loss_params: dict[str, Any] = field(default_factory=dict)
    """Parameters of the loss that differ from their defaults."""
    metrics: tuple[str, ...] = ("accuracy",)
    """Keys of `project.objectives.METRICS`."""
    label_smoothing: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    """Share of the target taken from the true class and spread over all (Szegedy et al., 2015)."""
    class_weights: Literal["none", "balanced"] = "none"
    """Whether rare classes count more, so that each has the same share in the loss."""
    precision: Literal["float32", "mixed_float16", "mixed_bfloat16"] = "float32"
    """What layers compute in; weights stay float32."""
    xla: bool = False
    """Whether XLA compiles the step."""
    monitor: str = AUTO
    """The number that decides which epoch is best, as `val_accuracy`; auto: the first metric, held out."""
    early_stopping: bool = False
    """Whether to end when `monitor` no longer gets better."""
    patience: PositiveInt = 10
    """Epochs without a better one that are waited for."""
    min_delta: Annotated[float, Meta(ge=0, le=1e38)] = 0.0
    """How much better counts."""
    restore_best: bool = True
    """Whether the model ends with the best epoch's weights when it was stopped early."""
    keep_epochs: Literal["last", "every"] = "last"
    """Whether every epoch's checkpoint is kept, so that one may branch from it."""
    checkpoint_budget: PositiveInt = 2048
    """MiB that those may take; beyond it the oldest go."""
    fine_tuning: FineTuning = FineTuning()
    """Which layers train when, and at what share of the learning rate."""
    cache_features: bool = True
    """Whether what frozen layers give is kept instead of computed in every epoch, where nothing random comes before."""
    tensorboard: bool = False
    """Whether a TensorBoard log is written into the run."""
    watch_layers: bool = True
    """Whether the norms of each layer's weights and gradients are followed, epoch by epoch."""
    preflight: bool = True
    """Whether one batch is tried before the run begins."""
    deterministic: bool = False
    """Whether operations that are faster in any order are done in one order, so that a run repeats bit for bit."""
    initial_weights: Literal["project", "scratch"] = "project"
    """What a new training begins with: the project's weights, where it has some, or drawn anew."""
    copy_overlap: bool = False
    """Whether a layer whose shape is another by now takes the part of its weights that both shapes have."""
    seed: Annotated[int, Meta(ge=0, lt=2**32)] = 0
    """Seed of the split, the order, the initial weights and dropout."""

    def __post_init__(self) -> None:
        _check_name("loss", self.loss, LOSSES)
        for metric in self.metrics:
            _check_name("metrics", metric, METRICS)
        for group, _, table in _GROUPS:
            _check_params(group, getattr(self, f"{group}_params"), _params_of(table, getattr(self, group)))

    def course(self, batches: int, epochs: int | None = None) -> Course:
        """The learning rate over the training, with so many batches an epoch."""
        course = Course.of(self.schedule, self.schedule_params, self.learning_rate, epochs or self.epochs, batches)
        return replace(course, factors=self.fine_tuning.factors())


_GROUPS: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    ("optimizer", "optimiser", OPTIMIZERS),
    ("schedule", "schedule", SCHEDULES),
    ("loss", "loss", LOSSES),
)
"""Settings that name an entry with parameters: the field, what people call it, the entries."""
GROUPS = tuple(group for group, _, _ in _GROUPS)
"""Fields whose parameters are in a field `<group>_params`."""


def params_of(group: str, choice: str) -> Mapping[str, Param]:
    """The parameters by name that a choice in one of `GROUPS` has; none where it is not known."""
    return _params_of(next(table for name, _, table in _GROUPS if name == group), choice)


def _params_of(table: Mapping[str, Any], choice: str) -> Mapping[str, Param]:
    entry = table.get(choice)
    return {} if entry is None else entry.by_name


def _check_name(setting: str, value: str, table: Mapping[str, Any]) -> None:
    if value not in table:
        raise ValueError(f"{setting}: Expected one of {', '.join(table)}. Received: {value!r}")


def _check_params(group: str, given: Mapping[str, Any], known: Mapping[str, Param]) -> None:
    for name, value in given.items():
        if name not in known:
            there = ", ".join(known) or "none"
            raise ValueError(f"{group}.{name}: Expected one of the parameters {there}. Received: {name!r}")
        if problem := known[name].problem(value):
            raise ValueError(f"{group}.{name}: {problem}")
