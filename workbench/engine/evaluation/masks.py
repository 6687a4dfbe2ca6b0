"""Predicting the class of every pixel of image files: a mask for each, written as it is made."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import cast

from workbench.data.image_file import image_size, read_image
from workbench.data.source import DatasetError
from workbench.engine import devices
from workbench.engine.errors import JobError
from workbench.engine.evaluation.classifier import Trained
from workbench.engine.evaluation.places import result_file
from workbench.engine.evaluation.segmenter import Segmenter, build_segmenter
from workbench.engine.evaluation.telling import Counter, Interrupted
from workbench.engine.evaluation.tiles import Scale, classes_of, plan, tiled
from workbench.evaluation.errors import PredictionsError
from workbench.evaluation.masks import (
    LISTING,
    MaskedImage,
    MaskListing,
    read_listing,
    shares_of,
    write_listing,
    write_mask,
)
from workbench.evaluation.palette import class_colours
from workbench.protocol import SCALES, AnyEvent, Predict, Segmented, Stage, Stopped

Report = Callable[[AnyEvent], None]


@dataclass(frozen=True)
class _Job:
    """A file, the name of its mask, and how many tiles it takes."""

    file: Path
    mask: str
    tiles: int


@dataclass
class _Written:
    """What there is so far."""

    folder: Path
    images: list[MaskedImage] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def predict_masks(
    command: Predict,
    runs: Sequence[Trained],
    files: Sequence[Path],
    problems: Sequence[str],
    report: Report,
    stop: threading.Event,
) -> Segmented | Stopped:
    """Writes a mask for each readable file, and the listing. What was written before a stop stays. Raises JobError."""
    began = time.monotonic()
    _check(command)
    folder = Path(command.folder) if command.folder else result_file(runs[0].run, "masks").with_suffix("")
    names = _names(files, folder)
    written = _Written(folder, problems=list(problems))
    device = devices.choose(command.device, devices.inventory().devices)
    with devices.placed_on(device):
        segmenters = _built(runs, report)
        jobs = [
            _Job(file, name, _tiles(file, segmenters, command.scale)) for file, name in zip(files, names, strict=True)
        ]
        counter = Counter(sum(job.tiles for job in jobs), report, stop)
        stopped = False
        try:
            for number, job in enumerate(jobs, 1):
                counter.text = f"predicting {job.file.name}" + (f" ({number} of {len(jobs)})" if len(jobs) > 1 else "")
                _predict_file(job, segmenters, command.scale, written, counter)
        except Interrupted:
            stopped = True
    path = _list(command, segmenters, written)
    if stopped:
        return Stopped()
    seconds = time.monotonic() - began
    return Segmented(path=str(path), images=len(written.images), seconds=seconds, problems=tuple(written.problems))


def _check(command: Predict) -> None:
    if command.scale not in SCALES:
        raise JobError(f"There is no scale {command.scale!r}.", f"Choose one of: {', '.join(SCALES)}.")
    if command.crops != 1:
        raise JobError("Crops are for classes of whole images: pixels are predicted in tiles that overlap.")


def _names(files: Sequence[Path], folder: Path) -> list[str]:
    """A name for each file's mask. Raises JobError where a file that no prediction wrote would be overwritten."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JobError(f"{folder}: cannot be written to: {error.strerror or error}") from error
    earlier: set[str] = set()
    with contextlib.suppress(PredictionsError):
        earlier = {image.mask for image in read_listing(folder / LISTING).images}
    names: dict[str, None] = {}
    for file in files:
        numbered = (f"{file.stem}{'' if number == 1 else f'-{number}'}.png" for number in count(1))
        name = next(name for name in numbered if name not in names)
        if name not in earlier and (folder / name).exists():
            raise JobError(
                f"{folder / name} exists and is not a mask of an earlier prediction.", "Choose another folder."
            )
        names[name] = None
    return list(names)


def _built(runs: Sequence[Trained], report: Report) -> list[Segmenter]:
    segmenters = []
    for trained in runs:
        report(Stage(text=f"building the model of {trained.run.name}"))
        segmenters.append(build_segmenter(trained))
    return segmenters


def _tiles(file: Path, segmenters: Sequence[Segmenter], scale: str) -> int:
    """From the file's header, so that the time left is known; 0 where it cannot be read, which is told later."""
    try:
        shape = image_size(file)
    except DatasetError:
        return 0
    return len(plan(shape, tiled(segmenters, shape), cast(Scale, scale)).tiles)


def _predict_file(job: _Job, segmenters: Sequence[Segmenter], scale: str, written: _Written, counter: Counter) -> None:
    try:
        image = read_image(job.file)
    except DatasetError as error:
        written.problems.append(str(error))
        counter.add(job.tiles)
        return
    network = tiled(segmenters, image.shape[:2])
    made = plan(image.shape[:2], network, cast(Scale, scale))
    mask = classes_of(image, made, network, counter.add)
    names, path = segmenters[0].class_names, written.folder / job.mask
    try:
        write_mask(path, mask, class_colours(len(names)))
    except OSError as error:
        raise JobError(f"{path}: cannot be written: {error.strerror or error}") from error
    written.images.append(
        MaskedImage(
            file=str(job.file),
            mask=job.mask,
            height=mask.shape[0],
            width=mask.shape[1],
            tiles=len(made.tiles),
            own_size=made.own_size,
            shares=shares_of(mask, names),
        )
    )


def _list(command: Predict, segmenters: list[Segmenter], written: _Written) -> Path:
    listing = MaskListing(
        runs=tuple(str(segmenter.trained.run.folder) for segmenter in segmenters),
        class_names=segmenters[0].class_names,
        palette=class_colours(len(segmenters[0].class_names)),
        images=tuple(written.images),
        errors=tuple(written.problems),
        about={"weights": command.weights, "scale": command.scale},
    )
    try:
        return write_listing(written.folder, listing)
    except OSError as error:
        raise JobError(f"{written.folder}: cannot be written to: {error.strerror or error}") from error
