"""Image files through a network that gives images: a PNG for each, at its own size where the network can."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import numpy as np

from workbench.data.fit import with_channels
from workbench.data.image_file import read_image, write_png
from workbench.data.source import DatasetError, Image
from workbench.engine import devices
from workbench.engine.errors import JobError
from workbench.engine.evaluation.classifier import Trained
from workbench.engine.evaluation.places import result_file
from workbench.engine.evaluation.restorer import MOST_PIXELS, Restorer, build_restorer
from workbench.engine.evaluation.telling import Counter, Interrupted
from workbench.protocol import AnyEvent, ImagesMade, Predict, Stage, Stopped

Report = Callable[[AnyEvent], None]


def predict_images(
    command: Predict,
    runs: Sequence[Trained],
    files: Sequence[Path],
    problems: Sequence[str],
    report: Report,
    stop: threading.Event,
) -> ImagesMade | Stopped:
    """Writes what the first run makes of each readable file; several runs are averaged. What was written before a stop
    stays. Raises JobError.
    """
    began = time.monotonic()
    if command.crops != 1:
        raise JobError("Crops are for classes: images are made whole.")
    folder = Path(command.folder) if command.folder else result_file(runs[0].run, "images").with_suffix("")
    targets = _targets(files, folder)
    told, made = list(problems), []
    counter = Counter(len(files), report, stop)
    device = devices.choose(command.device, devices.inventory().devices)
    with devices.placed_on(device):
        report(Stage(text=f"building the model of {runs[0].run.name}"))
        restorers = [build_restorer(trained, any_size=command.scale != "network") for trained in runs]
        try:
            for file, target in zip(files, targets, strict=True):
                counter.text = f"making {target.name}"
                try:
                    _write(target, _made(restorers, read_image(file)))
                    made.append((str(file), str(target)))
                except DatasetError as error:
                    told.append(str(error))
                counter.add(1)
        except Interrupted:
            return Stopped()
    return ImagesMade(files=tuple(made), seconds=time.monotonic() - began, problems=tuple(told))


def _targets(files: Sequence[Path], folder: Path) -> list[Path]:
    """A free name for each file. Raises JobError where the folder cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JobError(f"{folder}: cannot be written to: {error.strerror or error}") from error
    taken: dict[Path, None] = {}
    for file in files:
        numbered = (folder / f"{file.stem}{'' if number == 1 else f'-{number}'}.png" for number in count(1))
        taken[next(path for path in numbered if path not in taken and not path.exists())] = None
    return list(taken)


def _made(restorers: Sequence[Restorer], image: Image) -> Image:
    """Height x width x channels from 0 to 255: the mean of what the networks make. Raises DatasetError."""
    outputs = []
    for restorer in restorers:
        framing = restorer.framing
        if restorer.any_size:
            height, width = image.shape[:2]
            if height * width > MOST_PIXELS:
                raise DatasetError(
                    f"Expected an image of at most {MOST_PIXELS:,} pixels to be made in one go. "
                    f"Received: {width}x{height}"
                )
            framed = framing.scaled(with_channels(image, framing.shape[2]))
        else:
            framed = framing.scaled(framing.frame(image))
        outputs.append(restorer.shares(restorer.outputs(framed[np.newaxis])[0]))
    if len({output.shape for output in outputs}) > 1:
        raise JobError("Runs that are averaged give images of one size; these differ.")
    return np.asarray(np.rint(np.mean(outputs, axis=0) * 255), np.uint8)


def _write(path: Path, image: Image) -> None:
    try:
        write_png(path, image)
    except OSError as error:
        raise JobError(f"{path}: cannot be written: {error.strerror or error}") from error
