"""How a network is trained: the training section of a project."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from workbench.project.fine_tuning import FineTuning
from workbench.project.objectives import AUTO, LOSSES, METRICS
from workbench.project.parameter_groups import check_name, check_params
from workbench.project.schedules import Course

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
        check_name("loss", self.loss, LOSSES)
        for metric in self.metrics:
            check_name("metrics", metric, METRICS)
        for group in ("optimizer", "schedule", "loss"):
            check_params(group, getattr(self, group), getattr(self, f"{group}_params"))

    def course(self, batches: int, epochs: int | None = None) -> Course:
        """The learning rate over the training, with so many batches an epoch."""
        course = Course.of(self.schedule, self.schedule_params, self.learning_rate, epochs or self.epochs, batches)
        return replace(course, factors=self.fine_tuning.factors())
