"""A frozen MobileNetV2 with a new head: how long each epoch takes, with its features kept and without.

`python -m tests.benchmarks.frozen_features [--images N] [--epochs N]`. Random weights and random images of 96x96: what
they show makes no difference to the time. The first epoch counts from when features begin to be computed; validation
and saving are in every epoch. The same project is then trained without keeping features.
"""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

_SIZE = 96


def main() -> None:
    """Prints the seconds of each epoch and the ratio of the second to the first."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with tempfile.TemporaryDirectory() as folder:
        project = frozen_project(Path(folder), options.images, options.epochs)
        kept = seconds_by_epoch(project(True), Path(folder) / "kept")
        bare = seconds_by_epoch(project(False), Path(folder) / "bare")
    for what, seconds in (("features kept", kept), ("computed in every epoch", bare)):
        print(f"{what}: " + ", ".join(f"epoch {number} {each:.2f} s" for number, each in enumerate(seconds, 1)))
    print(f"second epoch of the first, features kept: {kept[1] / kept[0]:.3f} (at most 0.2)")
    print(f"second epoch, kept against computed: {kept[1] / bare[1]:.3f}")


def frozen_project(folder: Path, images: int, epochs: int) -> Any:
    """Makes the project that trains, with features kept or not."""
    import keras
    import numpy as np

    from workbench.graph import edits
    from workbench.importing import import_model
    from workbench.project import DatasetSettings, Project, SetDataset, SetTraining, TrainingSettings

    base = keras.applications.MobileNetV2((_SIZE, _SIZE, 3), include_top=False, weights=None, pooling="avg")
    head = keras.layers.Dense(10, activation="softmax", name="new_head")(base.output)
    keras.Model(base.input, head, name="mobilenet").save(folder / "model.keras")
    random = np.random.default_rng(0)
    np.savez(
        folder / "images.npz",
        x_train=random.integers(0, 256, (images, _SIZE, _SIZE, 3), np.uint8),
        y_train=random.integers(0, 10, images),
    )

    def project(kept: bool) -> Project:
        made: Project = import_model(folder / "model.keras").project
        (graph,) = made.graphs.values()
        backbone = [node.id for node in graph if node.name != "new_head"]
        edits.set_trainable(graph, backbone, False).apply(graph)
        made.apply(SetDataset(DatasetSettings(spec=str(folder / "images.npz"))))
        made.apply(SetTraining(TrainingSettings(epochs=epochs, cache_features=kept)))
        return made

    return project


def seconds_by_epoch(project: Any, runs: Path) -> list[float]:
    """Of a training in this process."""
    from workbench.engine import run_job
    from workbench.project.file import dumps
    from workbench.protocol import EpochEnd, Log, Stage, Started, Train

    ends: list[float] = []

    def hear(event: Any) -> None:
        now = time.monotonic()
        match event:
            case Started():
                ends.append(now)
            case EpochEnd():
                ends.append(now)
            case Log(text=text) if "features" in text:
                print(text)
            case Stage(text=text, done=0):
                print(text)

    run_job(Train(project=dumps(project).decode(), runs=str(runs)), hear, threading.Event())
    return [end - begun for begun, end in itertools.pairwise(ends)]


if __name__ == "__main__":
    main()
