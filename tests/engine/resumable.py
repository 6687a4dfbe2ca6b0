"""Trains in a process of its own, killed at a batch: `python -m tests.engine.resumable RUNS RUN EPOCH.BATCH PHASES`."""

import os
import signal
import sys
import threading

from tests.engine.drawings import chain
from workbench.engine import run_job
from workbench.engine.training import progress
from workbench.project import AugmentationSettings, DatasetSettings, Project, TrainingSettings
from workbench.project.augmentation_presets import new_step
from workbench.project.file import dumps
from workbench.project.fine_tuning import FineTuning, read_phases, read_rates
from workbench.protocol import BatchProgress, Train

SETTINGS = {
    "epochs": 3,
    "batch_size": 64,
    "optimizer": "Adam",
    "optimizer_params": {"use_ema": True, "ema_momentum": 0.9},
    "learning_rate": 0.01,
    "schedule": "cosine",
    "schedule_params": {"warmup_epochs": 0.5},
    "deterministic": True,
    "early_stopping": True,
    "seed": 3,
}


def network():
    return chain(
        ("input", "image", {"shape": [8, 8, 1]}),
        ("keras.layers.Conv2D", "conv", {"filters": 8, "kernel_size": 3}),
        ("keras.layers.BatchNormalization", "norm", {}),
        ("keras.layers.ReLU", "relu", {}),
        ("keras.layers.Dropout", "drop_maps", {"rate": 0.2}),
        ("keras.layers.Flatten", "flat", {}),
        ("keras.layers.Dropout", "drop", {"rate": 0.3}),
        ("keras.layers.Dense", "classes", {"units": 10, "activation": "softmax"}),
    )


def augmentation():
    """Geometry, colours and mixing, each for some of the images."""
    steps = (new_step("rotation", 0.7), new_step("shift", 0.7), new_step("brightness", 0.5), new_step("mixup", 0.5))
    return AugmentationSettings(steps)


def project(**changes):
    training = TrainingSettings(**{**SETTINGS, **changes})
    return Project([network()], DatasetSettings(), training, title="resumable", augmentation=augmentation())


def phased(phases):
    """With phases, rates of parts, and no augmentation, so that features are kept."""
    tuning = FineTuning(read_phases(phases), read_rates("conv at 0.5"), normalisation_trains=True)
    found = project(fine_tuning=tuning)
    return Project(list(found.graphs.values()), found.dataset, found.training, title="phased")


def main(runs, resume, kill_at, phases=""):
    progress._EVENT_SECONDS = 0.0

    def report(event):
        if isinstance(event, BatchProgress) and f"{event.epoch}.{event.batch}" == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    drawn = phased(phases) if phases else project()
    command = Train(project=dumps(drawn).decode(), runs=runs, resume=resume)
    print(run_job(command, report, threading.Event()).run)


if __name__ == "__main__":
    main(*sys.argv[1:])
