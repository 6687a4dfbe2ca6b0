"""Augmentation of 224 x 224 photographs, images a second: python -m tests.benchmarks.augmentation

Mirror, rotation, shift, zoom, brightness, contrast, saturation and hue, each applied every time. In turns, round by
round: ours in tf.numpy_function against Keras's preprocessing layers, both in tf.data on all cores; and ours from two
threads against albumentations from two threads, which runs in an environment of its own that is made for it
(`--albumentations PYTHON` names one that is there already, `--without-albumentations` leaves it out).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import IO, Any

import cv2
import numpy as np

from workbench.data.augmentation.catalogue import OPERATIONS
from workbench.data.augmentation.steps import Augmentation, Step
from workbench.data.feed import Feed, divide
from workbench.data.fit import Framing
from workbench.data.sources.arrays import ArraySource

SIDE, BATCH, COUNT, THREADS = 224, 32, 640, 2
VERSION = "2.0.8"
STEPS: tuple[tuple[str, dict[str, float]], ...] = (
    ("mirror_horizontal", {}),
    ("rotation", {"degrees": 15.0}),
    ("shift", {"x": 0.1, "y": 0.1}),
    ("zoom", {"minimum": 0.9, "maximum": 1.1}),
    ("brightness", {"amount": 0.2}),
    ("contrast", {"amount": 0.2}),
    ("saturation", {"amount": 0.3}),
    ("hue", {"degrees": 18.0}),
)
Round = Callable[[], float]
"""Does a round and gives images a second."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--albumentations", metavar="PYTHON", help="an interpreter that has it")
    parser.add_argument("--without-albumentations", action="store_true")
    parser.add_argument("--without-keras", action="store_true")
    options = parser.parse_args()
    images = photographs()
    feed = our_feed(images)
    print(f"{len(images)} photographs of {SIDE}x{SIDE}x3, {COUNT} images a round, median of {options.rounds} rounds")
    if not options.without_albumentations:
        with albumentations(images, options.albumentations) as theirs:
            rates = in_turns({"ours": lambda: in_threads(feed), f"albumentations {VERSION}": theirs}, options.rounds)
        tell(f"{THREADS} threads each", rates, wanted=1.0)
    if not options.without_keras:
        rates = in_turns(in_tf_data(feed, images), options.rounds)
        tell("tf.data, all cores", rates, wanted=10.0)


def photographs() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """scikit-image's colour photographs, cut into squares."""
    import skimage.data

    squares = []
    for name in ("astronaut", "cat", "coffee", "rocket"):
        image = getattr(skimage.data, name)()
        side = min(image.shape[:2])
        for start in range(0, max(image.shape[:2]) - side + 1, 50):
            part = image[:side, start : start + side] if image.shape[1] >= image.shape[0] else image[start:][:side]
            squares.append(cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA))
    return np.stack([squares[index % len(squares)] for index in range(64)])


def our_feed(images: np.ndarray[Any, np.dtype[np.uint8]]) -> Feed:
    """The product's own path: draws, one warp, tables, scaling to float32."""
    labels = np.arange(len(images)) % 4
    source = ArraySource("photographs", images, labels, tuple("abcd"), ("",) * len(images))
    steps = tuple(
        Step(OPERATIONS[key], OPERATIONS[key].values(params), 1.0, position)
        for position, (key, params) in enumerate(STEPS)
    )
    return Feed(divide(source, 0, 0, 0), np.arange(len(images)), Framing((SIDE, SIDE, 3)), 0, Augmentation(steps))


