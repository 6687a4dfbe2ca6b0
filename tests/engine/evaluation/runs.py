"""Runs for tests of evaluation: trained a little, or with weights that were never trained."""

import threading
from pathlib import Path

import numpy as np
from PIL import Image

from workbench.engine import run_job
from workbench.engine.compile import build_model
from workbench.engine.variables import model_arrays
from workbench.project import AugmentationSettings, DatasetSettings, Project, TrainingSettings, project_catalogue
from workbench.project.file import dumps
from workbench.runs import Checkpoint, Run, RunStatus, RunStore

DIGITS = tuple("0123456789")


def stored_run(root, graph, names=DIGITS, *, change=None, augmentation=(), blocks=(), seed=0, **data):
    """A finished run with initial weights, which `change` may alter, given the model."""
    settings = DatasetSettings(**data)
    training = TrainingSettings(seed=seed)
    project = Project(
        [graph], settings, training, title="made", augmentation=AugmentationSettings(tuple(augmentation)), blocks=blocks
    )
    model = build_model(graph, seed, project_catalogue(project.blocks.values()))
    if change is not None:
        change(model)
    facts = {"class_names": tuple(names), "dataset": settings.spec}
    with RunStore(Path(root)).create("made", dumps(project).decode(), seed, **facts) as run:
        run.save_best(Checkpoint(model_arrays(model)))
        run.finish(RunStatus.FINISHED)
        return Run.open(run.folder), model


def do(command, stop=None):
    """Does a job in this process; the event that ended it and those before."""
    events = []
    return run_job(command, events.append, stop or threading.Event()), events


def folder_dataset(root, counts, size=8, seed=0):
    """Class folders of PNG images: class name to how many; brighter from class to class."""
    rng = np.random.default_rng(seed)
    for level, (name, count) in enumerate(counts.items()):
        (root / name).mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(0, 100, (size, size)) + 60 * level
            Image.fromarray(pixels.astype(np.uint8)).save(root / name / f"{number:03d}.png")
    return str(root)
