"""Where numbers stopped being finite in adversarial training."""

from __future__ import annotations

from typing import Any, NoReturn

import tensorflow as tf

from workbench.engine.adversarial.networks import Networks, arranged
from workbench.engine.errors import JobError
from workbench.engine.training.diagnosis import Finding, first_bad_output

_HINT = "Try learning rates ten times smaller, or clip the gradients."


def explain_divergence(networks: Networks, which: str, batch: tuple[Any, Any], epoch: int, at: int) -> NoReturn:
    """Raises JobError naming the network and, where it can be found, the first layer. `epoch` and `at` are from 1."""
    found = _first(networks, *batch)
    where = f"(epoch {epoch}, batch {at})"
    if found is None:
        raise JobError(f"The {which}'s loss is no longer a finite number {where}: the training diverged.", _HINT)
    name, finding = found
    raise JobError(
        f"The {which}'s loss is no longer a finite number {where}: in the {name}, {finding.message}", finding.hint
    )


def _first(networks: Networks, images: Any, labels: tuple[Any, ...]) -> tuple[str, Finding] | None:
    generator, discriminator = networks.generator, networks.discriminator
    noise = tf.random.stateless_normal([len(images), networks.latent_size], [0, 0])
    looked = arranged(generator, noise, labels[:1])
    if finding := first_bad_output(generator, looked):
        return "generator", finding
    for seen in (images, generator(looked, training=False)):
        if finding := first_bad_output(discriminator, arranged(discriminator, seen, labels[1:])):
            return "discriminator", finding
    return None
