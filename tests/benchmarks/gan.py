"""Steps a second of the DCGAN template through the product against a bare loop written by hand, and the ratio.

`python -m tests.benchmarks.gan [--epochs N] [--images N] [--data SPEC]`. Both train networks of the same drawing with
the same losses, optimisers and batches, the discriminator first and then the generator through the new discriminator
on the same images. The two take turns in one process, an epoch here and an epoch there, because the machine may be
busy with other things. The product's seconds are those of whole epochs: samples from fixed noise, diversity, alarms
and a checkpoint of every variable are in them. The first epoch of each, in which TensorFlow traces, is left out.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

from workbench.project import DatasetSettings, Project, SetDataset, SetTraining, TrainingSettings


def main() -> None:
    """Prints steps a second of every epoch and the ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--data", default="fashion_mnist")
    parser.add_argument("--share", type=float, default=0.75, help="of the training images that are left out")
    options = parser.parse_args()
    one, other, steps = side_by_side(recipe(options))
    for what, place in (("seconds", 0), ("processor seconds", 1)):
        for number, (bare, product) in enumerate(zip(one, other, strict=True), 1):
            print(f"epoch {number}: bare {bare[place]:.2f}, product {product[place]:.2f} {what} for {steps} steps")
        bare_rate, rate = (steps / statistics.median(took[place] for took in side) for side in (one, other))
        print(f"steps by {what[:-1]}: bare {bare_rate:.2f}, product {rate:.2f}, ratio {rate / bare_rate:.3f} (0.95)")


def recipe(options: argparse.Namespace) -> Project:
    """The project that both train."""
    from workbench.templates import get_template

    project = get_template("dcgan").build({"size": "28", "channels": 1})
    data = DatasetSettings(spec=options.data, value_range="-1..1", validation_share=options.share)
    project.apply(SetDataset(data))
    training = TrainingSettings(epochs=options.epochs + 1, batch_size=options.batch_size, keep_epochs="every")
    project.apply(SetTraining(training))
    return project


Took = tuple[float, float]
"""Seconds on the clock, and of all processors together, which other work does not lengthen."""


def side_by_side(project: Project) -> tuple[list[Took], list[Took], int]:
    """What each epoch took on either side, in turns, and the steps of one."""
    from workbench.engine import run_job
    from workbench.project.file import dumps
    from workbench.protocol import EpochEnd, Started, Train

    one: list[Took] = []
    other: list[Took] = []
    bare: list[Callable[[], None]] = []
    steps: list[int] = []
    began: list[Took] = []

    def now() -> Took:
        return time.perf_counter(), time.process_time()

    def since(then: Took) -> Took:
        seconds, processor = now()
        return seconds - then[0], processor - then[1]

    def report(event: object) -> None:
        match event:
            case Started(batches=batches):
                steps.append(batches)
                bare.append(bare_loop(project, batches))
                bare[0]()
                began.append(now())
            case EpochEnd(epoch=epoch):
                took = since(began[-1])
                if epoch > 1:
                    other.append(took)
                    then = now()
                    bare[0]()
                    one.append(since(then))
                began.append(now())

    with tempfile.TemporaryDirectory() as folder:
        run_job(Train(project=dumps(project).decode(), runs=folder, device="cpu"), report, threading.Event())
    return one, other, steps[0]


def bare_loop(project: Project, batches: int) -> Callable[[], None]:
    """An epoch of training as one would write it down, with nothing around it."""
    import keras
    import numpy as np
    import tensorflow as tf

    from workbench.engine.compile import build_model
    from workbench.engine.feed import open_feeds

    generator = build_model(project.graph("generator"), 0)
    discriminator = build_model(project.graph("discriminator"), 1)
    size = project.training.batch_size
    feed = open_feeds(project, (28, 28, 1)).training
    images = np.concatenate(
        [feed.batch(np.arange(at, min(at + 4096, len(feed))), 0).images for at in range(0, len(feed), 4096)]
    )
    data = tf.data.Dataset.from_tensor_slices(images).shuffle(len(images)).batch(size, drop_remainder=True).prefetch(2)
    of_generator, of_discriminator = keras.optimizers.Adam(2e-4, 0.5), keras.optimizers.Adam(2e-4, 0.5)

    def entropy(target: Any, scores: Any) -> Any:
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=target, logits=scores))

    @tf.function
    def step(real: Any) -> tuple[Any, Any]:
        noise = tf.random.normal([size, 100])
        with tf.GradientTape() as generator_tape:
            fake = generator(noise, training=True)
            with generator_tape.stop_recording():
                with tf.GradientTape() as tape:
                    real_scores, fake_scores = discriminator(real, training=True), discriminator(fake, training=True)
                    first = entropy(tf.ones_like(real_scores), real_scores)
                    loss = first + entropy(tf.zeros_like(fake_scores), fake_scores)
                gradients = tape.gradient(loss, discriminator.trainable_variables)
                of_discriminator.apply_gradients(zip(gradients, discriminator.trainable_variables, strict=True))
            scores = discriminator(fake, training=True)
            wanted = entropy(tf.ones_like(scores), scores)
        gradients = generator_tape.gradient(wanted, generator.trainable_variables)
        of_generator.apply_gradients(zip(gradients, generator.trainable_variables, strict=True))
        return wanted, loss

    def epoch() -> None:
        losses = tf.constant(0.0)
        for real in data.take(batches):
            losses = step(real)[0]
        float(losses)

    return epoch


if __name__ == "__main__":
    main()
