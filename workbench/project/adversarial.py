"""How a generator and a discriminator are trained against each other: the adversarial section of a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta, Struct, field

from workbench.project.parameter_groups import check_params
from workbench.project.schedules import Course
from workbench.project.training import OptimizerName, Rate, TrainingSettings

if TYPE_CHECKING:
    from workbench.project.document import Project

GENERATOR, DISCRIMINATOR = "generator", "discriminator"
"""Names of the two graphs."""
LABEL = "label"
"""Name of the input of both that takes the class, where the project is conditional."""

AdversarialLossName = Literal["non_saturating", "least_squares", "hinge", "wgan", "wgan_gp"]


@dataclass(frozen=True)
class AdversarialLoss:
    """A pair of losses. `targets`: the discriminator is compared with targets, which label smoothing can soften."""

    key: AdversarialLossName
    label: str
    doc: str
    targets: bool = False


_LOSSES = (
    AdversarialLoss(
        "non_saturating",
        "Non-saturating",
        "Cross-entropy; the generator maximises the probability of real (Goodfellow et al., 2014)",
        targets=True,
    ),
    AdversarialLoss(
        "least_squares", "Least squares", "Squared distance of the score from 1 and 0 (Mao et al., 2017)", targets=True
    ),
    AdversarialLoss("hinge", "Hinge", "Margin of 1 on both sides (Lim and Ye, 2017; Miyato et al., 2018)"),
    AdversarialLoss(
        "wgan", "Wasserstein, clipped", "Difference of mean scores, weights clipped (Arjovsky et al., 2017)"
    ),
    AdversarialLoss(
        "wgan_gp",
        "Wasserstein, gradient penalty",
        "Difference of mean scores, gradients held near norm 1 (Gulrajani et al., 2017)",
    ),
)
ADVERSARIAL_LOSSES: Mapping[str, AdversarialLoss] = {loss.key: loss for loss in _LOSSES}


def _momentum() -> dict[str, Any]:
    return {"beta_1": 0.5}


class AdversarialSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """How the two networks are trained; epochs, batch size, seed and checkpoints are those of the training settings.

    The defaults are the DCGAN's (Radford et al., 2015). Raises ValueError where a parameter does not fit its optimiser.
    """

    loss: AdversarialLossName = "non_saturating"
    """A key of `ADVERSARIAL_LOSSES`."""
    clip: Annotated[float, Meta(gt=0, le=1e3)] = 0.01
    """wgan: every weight of the discriminator is kept within plus or minus this."""
    penalty: Annotated[float, Meta(ge=0, le=1e6)] = 10.0
    """wgan_gp: weight of the gradient penalty."""
    generator_optimizer: OptimizerName = "Adam"
    generator_optimizer_params: dict[str, Any] = field(default_factory=_momentum)
    """Arguments that differ from Keras's defaults: `project.optimizers`."""
    generator_rate: Rate = 0.0002
    """Learning rate of the generator."""
    discriminator_optimizer: OptimizerName = "Adam"
    discriminator_optimizer_params: dict[str, Any] = field(default_factory=_momentum)
    """Arguments that differ from Keras's defaults: `project.optimizers`."""
    discriminator_rate: Rate = 0.0002
    """Learning rate of the discriminator."""
    discriminator_steps: Annotated[int, Meta(ge=1, le=100)] = 1
    """Updates of the discriminator for each one of the generator; each takes a batch of its own."""
    label_smoothing: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    """Taken from the target of real images only (Salimans et al., 2016)."""
    instance_noise: Annotated[float, Meta(ge=0, le=10)] = 0.0
    """Deviation of the noise on all that the discriminator sees, falling to 0 over the run (Sonderby et al., 2017)."""
    label_flips: Annotated[float, Meta(ge=0, le=0.5)] = 0.0
    """Share of images that the discriminator is told the opposite of."""
    spectral_normalisation: bool = False
    """Whether the discriminator's kernels are divided by their largest singular value (Miyato et al., 2018)."""
    ema: Annotated[float, Meta(ge=0, lt=1)] = 0.0
    """Decay of the running mean of the generator's weights, which is then what samples; 0: none is kept."""
    conditional: bool = False
    """Whether the dataset's classes go into both networks, by an input named `label`."""
    sample_count: Annotated[int, Meta(ge=1, le=1024)] = 64
    """Images of the grid from fixed noise."""
    sample_every: Annotated[int, Meta(ge=1, le=2**31 - 1)] = 1
    """Epochs from one grid to the next."""

    def __post_init__(self) -> None:
        for group in ("generator_optimizer", "discriminator_optimizer"):
            check_params(group, getattr(self, group), getattr(self, f"{group}_params"))

    def course(self, training: TrainingSettings, batches: int, epochs: int | None = None) -> Course:
        """The generator's learning rate over the training; the discriminator's follows it in proportion."""
        count = epochs or training.epochs
        return Course.of(training.schedule, training.schedule_params, self.generator_rate, count, batches)


def is_adversarial(project: Project) -> bool:
    """Whether the project is a GAN: it has a generator and a discriminator."""
    return {GENERATOR, DISCRIMINATOR} <= set(project.graphs)
