"""Each loss against a formula of its own, in numpy, and the step's numbers against Keras's losses."""

import numpy as np
import pytest
import tensorflow as tf

from tests.engine.adversarial.projects import LATENT, gan
from workbench.engine.adversarial.feed import RealImages
from workbench.engine.adversarial.losses import LOSSES, gradient_penalty
from workbench.engine.adversarial.networks import Networks
from workbench.engine.adversarial.step import Step

SCORES = np.array([-3.0, -1.0, -0.25, 0.0, 0.5, 1.0, 4.0], np.float32)


def probability(scores):
    return 1 / (1 + np.exp(-scores.astype(np.float64)))


# name: (of a real image with target t, of a generated one, for the generator), as the papers write them
FORMULAS = {
    "non_saturating": (
        lambda s, t: -(t * np.log(probability(s)) + (1 - t) * np.log(1 - probability(s))),
        lambda s: -np.log(1 - probability(s)),
        lambda s: -np.log(probability(s)),
    ),
    "least_squares": (lambda s, t: (s - t) ** 2 / 2, lambda s: s**2 / 2, lambda s: (s - 1) ** 2 / 2),
    "hinge": (
        lambda s, t: -np.minimum(0, -1 + s),
        lambda s: -np.minimum(0, -1 - s),
        lambda s: -s,
    ),
    "wgan": (lambda s, t: -s, lambda s: s, lambda s: -s),
    "wgan_gp": (lambda s, t: -s, lambda s: s, lambda s: -s),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("target", [1.0, 0.9])
def test_each_loss_is_the_formula_of_its_paper(name, target):
    losses, (real, fake, generator) = LOSSES[name], FORMULAS[name]
    scores = tf.constant(SCORES)
    np.testing.assert_allclose(losses.real(scores, target), real(SCORES, target), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(losses.fake(scores), fake(SCORES), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(losses.generator(scores), generator(SCORES), rtol=1e-5, atol=1e-6)


def test_the_gradient_penalty_of_a_known_function_is_what_calculus_gives():
    random = np.random.default_rng(0)
    real, fake = random.normal(size=(2, 5, 4, 4, 1)).astype(np.float32)
    share = random.uniform(size=(5, 1, 1, 1)).astype(np.float32)
    weights = random.normal(size=(16, 1)).astype(np.float32)

    def score(images):
        flat = tf.reshape(images, [-1, 16])
        return tf.squeeze(tf.matmul(tf.square(flat), weights), 1)

    between = (share * real + (1 - share) * fake).reshape(5, 16)
    norms = np.linalg.norm(2 * between * weights[:, 0], axis=1)
    found = gradient_penalty(score, tf.constant(real), tf.constant(fake), tf.constant(share))
    assert float(found) == pytest.approx(np.mean((norms - 1) ** 2), rel=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_the_step_measures_these_losses_on_its_own_images(name):
    project = gan(loss=name, penalty=0.0, label_smoothing=0.1)
    networks = Networks(project)
    networks.discriminator.get_layer("drop").rate = 0.0
    real = RealImages(project, networks)
    step = Step(networks, project, 10)
    images, labels = real.batch(0, 0)
    before = networks.discriminator(images, training=False).numpy().ravel()
    latents = tf.random.stateless_normal([64, LATENT], [project.training.seed, 0])
    fake = networks.generator(latents, training=True)
    fake_before = networks.discriminator(fake, training=False).numpy().ravel()
    step.run(images, labels)
    after = networks.discriminator(fake, training=False).numpy().ravel()
    measured = step.metrics()
    of_real, of_fake, of_generator = FORMULAS[name]
    target = 0.9 if name in ("non_saturating", "least_squares") else 1.0
    discriminator_loss = of_real(before, target).mean() + of_fake(fake_before).mean()
    assert measured["discriminator_loss"] == pytest.approx(discriminator_loss, rel=1e-4, abs=1e-5)
    # The generator is judged by the discriminator as it has just become.
    assert measured["generator_loss"] == pytest.approx(of_generator(after).mean(), rel=1e-4, abs=1e-5)
    assert not np.allclose(after, fake_before)
