"""The settings that only a GAN has, as sections of the form."""

from __future__ import annotations

from typing import get_args, get_type_hints

from workbench.layers.params import Boolean, Integer, Number
from workbench.project import AdversarialSettings
from workbench.project.adversarial import ADVERSARIAL_LOSSES
from workbench.ui.training.form.table import ADVERSARIAL, Choices, SectionRows, Setting


def _row(name: str, label: str, written: object, doc: str, needs: str = "") -> Setting:
    return Setting(name, label, written, doc, needs, section=ADVERSARIAL)  # type: ignore[arg-type]


def _optimizers() -> Choices:
    return tuple((name, name) for name in get_args(get_type_hints(AdversarialSettings)["generator_optimizer"]))


def _network(name: str, *more: Setting) -> SectionRows:
    """Optimiser and rate of one of the networks, and the parameters of that optimiser."""
    return SectionRows(
        name.capitalize(),
        (
            _row(f"{name}_rate", "Learning rate", Number(0), f"Length of a step of the {name} at its height"),
            _row(f"{name}_optimizer", "Optimiser", _optimizers(), f"The rule that changes the {name}'s weights"),
            *more,
        ),
        group=f"{name}_optimizer",
        section=ADVERSARIAL,
    )


ADVERSARIAL_SECTIONS = (
    SectionRows(
        "Adversarial",
        (
            _row(
                "loss",
                "Loss",
                tuple((loss.label, key) for key, loss in ADVERSARIAL_LOSSES.items()),
                "What both networks make small",
            ),
            _row("clip", "Clip weights at", Number(0), "No weight of the discriminator is further from 0", "loss=wgan"),
            _row("penalty", "Gradient penalty", Number(0), "Its weight in the loss", "loss=wgan_gp"),
            _row("discriminator_steps", "Discriminator steps", Integer(1), "For each step of the generator"),
            _row("conditional", "Conditional", Boolean(), "Both networks are given the class, by an Input named label"),
            _row("ema", "Average generator", Number(0, 1), "Decay of its weights' running mean; 0: none is kept"),
        ),
        section=ADVERSARIAL,
    ),
    SectionRows(
        "Stabilising",
        (
            _row("label_smoothing", "Label smoothing", Number(0, 1), "Taken from the target of real images only"),
            _row("instance_noise", "Instance noise", Number(0), "On all images that are judged; falls to 0"),
            _row("label_flips", "Flipped labels", Number(0, 0.5), "Share of images told the opposite of"),
            _row("spectral_normalisation", "Spectral norm", Boolean(), "The discriminator's kernels have norm 1"),
        ),
        section=ADVERSARIAL,
    ),
    _network("generator"),
    _network("discriminator"),
    SectionRows(
        "Samples",
        (
            _row("sample_count", "Images", Integer(1, 1024), "In the grid from noise that never changes"),
            _row("sample_every", "Every, epochs", Integer(1), "From one grid to the next"),
        ),
        section=ADVERSARIAL,
    ),
)
