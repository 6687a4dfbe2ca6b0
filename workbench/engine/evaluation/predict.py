"""Predicting image files; those that cannot be read are told, the others go on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.fit import Framing
from workbench.data.image_file import SUFFIXES, read_image
from workbench.data.source import DatasetError, Image
from workbench.engine import devices, runtime
from workbench.engine.errors import JobError
from workbench.engine.evaluation.classifier import Trained, build_classifier, open_all
from workbench.engine.evaluation.made_images import predict_images
from workbench.engine.evaluation.masks import predict_masks
from workbench.engine.evaluation.places import result_file
from workbench.engine.evaluation.reading_ahead import ahead
from workbench.engine.evaluation.restorer import gives_images
from workbench.engine.evaluation.segmenter import gives_maps
from workbench.engine.evaluation.telling import Counter, Interrupted
from workbench.engine.evaluation.views import enlarged_shape, shown_views
from workbench.evaluation import Predictions, write_predictions
from workbench.protocol import CROPS, AnyEvent, ImagesMade, Predict, Predicted, Segmented, Stage, Stopped

Report = Callable[[AnyEvent], None]


def predict(command: Predict, report: Report, stop: threading.Event) -> Predicted | Segmented | ImagesMade | Stopped:
    """Writes a row of probabilities for each readable file, in the order given; masks where the network gives maps.

    Raises JobError or RunStoreError.
    """
    began = time.monotonic()
    if command.crops not in CROPS:
        raise JobError(f"Expected {', '.join(map(str, CROPS))} crops. Received: {command.crops}")
    report(Stage(text="reading the runs"))
    runs = open_all(command.runs, command.weights)
    report(Stage(text="looking for images"))
    files, problems = find_images(command.images)
    if gives_images(runs[0].project):
        return predict_images(command, runs, files, problems, report, stop)
    if gives_maps(runs[0].project):
        return predict_masks(command, runs, files, problems, report, stop)
    if command.folder:
        raise JobError(
            f"{runs[0].run.name} tells a class of each image: there are no masks to write to {command.folder}."
        )
    device = devices.choose(command.device, devices.inventory().devices)
    counter = Counter(len(files) * len(runs) * command.crops, report, stop)
    unreadable: dict[int, str] = {}
    total = None
    try:
        with devices.placed_on(device):
            for trained in runs:
                report(Stage(text=f"building the model of {trained.run.name}"))
                counter.text = f"predicting with {trained.run.name}"
                own = _classified(trained, files, command.crops, counter, unreadable)
                total = own if total is None else total + own
                runtime.forget_models()
    except Interrupted:
        return Stopped()
    assert total is not None
    kept = np.array([index for index in range(len(files)) if index not in unreadable], np.int64)
    path = Path(command.path) if command.path else result_file(runs[0].run, "prediction")
    _write(path, runs, command, [files[index] for index in kept], (total / len(runs))[kept])
    told = (*problems, *(unreadable[index] for index in sorted(unreadable)))
    return Predicted(path=str(path), images=len(kept), seconds=time.monotonic() - began, problems=told)


def find_images(given: tuple[str, ...]) -> tuple[list[Path], list[str]]:
    """Files as they are given and those in folders, sorted, by their suffix; what is not there is told.

    Raises JobError where there is no file at all.
    """
    files: list[Path] = []
    problems: list[str] = []
    for text in given:
        path = Path(text).expanduser()
        if path.is_dir():
            found = sorted(item for item in path.rglob("*") if item.suffix.lower() in SUFFIXES and item.is_file())
            problems += [] if found else [f"{path}: there are no images in this folder"]
            files += found
        elif path.exists():
            files.append(path)
        else:
            problems.append(f"{path}: there is no such file")
    if not files:
        raise JobError("; ".join(problems) or "Expected at least one image.")
    return files, problems


def _classified(
    trained: Trained, files: list[Path], count: int, counter: Counter, unreadable: dict[int, str]
) -> NDArray[np.float64]:
    classifier = build_classifier(trained)
    if not classifier.class_names:
        raise JobError(f"{trained.run.name}: the run does not say what its classes are called; train again.")
    framing = classifier.framing(None if count == 1 else enlarged_shape(classifier.input_shape))
    sums = np.zeros((len(files), len(classifier.class_names)), np.float64)
    size = classifier.batch_size
    chunks = [range(start, min(start + size, len(files))) for start in range(0, len(files), size)]
    for chunk, images, problems in ahead(lambda chunk: (chunk, *_read(files, chunk, framing)), chunks):
        unreadable.update(problems)
        positions = [index for index in chunk if index not in problems]
        for view in shown_views(images, classifier.input_shape, count):
            if positions:
                sums[positions] += classifier.probabilities(view)
            counter.add(len(chunk))
    return sums / count


def _read(files: list[Path], chunk: range, framing: Framing) -> tuple[NDArray[Any], dict[int, str]]:
    images, problems = [], {}
    for index in chunk:
        try:
            images.append(framed(read_image(files[index]), framing))
        except DatasetError as error:
            problems[index] = str(error)
    return np.stack(images) if images else np.zeros((0, 1, 1, 1), np.float32), problems


def framed(image: Image, framing: Framing) -> NDArray[np.float32]:
    """An image as it enters the network."""
    return framing.scaled(framing.frame(image))


def _write(
    path: Path, runs: tuple[Trained, ...], command: Predict, files: list[Path], probabilities: NDArray[Any]
) -> None:
    about = {
        "runs": [str(trained.run.folder) for trained in runs],
        "crops": command.crops,
        "weights": command.weights,
    }
    count = len(files)
    keys = np.array([str(file) for file in files], np.str_)
    labels = np.full(count, -1, np.int64)
    made = Predictions(probabilities.astype(np.float32), labels, np.arange(count), keys, runs[0].class_names, about)
    write_predictions(path, made)
