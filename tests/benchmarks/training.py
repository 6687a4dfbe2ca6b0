"""LeNet-5 on Fashion-MNIST through the whole product against bare `model.fit`: seconds an epoch, and the ratio.

`python -m tests.benchmarks.training [--epochs N] [--images N] [--batch-size N]`. Both train with the same batch size,
at the niceness of the engine process, on the same 32x32 float images. The product's side is the engine process as the
window starts it, with every callback on, and a client that reads its events as they come. The two take turns, an epoch
here and an epoch there, because the machine may be busy with other things. The first epoch of each, in which
TensorFlow traces, is left out.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

_NICENESS = 10
"""That of the engine process."""


@dataclass(frozen=True)
class Took:
    """An epoch: seconds on the clock, and seconds of all processors together, which other work does not lengthen."""

    seconds: float
    processor: float


def main() -> None:
    """Prints the seconds of every epoch and their ratio."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--data", default="fashion_mnist")
    options = parser.parse_args()
    if options.bare:
        bare(options)
        return
    bare_epochs, product_epochs, stop_seconds = side_by_side(options)
    for number, (one, other) in enumerate(zip(bare_epochs, product_epochs, strict=True), 1):
        print(
            f"epoch {number}: bare fit {one.seconds:.2f} s (processor {one.processor:.2f} s), "
            f"product {other.seconds:.2f} s (processor {other.processor:.2f} s)"
        )
    for what in ("seconds", "processor"):
        fit, product = (
            statistics.median(getattr(each, what) for each in side) for side in (bare_epochs, product_epochs)
        )
        print(f"{what}, median: bare fit {fit:.2f}, product {product:.2f}, ratio {product / fit:.3f} (at most 1.10)")
    print(f"stop, from the order to its answer: {stop_seconds * 1000:.0f} ms")


def recipe(options: argparse.Namespace):  # type: ignore[no-untyped-def]
    """The project that both train."""
    from workbench.project import DatasetSettings, SetDataset, SetTraining, TrainingSettings
    from workbench.templates import get_template

    project = get_template("lenet5").build()
    project.apply(SetDataset(DatasetSettings(spec=options.data, validation_share=0.0)))
    training = TrainingSettings(epochs=options.epochs + 2, batch_size=options.batch_size, schedule="cosine")
    project.apply(SetTraining(training))
    return project


def bare(options: argparse.Namespace) -> None:
    """An epoch of `fit` on resized arrays for every line on standard input; its seconds on standard output."""
    os.nice(_NICENESS)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    answers, sys.stdout = sys.stdout, sys.stderr
    import keras
    import numpy as np

    from workbench.engine.compile import build_model
    from workbench.engine.feed import open_feeds

    project = recipe(options)
    model = build_model(next(iter(project.graphs.values())), 0)
    feed = open_feeds(project, (32, 32, 1)).training
    batches = [feed.batch(np.arange(start, min(start + 4096, len(feed))), 0) for start in range(0, len(feed), 4096)]
    images = np.concatenate([batch.images for batch in batches])
    labels = np.concatenate([batch.targets for batch in batches])
    model.compile(keras.optimizers.Adam(), "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    for _ in sys.stdin:
        began, worked = time.perf_counter(), time.process_time()
        model.fit(images, labels, batch_size=options.batch_size, epochs=1, verbose=0)
        print(time.perf_counter() - began, time.process_time() - worked, file=answers, flush=True)


def side_by_side(options: argparse.Namespace) -> tuple[list[Took], list[Took], float]:
    """Seconds of each epoch of either side, in turns, and those that a stop takes."""
    from workbench.jobs import EngineProcess
    from workbench.project.file import dumps
    from workbench.protocol import Continue, EpochEnd, Failed, Pause, Stop, Stopped, Train

    command = [sys.executable, "-m", "tests.benchmarks.training", "--bare", "--batch-size", str(options.batch_size)]
    command += ["--data", options.data, "--epochs", str(options.epochs)]
    one: list[Took] = []
    other: list[Took] = []
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process,
        tempfile.TemporaryDirectory() as folder,
    ):
        ask, answers = process.stdin, process.stdout
        assert ask is not None
        assert answers is not None

        def bare_epoch() -> Took:
            print(file=ask, flush=True)
            seconds, processor = answers.readline().split()
            return Took(float(seconds), float(processor))

        bare_epoch()  # traces
        with EngineProcess(Path(folder) / "engine.log") as engine:
            project = dumps(recipe(options)).decode()
            job = engine.send(Train(project=project, runs=folder, name="benchmark", device="cpu"))
            epochs, began, stopped, worked = 0, 0.0, 0.0, 0.0
            while not stopped:
                received = engine.receive()
                assert received is not None
                match received.message:
                    case EpochEnd(seconds=seconds):
                        epochs += 1
                        if epochs > 1:
                            other.append(Took(seconds, processor_seconds(engine.pid) - worked))
                        if epochs > options.epochs:
                            began = time.perf_counter()
                            engine.send(Stop(), job)
                            continue
                        engine.send(Pause(), job)
                        time.sleep(0.5)
                        one.append(bare_epoch())
                        worked = processor_seconds(engine.pid)
                        engine.send(Continue(), job)
                    case Stopped():
                        stopped = time.perf_counter() - began
                    case Failed(message=message):
                        raise SystemExit(message)
        ask.close()
        process.wait()
    return one, other, stopped


def processor_seconds(pid: int | None) -> float:
    """What a process has computed so far, on all processors together."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
