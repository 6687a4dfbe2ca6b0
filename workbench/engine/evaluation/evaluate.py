"""Classifying a part of a dataset with one run or the average of several."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.steps import Augmentation
from workbench.data.feed import Feed
from workbench.data.progress import Cancelled
from workbench.data.source import Indices
from workbench.engine import devices, runtime
from workbench.engine.errors import JobError
from workbench.engine.evaluation.classifier import Classifier, Trained, build_classifier, open_all
from workbench.engine.evaluation.evaluate_masks import evaluate_masks
from workbench.engine.evaluation.images import evaluate_images
from workbench.engine.evaluation.places import result_file, unreadable_told
from workbench.engine.evaluation.reading_ahead import ahead
from workbench.engine.evaluation.restorer import gives_images
from workbench.engine.evaluation.samples import Held, choose_samples
from workbench.engine.evaluation.telling import Counter, Interrupted
from workbench.engine.evaluation.views import enlarged_shape, shown_views
from workbench.evaluation import Predictions, report_on, write_predictions
from workbench.project.feeds import augmentation_of
from workbench.protocol import CROPS, AnyEvent, Evaluate, Evaluated, ImagesEvaluated, Member, Stage, Stopped

Report = Callable[[AnyEvent], None]


def evaluate(command: Evaluate, report: Report, stop: threading.Event) -> Evaluated | ImagesEvaluated | Stopped:
    """Writes predictions for every readable image of the part. Raises JobError, DatasetError, RunStoreError."""
    began = time.monotonic()
    _check(command)
    report(Stage(text="reading the runs"))
    runs = open_all(command.runs, command.weights)
    if gives_images(runs[0].project):
        return evaluate_images(command, runs, report, stop)
    if command.augmented:
        for trained in runs:
            _variation(trained)  # said before anything slow begins
    report(Stage(text="reading the dataset"))
    try:
        held = choose_samples(runs, command.data, command.part, stop)
    except Cancelled:
        return Stopped()
    device = devices.choose(command.device, devices.inventory().devices)
    if held.target == "masks":
        return evaluate_masks(command, runs, held, report, stop, began)
    passes = len(runs) * command.crops * max(1, command.augmented)
    counter = Counter(len(held.samples) * passes, report, stop)
    unreadable: dict[int, str] = {}
    total: NDArray[np.float64] | None = None
    members: list[Member] = []
    try:
        with devices.placed_on(device):
            for trained in runs:
                report(Stage(text=f"building the model of {trained.run.name}"))
                counter.text = f"evaluating {trained.run.name}"
                own = _classified(trained, held, command, counter, unreadable)
                total = own.astype(np.float64) if total is None else total + own
                members.append(_judged(trained, held, own, _kept(held, unreadable)))
                runtime.forget_models()
    except Interrupted:
        return Stopped()
    assert total is not None
    return _finish(command, runs, held, members, total / len(runs), unreadable, time.monotonic() - began)


def _kept(held: Held, unreadable: dict[int, str]) -> NDArray[np.bool_]:
    kept = ~np.isin(held.samples, list(unreadable))
    if not kept.any():
        raise JobError(f"None of the {len(held.samples):,} images could be read: {next(iter(unreadable.values()))}")
    return kept


def _check(command: Evaluate) -> None:
    if command.crops not in CROPS:
        raise JobError(f"Expected {', '.join(map(str, CROPS))} crops. Received: {command.crops}")
    if command.augmented < 0:
        raise JobError(f"Expected 0 or more augmented copies. Received: {command.augmented}")


def _classified(
    trained: Trained, held: Held, command: Evaluate, counter: Counter, unreadable: dict[int, str]
) -> NDArray[np.float32]:
    """Probabilities of each sample, averaged over views and copies; zeros where it cannot be read."""
    classifier = build_classifier(trained, held.division.source.class_names)
    shape = classifier.input_shape if command.crops == 1 else enlarged_shape(classifier.input_shape)
    feed = _feed(classifier, held, shape, command.augmented)
    sums = np.zeros((len(held.samples), len(classifier.class_names)), np.float32)
    size = classifier.batch_size
    chunks = [np.arange(start, min(start + size, len(feed))) for start in range(0, len(feed), size)]
    wanted = [(chunk, copy) for chunk in chunks for copy in range(max(1, command.augmented))]

    def read(asked: tuple[Indices, int]) -> tuple[Indices, Indices, NDArray[Any], dict[int, str]]:
        return asked[0], *_readable(feed, *asked)

    for chunk, positions, images, problems in ahead(read, wanted):
        unreadable.update({int(held.samples[position]): why for position, why in problems.items()})
        for view in shown_views(images, classifier.input_shape, command.crops):
            if len(positions):
                sums[positions] += classifier.probabilities(view)
            counter.add(len(chunk))
    return sums / np.float32(command.crops * max(1, command.augmented))


def _feed(classifier: Classifier, held: Held, shape: tuple[int | None, ...], augmented: int) -> Feed:
    """Nothing is kept in memory: each image is read for its batch and its copies, which follow one another."""
    seed = classifier.trained.project.training.seed
    varied = _variation(classifier.trained) if augmented else None
    return Feed(held.division, held.samples, classifier.framing(shape), seed, varied, budget=0)


def _variation(trained: Trained) -> Augmentation:
    """The run's augmentation without what mixes images: a mixed one has no class of its own. Raises JobError."""
    steps = augmentation_of(trained.project.augmentation).varying
    if not steps:
        raise JobError(f"{trained.run.name}: the run's project has no augmentation to vary the images by.")
    return Augmentation(steps)


