"""One step of adversarial training as one TensorFlow function: the discriminator's update, then the generator's.

Every random number is a function of the seed and of the step's number alone, so that a run goes on bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from workbench.engine.adversarial.losses import LOSSES, gradient_penalty
from workbench.engine.adversarial.networks import Networks, arranged
from workbench.project import Project
from workbench.project.adversarial import ADVERSARIAL_LOSSES, DISCRIMINATOR, GENERATOR

NAMES = ("generator_loss", "discriminator_loss", "real_score", "fake_score")
"""What a step measures, in this order."""
_DRAWS = 16
"""Random draws that a step may make, each with a number of its own."""
_LATENT, _LATENT_AGAIN, _REAL_NOISE, _FAKE_NOISE, _FAKE_NOISE_AGAIN, _REAL_FLIPS, _FAKE_FLIPS, _BETWEEN = range(8)
PLACES = (DISCRIMINATOR, GENERATOR)


class Step:
    """Trains both networks by a batch. `steps` are those of the whole run, over which instance noise falls to 0."""

    def __init__(self, networks: Networks, project: Project, steps: int) -> None:
        self._networks = networks
        self._settings = project.adversarial
        self._losses = LOSSES[self._settings.loss]
        smooths = ADVERSARIAL_LOSSES[self._settings.loss].targets
        self._target = 1.0 - self._settings.label_smoothing if smooths else 1.0
        self._seed = project.training.seed
        self._steps = steps
        self.number = tf.Variable(0, dtype=tf.int64, trainable=False)
        """Steps done since the run began."""
        self.bad = tf.Variable([-1, 0], dtype=tf.int64, trainable=False)
        """The first step whose numbers were not finite and the place of the network in `PLACES`; -1: there is none."""
        self._sums = tf.Variable(tf.zeros([len(NAMES)]), trainable=False)
        self._counts = tf.Variable(tf.zeros([len(NAMES)]), trainable=False)
        self._averaged = networks.averaged_pairs()
        self.run = traced_once(self._run, xla=project.training.xla)
        """(images, labels): one step. Labels are () or a pair, as the generator's and as the discriminator's input."""

    def begin_epoch(self) -> None:
        """Means start anew."""
        self._sums.assign(tf.zeros_like(self._sums))
        self._counts.assign(tf.zeros_like(self._counts))

    def totals(self) -> tuple[list[float], list[float]]:
        """(sums, counts) of what was measured since the epoch began, in the order of `NAMES`."""
        return self._sums.numpy().tolist(), self._counts.numpy().tolist()

    def metrics(self) -> dict[str, float]:
        """Means since the epoch began; what was not measured yet is left out."""
        return means(*self.totals())

    def discriminate(self, images: Any, labels: Any) -> Any:
        """A score for each image, in training."""
        networks, given = self._networks, arranged(self._networks.discriminator, images, labels[1:])
        if networks.spectral is None:
            scores = networks.discriminator(given, training=True)
        else:
            fixed = networks.discriminator.non_trainable_variables
            weights = networks.spectral.weights()
            scores, updated = networks.discriminator.stateless_call(
                weights, [variable.value for variable in fixed], given, training=True
            )
            for variable, value in zip(fixed, updated, strict=True):
                variable.assign(value)
        return tf.reshape(tf.cast(scores, tf.float32), [-1])

    def _run(self, images: Any, labels: tuple[Any, ...]) -> None:
        if self._settings.discriminator_steps == 1:
            with tf.GradientTape() as tape:
                fake = self._generate(images, labels, _LATENT)
                with tape.stop_recording():
                    self._train_discriminator(images, fake, labels)
                loss, scaled = self._generator_loss(fake, labels)
            self._train_generator(tape, loss, scaled)
        else:
            self._train_discriminator(images, self._generate(images, labels, _LATENT), labels)
            due = (self.number + 1) % self._settings.discriminator_steps == 0
            tf.cond(due, lambda: self._generator_turn(images, labels), lambda: tf.constant(False))
        self.number.assign_add(1)

    def _generator_turn(self, images: Any, labels: Any) -> Any:
        with tf.GradientTape() as tape:
            loss, scaled = self._generator_loss(self._generate(images, labels, _LATENT_AGAIN), labels)
        self._train_generator(tape, loss, scaled)
        return tf.constant(True)

    # -- discriminator
    def _train_discriminator(self, images: Any, fake: Any, labels: Any) -> None:
        networks, settings = self._networks, self._settings
        if networks.spectral is not None:
            networks.spectral.iterate()
        weights = networks.discriminator.trainable_variables
        with tf.GradientTape() as tape:
            real_scores = self.discriminate(self._noisy(images, _REAL_NOISE), labels)
            fake_scores = self.discriminate(self._noisy(fake, _FAKE_NOISE), labels)
            loss = self._discriminator_loss(real_scores, fake_scores)
            if settings.loss == "wgan_gp":
                share = tf.random.stateless_uniform(tf.stack([tf.shape(images)[0], 1, 1, 1]), self._draw(_BETWEEN))
                penalty = gradient_penalty(lambda between: self.discriminate(between, labels), images, fake, share)
                loss += settings.penalty * penalty
            scaled = networks.discriminator_optimizer.scale_loss(loss)
        gradients = tape.gradient(scaled, [weight.value for weight in weights])
        self._apply(DISCRIMINATOR, loss, gradients, self._clip if settings.loss == "wgan" else None)
        self._measure(1, loss)
        self._measure(2, tf.reduce_mean(self._losses.shown(real_scores)))
        self._measure(3, tf.reduce_mean(self._losses.shown(fake_scores)))

    def _discriminator_loss(self, real_scores: Any, fake_scores: Any) -> Any:
        losses, share = self._losses, self._settings.label_flips
        real, fake = losses.real(real_scores, self._target), losses.fake(fake_scores)
        if share:
            real = tf.where(self._chance(real, _REAL_FLIPS) < share, losses.fake(real_scores), real)
            opposite = losses.real(fake_scores, self._target)
            fake = tf.where(self._chance(fake, _FAKE_FLIPS) < share, opposite, fake)
        return tf.reduce_mean(real) + tf.reduce_mean(fake)

    def _clip(self) -> None:
        for weight in self._networks.discriminator.trainable_variables:
            weight.value.assign(tf.clip_by_value(weight.value, -self._settings.clip, self._settings.clip))

    # -- generator
    def _generate(self, images: Any, labels: Any, draw: int) -> Any:
        generator = self._networks.generator
        count = images.shape[0] or tf.shape(images)[0]
        latents = tf.random.stateless_normal(tf.stack([count, self._networks.latent_size]), self._draw(draw))
        return tf.cast(generator(arranged(generator, latents, labels[:1]), training=True), tf.float32)

    def _generator_loss(self, fake: Any, labels: Any) -> tuple[Any, Any]:
        """The loss, and what its gradient is taken of."""
        scores = self.discriminate(self._noisy(fake, _FAKE_NOISE_AGAIN), labels)
        loss = tf.reduce_mean(self._losses.generator(scores))
        return loss, self._networks.generator_optimizer.scale_loss(loss)

    def _train_generator(self, tape: Any, loss: Any, scaled: Any) -> None:
        weights = [weight.value for weight in self._networks.generator.trainable_variables]
        self._apply(GENERATOR, loss, tape.gradient(scaled, weights), self._follow_average)
        self._measure(0, loss)

    def _follow_average(self) -> None:
        if not self._averaged:
            return
        done = tf.cast(self._networks.generator_optimizer.iterations.value, tf.float32)
        # Early on the mean is over the steps there were, as tf.train.ExponentialMovingAverage has it.
        decay = tf.minimum(self._settings.ema, (1.0 + done) / (10.0 + done))
        for mean, weight in self._averaged:
            mean.assign(mean * tf.cast(decay, mean.dtype) + weight * tf.cast(1.0 - decay, mean.dtype))

    # -- both
    def _apply(self, name: str, loss: Any, gradients: Sequence[Any], after: Any) -> None:
        """Updates a network, unless a number is or was not finite: then the weights stay, to look for the cause."""
        networks = self._networks
        model, optimizer = getattr(networks, name), getattr(networks, f"{name}_optimizer")
        finite = tf.math.is_finite(loss)
        if not _scales(optimizer):
            present = [gradient for gradient in gradients if gradient is not None]
            finite &= tf.math.is_finite(tf.cast(tf.linalg.global_norm(present), tf.float32))
        sound = finite & (self.bad[0] < 0)
        here = tf.stack([self.number, tf.constant(PLACES.index(name), tf.int64)])
        self.bad.assign(tf.where(finite | (self.bad[0] >= 0), self.bad, here))

        def update() -> Any:
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
            if after is not None:
                after()
            return tf.constant(True)

        tf.cond(sound, update, lambda: tf.constant(False))

    def _measure(self, place: int, value: Any) -> None:
        at = tf.one_hot(place, len(NAMES))
        self._sums.assign_add(at * tf.cast(value, tf.float32))
        self._counts.assign_add(at)

    def _noisy(self, images: Any, draw: int) -> Any:
        if not self._settings.instance_noise:
            return images
        left = 1.0 - tf.cast(self.number, tf.float32) / float(max(self._steps, 1))
        deviation = self._settings.instance_noise * tf.maximum(left, 0.0)
        return images + deviation * tf.random.stateless_normal(tf.shape(images), self._draw(draw))

    def _chance(self, like: Any, draw: int) -> Any:
        return tf.random.stateless_uniform(tf.shape(like), self._draw(draw))

    def _draw(self, number: int) -> Any:
        return tf.stack([tf.constant(self._seed, tf.int64), self.number * _DRAWS + number])


def traced_once(function: Callable[..., Any], xla: bool = False) -> Any:
    """A TensorFlow function that every training makes anew, which TensorFlow would take for a mistake and say so."""
    made = tf.function(function, autograph=False, jit_compile=xla)
    made._omit_frequent_tracing_warning = True
    return made


def means(sums: Sequence[float], counts: Sequence[float]) -> dict[str, float]:
    """The mean of each measure that there is one of."""
    return {name: total / count for name, total, count in zip(NAMES, sums, counts, strict=True) if count}


def _scales(optimizer: Any) -> bool:
    """Whether the loss is scaled: it overflows now and then, and the optimiser leaves such a step out by itself."""
    return isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
