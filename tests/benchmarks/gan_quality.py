"""How good the DCGAN template gets on Fashion-MNIST in a few minutes, measured by a classifier trained beforehand.

`python -m tests.benchmarks.gan_quality [--data SPEC] [--runs DIR] [--classifier RUN] [--minutes 5 10] [--busy]` makes
the projects by `workbench new`, trains them by `workbench train` for at most so many minutes (stopped as by Ctrl-C at
the limit) and asks the product for samples and for its own measures. With `--busy`, where other work runs beside it, a
minute is 120 seconds of processor time: what two cores give to one process. Exit code 1 where a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil

from workbench.project import DatasetSettings, Project, TrainingSettings, save_project
from workbench.templates.builder import NetworkBuilder

_SEEN, _ASKED = 2000, 1000
_CORES = 2
_OWN_COMMAND = [sys.executable, "-m", "workbench"]


def main() -> int:
    """Trains and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", default="fashion_mnist")
    parser.add_argument("--runs", type=Path)
    parser.add_argument("--classifier", type=Path, help="the folder of a run that was trained on the same data")
    parser.add_argument("--plain", type=Path, help="the folder of a run to measure instead of training one")
    parser.add_argument("--conditional", type=Path, help="likewise, of a conditional GAN")
    parser.add_argument("--minutes", type=float, nargs=2, default=(5.0, 10.0), help="at most, of either GAN")
    parser.add_argument("--busy", action="store_true", help="count the time of two processors instead of the clock's")
    parser.add_argument("--epochs", type=int, nargs=2, default=(12, 20), help="at most, of either GAN")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        options.runs = options.runs or Path(folder)
        options.runs.mkdir(parents=True, exist_ok=True)
        return measure(options)


def measure(options: argparse.Namespace) -> int:
    """All numbers, and whether each reaches its bar."""
    classifier = options.classifier or train(classifier_project(options), options, 0, 60)
    rows = [("classifier's accuracy on the test images", accuracy(classifier), ">=", 0.90)]
    first, second = zip(options.epochs, options.minutes, strict=True)
    plain = options.plain or train(new(options, "plain"), options, *first)
    rows += plain_rows(plain, classifier)
    conditional = options.conditional or train(new(options, "conditional", "conditional=true"), options, *second)
    rows.append(("share of the asked class, conditional", asked_share(conditional, classifier), ">=", 0.80))
    width = max(len(row[0]) for row in rows)
    missed = 0
    for name, value, sign, bar in rows:
        reached = value >= bar if sign == ">=" else value <= bar
        missed += not reached
        print(f"{name:<{width}}  {value:9.4f}  {sign} {bar:g}  {'reached' if reached else 'MISSED'}", flush=True)
    print(f"grids: {plain}/samples, {conditional}/samples")
    return 1 if missed else 0


def classifier_project(options: argparse.Namespace) -> Path:
    """A small network that reaches 0.91 or more in a few minutes."""
    build = NetworkBuilder()
    x = build.input([28, 28, 1], "image")
    for number, filters in enumerate((32, 64), 1):
        x = build.layer("Conv2D", f"conv_{number}", x, filters=filters, kernel_size=3, padding="same", use_bias=False)
        x = build.layer("BatchNormalization", f"norm_{number}", x, momentum=0.9)
        x = build.layer("ReLU", f"relu_{number}", x)
        x = build.layer("MaxPooling2D", f"pool_{number}", x)
    x = build.layer("Flatten", "flat", x)
    x = build.layer("Dense", "features", x, units=128, activation="relu")
    x = build.layer("Dropout", "drop", x, rate=0.3)
    build.layer("Dense", "classes", x, units=10, activation="softmax")
    training = TrainingSettings(epochs=6, batch_size=128, learning_rate=0.003, schedule="one_cycle")
    data = DatasetSettings(spec=options.data, validation_share=0.05)
    path = options.runs / "classifier.workbench"
    save_project(Project([build.finish()], data, training, "classifier"), path)
    return path


