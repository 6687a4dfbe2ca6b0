"""The recipe of docs/training.md: a template network on the complete Fashion-MNIST, trained through the product.

`python -m tests.benchmarks.fashion [--epochs N] [--template NAME] [--runs DIR]` prints a line an epoch, then the
seconds and the accuracy on the 10,000 test images of the weights that were best on the held-out ones.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
from pathlib import Path

import numpy as np

from workbench.project import (
    AugmentationSettings,
    DatasetSettings,
    Project,
    SetAugmentation,
    SetDataset,
    SetTraining,
    TrainingSettings,
)
from workbench.project.augmentation_presets import new_step
from workbench.project.file import dumps
from workbench.protocol import EpochEnd, Finished, Train

AUGMENTATION = AugmentationSettings((new_step("mirror_horizontal"),))
"""Clothes look alike from both sides; in so few epochs more variation costs more than it gives."""


def recipe(template: str, epochs: int) -> Project:
    """The project as a person would set it up."""
    from workbench.templates import get_template

    project = get_template(template).build({"input": [32, 32, 1], "classes": 10, "width": 0.5})
    project.apply(SetDataset(DatasetSettings(spec="fashion_mnist", validation_share=0.05)))
    project.apply(SetAugmentation(AUGMENTATION))
    training = TrainingSettings(
        epochs=epochs, batch_size=128, optimizer="Adam", learning_rate=0.003, schedule="one_cycle"
    )
    project.apply(SetTraining(training))
    return project


def main() -> None:
    """Trains and tests."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--template", default="resnet18")
    parser.add_argument("--runs", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(recipe(options.template, options.epochs), options.runs or Path(folder))


def run(project: Project, runs: Path) -> None:
    """Trains into `runs`; prints."""
    from workbench.engine import run_job

    def report(event: object) -> None:
        if isinstance(event, EpochEnd):
            accuracy = event.metrics["val_accuracy"]
            print(f"epoch {event.epoch}: {event.seconds:.1f} s, held-out accuracy {accuracy:.4f}", flush=True)

    done = run_job(Train(project=dumps(project).decode(), runs=str(runs)), report, threading.Event())
    assert isinstance(done, Finished)
    print(f"{done.epochs} epochs in {done.seconds:.0f} s; accuracy on 10,000 test images {tested(Path(done.run)):.4f}")


def tested(folder: Path) -> float:
    """Accuracy of a run's best weights on the test images."""
    from workbench.engine.feed import open_feeds
    from workbench.engine.reading import read_model, read_project
    from workbench.runs import Run

    opened = Run.open(folder)
    project = read_project(opened.project_file.read_bytes(), "the run")
    model = read_model(opened, project, "best")
    test = open_feeds(project, tuple(model.inputs[0].shape[1:])).test
    right = 0
    for start in range(0, len(test), 500):
        batch = test.batch(np.arange(start, min(start + 500, len(test))), 0)
        right += int((np.argmax(model.predict_on_batch(batch.images), axis=1) == batch.targets).sum())
    return right / len(test)


if __name__ == "__main__":
    main()