def _readable(feed: Feed, positions: Indices, epoch: int) -> tuple[Indices, NDArray[Any], dict[int, str]]:
    """Positions that can be read, their images, and why the others cannot: a feed shows others in their place."""
    images = feed.batch(positions, epoch).images
    wanted = feed.samples[positions]
    good = feed.shown(positions) == wanted
    problems = {
        int(position): feed.problems.get(int(index), "cannot be read")
        for position, index in zip(positions[~good], wanted[~good], strict=True)
    }
    return positions[good], images if good.all() else images[good], problems


def _finish(
    command: Evaluate,
    runs: tuple[Trained, ...],
    held: Held,
    members: list[Member],
    mean: NDArray[np.float64],
    unreadable: dict[int, str],
    seconds: float,
) -> Evaluated:
    kept = _kept(held, unreadable)
    notes = (*held.notes, *unreadable_told(list(unreadable.values())))
    path = Path(command.path) if command.path else result_file(runs[0].run, "evaluation")
    about = {
        "runs": [str(trained.run.folder) for trained in runs],
        "members": [msgspec.to_builtins(member) for member in members],
        "data": held.spec,
        "group": runs[0].project.dataset.group if held.spec == runs[0].project.dataset.spec else "",
        "part": held.part,
        "crops": command.crops,
        "augmented": command.augmented,
        "weights": command.weights,
        "seconds": round(seconds, 3),
        "notes": notes,
    }
    write_predictions(path, _predictions(runs[0], held, mean, kept, about))
    return Evaluated(
        path=str(path),
        data=held.spec,
        part=held.part,
        images=int(kept.sum()),
        members=tuple(members),
        seconds=seconds,
        notes=notes,
    )


def _predictions(
    first: Trained, held: Held, probabilities: NDArray[Any], kept: NDArray[np.bool_], about: dict[str, Any]
) -> Predictions:
    samples = held.samples[kept]
    source = held.division.source
    keys = np.array([source.keys[int(index)] for index in samples], np.str_)
    names = first.class_names or source.class_names
    return Predictions(probabilities[kept].astype(np.float32), held.labels[kept], samples, keys, names, about)


def _judged(trained: Trained, held: Held, own: NDArray[np.float32], kept: NDArray[np.bool_]) -> Member:
    report = report_on(_predictions(trained, held, own, kept, {}))
    return Member(
        run=str(trained.run.folder),
        name=trained.run.name,
        accuracy=report.accuracy,
        loss=report.loss,
        macro_f1=report.averages["macro"].f1,
        calibration_error=report.calibration_error,
    )