def in_threads(feed: Feed) -> float:
    """Batches from two threads."""

    def work(thread: int) -> None:
        for number in range(COUNT // BATCH // THREADS):
            feed.batch(np.arange(number * BATCH, (number + 1) * BATCH) % len(feed), thread)

    start = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    return COUNT / (time.perf_counter() - start)


@contextmanager
def albumentations(images: np.ndarray[Any, np.dtype[np.uint8]], python: str | None) -> Iterator[Round]:
    """A process that does a round for each line it is sent."""
    with tempfile.TemporaryDirectory() as folder:
        interpreter = python or own_environment(Path(folder, "venv"))
        path = Path(folder, "images.npy")
        np.save(path, images)
        script = Path(__file__).with_name("albumentations_rate.py")
        command = [interpreter, str(script), str(path), str(COUNT)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            yield lambda: asked(process.stdin, process.stdout)
            assert process.stdin is not None
            process.stdin.close()


def asked(sent: IO[str] | None, came: IO[str] | None) -> float:
    """One round of the other process."""
    assert sent is not None
    assert came is not None
    print("go", file=sent, flush=True)
    return float(came.readline())


def own_environment(folder: Path) -> str:
    """A virtual environment with albumentations, whose OpenCV would overwrite ours."""
    print(f"installing albumentations {VERSION} into an environment of its own ...", flush=True)
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", f"albumentations=={VERSION}"], check=True)
    return python


def in_tf_data(feed: Feed, images: np.ndarray[Any, np.dtype[np.uint8]]) -> dict[str, Round]:
    """Ours and Keras's layers as maps of a dataset of batches; Keras's also image by image."""
    import keras
    import tensorflow as tf

    layers = keras.layers
    constant = {"fill_mode": "constant", "seed": 0}
    keras_layers = [
        layers.RandomFlip("horizontal", seed=0),
        layers.RandomRotation(15 / 360, **constant),
        layers.RandomTranslation(0.1, 0.1, **constant),
        layers.RandomZoom((-0.1, 0.1), **constant),
        layers.RandomBrightness(0.2, value_range=(0, 255), seed=0),
        layers.RandomContrast(0.2, value_range=(0, 255), seed=0),
        layers.RandomSaturation((0.35, 0.65), value_range=(0, 255), seed=0),
        layers.RandomHue(0.05, value_range=(0, 255), seed=0),
    ]
    positions = np.arange(COUNT) % len(images)
    data = tf.data.Dataset.from_tensor_slices(positions)
    stored = tf.constant(images)

    def ours(chosen: Any) -> Any:
        return tf.numpy_function(lambda c: feed.batch(c, 0).images, (chosen,), tf.float32, stateful=False)

    def theirs(chosen: Any) -> Any:
        """A Sequential would ask for a batch; its layers take an image too."""
        varied = tf.cast(tf.gather(stored, chosen), tf.float32)
        for layer in keras_layers:
            varied = layer(varied, training=True)
        return varied / 255

    with tf.device("/CPU:0"):
        batches = data.batch(BATCH)
        # As many calls at once as the engine's pipeline makes; AUTOTUNE finds that out anew in every round.
        calls = max(2, len(os.sched_getaffinity(0)))
        datasets = {
            "ours": batches.map(ours, calls),
            "Keras layers, by batch": batches.map(theirs, calls),
            "Keras layers, by image": data.map(theirs, calls).batch(BATCH),
        }

    def consumed(dataset: Any) -> float:
        start = time.perf_counter()
        for _ in dataset.prefetch(2):
            pass
        return COUNT / (time.perf_counter() - start)

    return {name: partial(consumed, dataset) for name, dataset in datasets.items()}


def in_turns(rounds: dict[str, Round], count: int) -> dict[str, float]:
    """The median rate of each, after a round to warm up; one after the other in every round."""
    for once in rounds.values():
        once()
    rates: dict[str, list[float]] = {name: [] for name in rounds}
    for _ in range(count):
        for name, once in rounds.items():
            rates[name].append(once())
    return {name: median(of_one) for name, of_one in rates.items()}


def tell(title: str, rates: dict[str, float], wanted: float) -> None:
    """Rates, and how ours compares with the best of the others."""
    print(title)
    for name, rate in rates.items():
        print(f"  {name:28} {rate:8,.0f} images/s")
    best = max(rate for name, rate in rates.items() if name != "ours")
    print(f"  ratio {rates['ours'] / best:.2f} (wanted: {wanted} or more)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
