"""What each switch of adversarial training does to a step."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.engine.adversarial.projects import gan
from workbench.engine.adversarial.feed import RealImages
from workbench.engine.adversarial.networks import Networks, arranged
from workbench.engine.adversarial.step import Step


def begin(project, steps=10):
    networks = Networks(project)
    return networks, RealImages(project, networks), Step(networks, project, steps)


def weights(model):
    return [np.array(keras.ops.convert_to_numpy(weight)) for weight in model.trainable_variables]


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_generator_is_updated_once_in_so_many_steps_of_the_discriminator():
    networks, real, step = begin(gan(discriminator_steps=3))
    changed = []
    for number in range(6):
        before = weights(networks.generator), weights(networks.discriminator)
        step.run(*real.batch(0, number))
        changed.append(not same(before[0], weights(networks.generator)))
        assert not same(before[1], weights(networks.discriminator))
    assert changed == [False, False, True] * 2
    assert int(networks.generator_optimizer.iterations) == 2


def test_each_network_has_its_own_optimiser_and_rate():
    project = gan(generator_optimizer="SGD", generator_optimizer_params={}, generator_rate=1e-9, discriminator_rate=0.1)
    networks, real, step = begin(project)
    before = weights(networks.generator), weights(networks.discriminator)
    step.run(*real.batch(0, 0))
    assert type(networks.generator_optimizer).__name__ == "SGD"
    assert max(np.abs(a - b).max() for a, b in zip(before[0], weights(networks.generator), strict=True)) < 1e-6
    # Adam's first step is as long as its rate.
    moved = [np.abs(a - b).max() for a, b in zip(before[1], weights(networks.discriminator), strict=True)]
    assert moved[0] == pytest.approx(0.1, rel=1e-3)


def test_wgan_keeps_every_weight_of_the_critic_within_the_clip():
    networks, real, step = begin(gan(loss="wgan", clip=0.02))
    assert max(np.abs(weight).max() for weight in weights(networks.discriminator)) > 0.02
    step.run(*real.batch(0, 0))
    assert max(np.abs(weight).max() for weight in weights(networks.discriminator)) <= 0.02


def test_the_average_follows_the_generator_as_the_formula_says():
    networks, real, step = begin(gan(ema=0.5))
    expected = weights(networks.average)
    for number in range(4):
        step.run(*real.batch(0, number))
        decay = min(0.5, (2 + number) / (11 + number))
        now = weights(networks.generator)
        expected = [decay * mean + (1 - decay) * value for mean, value in zip(expected, now, strict=True)]
    for found, wanted in zip(weights(networks.average), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)
    assert networks.sampler is networks.average


def test_flips_swap_the_two_losses_of_the_samples_that_chance_names():
    project = gan(label_flips=0.3)
    _, _, step = begin(project)
    real_scores, fake_scores = tf.linspace(-2.0, 2.0, 64), tf.linspace(-1.0, 3.0, 64)

    def entropy(scores, told_real):
        targets = np.asarray(told_real, np.float32)
        return float(keras.losses.BinaryCrossentropy(from_logits=True)(targets[:, None], scores[:, None]))

    flips = [np.asarray(tf.random.stateless_uniform([64], [project.training.seed, draw])) < 0.3 for draw in (5, 6)]
    assert 0 < flips[0].sum() < 64
    expected = entropy(real_scores, ~flips[0]) + entropy(fake_scores, flips[1])
    assert float(step._discriminator_loss(real_scores, fake_scores)) == pytest.approx(expected, rel=1e-4)


def test_instance_noise_falls_from_its_deviation_to_nothing_over_the_run():
    _, _, step = begin(gan(instance_noise=0.4), steps=100)
    still = tf.zeros([64, 8, 8, 1])
    deviations = []
    for number in (0, 50, 100, 150):
        step.number.assign(number)
        deviations.append(float(tf.math.reduce_std(step._noisy(still, 2))))
    assert deviations == pytest.approx([0.4, 0.2, 0.0, 0.0], abs=0.02)


def test_the_class_reaches_both_networks():
    project = gan(conditional=True)
    networks, real, step = begin(project)
    images, labels = real.batch(0, 0)
    of_generator, of_discriminator = labels
    assert of_generator.shape == of_discriminator.shape == (64, 10)
    np.testing.assert_array_equal(np.asarray(of_generator).sum(axis=1), 1)
    others = tuple(tf.roll(label, 1, axis=1) for label in labels)
    assert not np.allclose(step.discriminate(images, labels), step.discriminate(images, others))
    before = weights(networks.generator)
    step.run(images, labels)
    assert not same(before, weights(networks.generator))


@pytest.mark.parametrize(
    "settings",
    [
        {"loss": "non_saturating"},
        {"loss": "least_squares", "conditional": True},
        {"loss": "hinge", "discriminator_steps": 2, "spectral_normalisation": True, "ema": 0.9},
        {"loss": "wgan"},
        {"loss": "wgan_gp"},
    ],
)
def test_training_brings_the_mean_generated_digit_nearer_to_the_real_one(settings):
    networks, real, step = begin(gan(generator_rate=1e-3, discriminator_rate=1e-3, **settings), 150)
    target = np.mean(real.some(), axis=0)

    def distance():
        noise = tf.random.stateless_normal([256, 6], [9, 9])
        labels = tuple(map(tf.constant, real.labels(np.arange(256) % 10)))
        images = networks.generator(arranged(networks.generator, noise, labels[:1]), training=True)
        return float(np.square(np.mean(images, axis=0) - target).mean())

    before = distance()
    for number in range(150):
        step.run(*real.batch(number // real.batches, number % real.batches))
    assert int(step.bad[0]) == -1
    assert distance() < 0.7 * before