def new(options: argparse.Namespace, name: str, *parameters: str) -> Path:
    """The template as a person would ask for it."""
    path: Path = options.runs / f"{name}.workbench"
    given = ("size=28", "channels=1", f"data={options.data}", *parameters)
    asked = [part for parameter in given for part in ("-p", parameter)]
    subprocess.run([*_OWN_COMMAND, "new", "dcgan", *asked, "-o", str(path), "--force"], check=True)
    return path


def train(project: Path, options: argparse.Namespace, epochs: int, minutes: float) -> Path:
    """`workbench train`, stopped as by Ctrl-C after so many minutes; the run's folder."""
    command = [*_OWN_COMMAND, "train", str(project), "--runs", str(options.runs), "--device", "cpu", "--json"]
    command += ["--epochs", str(epochs)] if epochs else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        watcher = threading.Thread(target=stop_after, args=(process, minutes * 60, options.busy), daemon=True)
        watcher.start()
        text, _ = process.communicate()
    done = json.loads(text)
    print(f"{project.stem}: {done['status']} after {done['epochs']} epochs, {done['seconds']:.0f} s", flush=True)
    return Path(done["run"])


def stop_after(process: subprocess.Popen[str], seconds: float, busy: bool) -> None:
    """Presses Ctrl-C when the time is over."""
    began, measured = time.monotonic(), psutil.Process(process.pid)
    while process.poll() is None:
        try:
            times = measured.cpu_times()
        except psutil.NoSuchProcess:
            return
        if ((times.user + times.system) / _CORES if busy else time.monotonic() - began) >= seconds:
            process.send_signal(signal.SIGINT)
            return
        time.sleep(0.5)


def accuracy(classifier: Path) -> float:
    """Share of the test images that the classifier gets right."""
    from workbench.engine import run_job
    from workbench.protocol import Evaluate, Evaluated

    done = run_job(Evaluate(runs=(str(classifier),), part="test"), lambda event: None, threading.Event())
    assert isinstance(done, Evaluated)
    return done.members[0].accuracy


def plain_rows(run: Path, classifier: Path) -> list[tuple[str, float, str, float]]:
    """Of 2,000 samples: the rarest class, and the distance as a share of the untrained generator's."""
    from workbench.engine import run_job
    from workbench.protocol import LAST, MeasureQuality, QualityDone

    command = MeasureQuality(run=str(run), classifier=str(classifier), epochs=(0, LAST), count=_SEEN, part="test")
    done = run_job(command, lambda event: None, threading.Event())
    assert isinstance(done, QualityDone)
    before, after = done.points
    for name, share in zip(done.class_names, after.shares, strict=True):
        print(f"  {name:<14} {share:6.1%} of the samples")
    print(
        f"  Frechet distance {before.frechet:.2f} untrained, {after.frechet:.2f} trained; coverage {after.coverage:.3f}"
    )
    return [
        ("rarest class among the samples", min(after.shares), ">=", 0.01),
        ("Frechet distance, of the untrained generator's", after.frechet / before.frechet, "<=", 0.1),
    ]


def asked_share(run: Path, classifier: Path) -> float:
    """How often the classifier takes an image for the class that was asked for, of 1,000."""
    from workbench.engine import run_job
    from workbench.engine.generating.features import open_features
    from workbench.protocol import Sample, Sampled

    done = run_job(Sample(run=str(run), count=_ASKED), lambda event: None, threading.Event())
    assert isinstance(done, Sampled)
    with np.load(done.path, allow_pickle=False) as file:
        images, labels = file["images"], file["labels"]
    taken = open_features(str(classifier), "cpu").look(images)[1].argmax(axis=1)
    for number, name in enumerate(done.class_names):
        print(f"  {name:<14} {np.mean(taken[labels == number] == number):6.1%} as asked")
    return float(np.mean(taken == labels))


if __name__ == "__main__":
    sys.exit(main())
