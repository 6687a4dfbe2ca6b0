"""How near a generator's images come to real ones over its training, by what a classifier sees in them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from workbench.data.progress import Cancelled
from workbench.data.source import Indices
from workbench.engine import devices
from workbench.engine.errors import JobError
from workbench.engine.evaluation.places import result_file
from workbench.engine.evaluation.telling import Counter, Interrupted
from workbench.engine.generating.features import FeatureNetwork, Features, open_features
from workbench.engine.generating.points import chosen_labels
from workbench.engine.generating.real_images import RealImages, open_real
from workbench.engine.generating.sampler import Points, Sampler, open_sampler
from workbench.evaluation import fidelity, frechet_distance, moments
from workbench.evaluation.generative import NEIGHBOURS
from workbench.evaluation.latents import latents
from workbench.project import write_atomic
from workbench.protocol import (
    EVERY_CLASS,
    LAST,
    AnyEvent,
    MeasureQuality,
    QualityDone,
    QualityMeasured,
    Stage,
    Stopped,
)
from workbench.runs import Run

Report = Callable[[AnyEvent], None]
_LEAST = NEIGHBOURS + 1
_MOST = 50_000
_FEW = 1000
_BLOCK = 64


def measure_quality(command: MeasureQuality, report: Report, stop: threading.Event) -> QualityDone | Stopped:
    """Measures epoch after epoch. Raises JobError, DatasetError, RunStoreError or GenerativeError."""
    began = time.monotonic()
    if not _LEAST <= command.count <= _MOST:
        raise JobError(f"Expected {_LEAST} to {_MOST:,} images. Received: {command.count}")
    report(Stage(text="reading the runs"))
    run = Run.open(Path(command.run))
    epochs = command.epochs or _epochs(run)
    try:
        with devices.placed_on(devices.choose(command.device, devices.inventory().devices)):
            network = open_features(command.classifier, command.device)
            sampler = open_sampler(command.run, epochs[0], command.averaged, command.device)
            report(Stage(text="reading the dataset"))
            images, part = open_real(sampler, command.part, stop)
            counter = Counter(min(command.count, len(images)) * (1 + len(epochs)), report, stop)
            measure = _Measure(network, images, command, counter)
            points = [measure.of(epoch, report) for epoch in epochs]
    except (Interrupted, Cancelled):
        return Stopped()
    done = QualityDone(
        path=str(Path(command.path) if command.path else result_file(run, "quality", ".json")),
        classifier=network.classifier.trained.run.name,
        class_names=network.classifier.class_names,
        images=measure.count,
        part=part,
        points=tuple(points),
        seconds=time.monotonic() - began,
        notes=tuple(_notes(command, measure.count, part, epochs, run)),
    )
    _write(done, command)
    return done


class _Measure:
    """Real images once, then generated ones of each epoch."""

    def __init__(self, network: FeatureNetwork, real: RealImages, command: MeasureQuality, counter: Counter) -> None:
        self.count = min(command.count, len(real))
        if self.count < _LEAST:
            raise JobError(f"Expected at least {_LEAST} real images to compare with. Received: {self.count}")
        self._network = network
        self._command = command
        self._counter = counter
        counter.text = "looking at the real images"
        chosen: Indices = real.feed.order(0)[: self.count]
        self._real = np.concatenate([self._look(block)[0] for _, block in real.blocks(chosen)])
        self._moments = moments(self._real)

    def of(self, epoch: int, report: Report) -> QualityMeasured:
        """Measures one epoch, and tells."""
        command = self._command
        sampler = open_sampler(command.run, epoch, command.averaged, command.device)
        self._counter.text = f"looking at the images of epoch {sampler.epoch}"
        features, probabilities = self._generated(sampler)
        near = fidelity(self._real, features)
        taken = np.bincount(probabilities.argmax(axis=1), minlength=probabilities.shape[1]) / len(probabilities)
        point = QualityMeasured(
            epoch=sampler.epoch,
            frechet=frechet_distance(self._moments, moments(features)),
            coverage=near.coverage,
            density=near.density,
            shares=tuple(taken.tolist()),
        )
        report(point)
        return point

    def _generated(self, sampler: Sampler) -> tuple[Features, Features]:
        parts = []
        for start in range(0, self.count, _BLOCK):
            count = min(_BLOCK, self.count - start)
            labels = chosen_labels(sampler, np.arange(start, start + count), EVERY_CLASS)
            points = Points(latents(self._command.seed, count, sampler.latent_size, start), labels)
            parts.append(self._look(sampler.images(points)))
        features, probabilities = zip(*parts, strict=True)
        return np.concatenate(features), np.concatenate(probabilities)

    def _look(self, images: Any) -> tuple[Features, Features]:
        seen = self._network.look(images)
        self._counter.add(len(images))
        return seen


def _epochs(run: Run) -> tuple[int, ...]:
    """Before the first, and every one whose weights there are."""
    kept = tuple(run.kept_epochs())
    return (0, *kept) if kept else (0, LAST)


def _notes(command: MeasureQuality, count: int, part: str, epochs: tuple[int, ...], run: Run) -> list[str]:
    notes = []
    if count < command.count:
        notes.append(f"There are only {count:,} {part} images: as many generated ones were compared with them.")
    if count < _FEW:
        notes.append(f"Frechet distances of fewer than {_FEW:,} images are too large; compare equal numbers only.")
    if part == "training":
        notes.append("No images were held out: the real images are those that the generator was trained on.")
    if not command.epochs and len(epochs) == 2 and run.record.epochs > 1:
        notes.append("The run keeps its last weights only: keep every epoch's to see quality over time.")
    return notes


def _write(done: QualityDone, command: MeasureQuality) -> None:
    path = Path(done.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    table = msgspec.to_builtins(done) | {"asked": msgspec.to_builtins(command)}
    write_atomic(path, msgspec.json.format(msgspec.json.encode(table), indent=2))
