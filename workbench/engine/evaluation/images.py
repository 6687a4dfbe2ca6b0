"""How near the images that a network gives are to their targets, beside what interpolation alone would give."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.effects import Frame
from workbench.data.fit import Pixels, interpolated
from workbench.data.map_feed import MapFeed
from workbench.data.progress import Cancelled
from workbench.data.source import Indices
from workbench.data.targets import Output
from workbench.engine import devices
from workbench.engine.errors import JobError
from workbench.engine.evaluation.classifier import Trained
from workbench.engine.evaluation.places import result_file
from workbench.engine.evaluation.reading_ahead import ahead
from workbench.engine.evaluation.restorer import Restorer, build_restorer
from workbench.engine.evaluation.samples import Held, choose_pictures
from workbench.engine.evaluation.telling import Counter, Interrupted
from workbench.evaluation.images import ImageResults, psnr, ssim, write_image_results
from workbench.project.outputs import output_of
from workbench.protocol import AnyEvent, Evaluate, ImagesEvaluated, Stage, Stopped

Report = Callable[[AnyEvent], None]
_WORST, _SPREAD = 24, 24
"""Images whose pictures are kept: the worst ones, and others evenly between them and the best."""
_TOLD = 5


class _Batch(NamedTuple):
    """Positions that could be read, and their pictures as shares from 0 to 1; of `baseline` there may be none."""

    positions: Indices
    inputs: Pixels
    outputs: Pixels
    targets: Pixels
    baseline: Pixels | None


@dataclass
class _Pairs:
    """The images of a part with their targets, in batches through the networks."""

    restorers: Sequence[Restorer]
    feed: MapFeed
    compares: bool
    """Whether interpolation is measured, too: where the input is not the target itself."""

    def batches(self, positions: Sequence[int] | Indices) -> Iterator[tuple[_Batch, int]]:
        """Each batch with the number of images that were asked for."""
        size = max(1, self.restorers[0].trained.batch_size)
        chunks = [np.asarray(positions[start : start + size]) for start in range(0, len(positions), size)]
        for chunk, batch in ahead(lambda chunk: (chunk, self.feed.batch(chunk, 0)), chunks):
            good = self.feed.shown(chunk) == self.feed.samples[chunk]
            yield self._through(chunk[good], batch.images[good], batch.targets[good]), len(chunk)

    def _through(self, positions: Indices, images: Pixels, targets: Pixels) -> _Batch:
        first = self.restorers[0]
        inputs, true = first.shares(images), first.shares(targets)
        if not len(positions):
            return _Batch(positions, inputs, true, true, None)
        made = np.mean([restorer.shares(restorer.outputs(images)) for restorer in self.restorers], axis=0)
        baseline = (
            np.stack([self._interpolated(image, targets.shape[1:]) for image in inputs]) if self.compares else None
        )
        return _Batch(positions, inputs, made, true, baseline)

    def _interpolated(self, image: Pixels, shape: tuple[int, ...]) -> Pixels:
        place = self.feed.map_frame(Frame(*image.shape[:2]))
        whole = interpolated(image, (place.full.height, place.full.width, shape[2]))
        return np.asarray(np.clip(place.cropped(whole), 0, 1), np.float32)


def evaluate_images(
    command: Evaluate, runs: tuple[Trained, ...], report: Report, stop: threading.Event
) -> ImagesEvaluated | Stopped:
    """Measures every readable image of the part and keeps some pictures. Raises JobError, DatasetError."""
    began = time.monotonic()
    if command.crops != 1 or command.augmented:
        raise JobError("Crops and varied copies are for classes: images are compared whole.")
    report(Stage(text="reading the dataset"))
    try:
        held = choose_pictures(runs[0], command.data, command.part, stop)
    except Cancelled:
        return Stopped()
    device = devices.choose(command.device, devices.inventory().devices)
    counter = Counter(len(held.samples), report, stop)
    try:
        with devices.placed_on(device):
            report(Stage(text=f"building the model of {runs[0].run.name}"))
            pairs = _pairs(runs, held)
            counter.text = f"evaluating {runs[0].run.name}"
            results = _measured(pairs, held, counter)
    except Interrupted:
        return Stopped()
    return _finish(command, runs, held, results, pairs.feed.problems, time.monotonic() - began)


def _pairs(runs: tuple[Trained, ...], held: Held) -> _Pairs:
    restorers = [build_restorer(trained) for trained in runs]
    first = restorers[0]
    for other in restorers[1:]:
        ends = [(restorer.input_shape, restorer.model.outputs[0].shape[1:]) for restorer in (first, other)]
        if ends[0] != ends[1]:
            raise JobError(
                f"Runs that are averaged take and give images of one size: {other.trained.run.name} differs."
            )
    output: Output = output_of(first.trained.project, first.input_shape)
    seed = first.trained.project.training.seed
    feed = MapFeed(held.division, held.samples, first.framing, seed, kind="image", output=output, budget=0)
    same = first.input_shape == tuple(first.model.outputs[0].shape[1:])
    return _Pairs(restorers, feed, held.division.source.paired or not same)


def _measured(pairs: _Pairs, held: Held, counter: Counter) -> ImageResults:
    positions: list[Indices] = []
    found: dict[str, list[NDArray[np.float64]]] = {name: [] for name in ("psnr", "ssim", "by_psnr", "by_ssim")}
    for batch, asked in pairs.batches(np.arange(len(held.samples))):
        if len(batch.positions):
            positions.append(batch.positions)
            found["psnr"].append(psnr(batch.targets, batch.outputs))
            found["ssim"].append(ssim(batch.targets, batch.outputs))
            if batch.baseline is not None:
                found["by_psnr"].append(psnr(batch.targets, batch.baseline))
                found["by_ssim"].append(ssim(batch.targets, batch.baseline))
        counter.add(asked)
    if not positions:
        why = next(iter(pairs.feed.problems.values()), "")
        raise JobError(f"None of the {len(held.samples):,} images could be read: {why}")
    kept = np.concatenate(positions)
    values = {name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in found.items()}
    shown = _worth_showing(values["psnr"])
    pictures = [batch for batch, _ in pairs.batches(kept[shown]) if len(batch.positions)]
    samples = held.samples[kept]
    return ImageResults(
        keys=np.array([held.division.source.keys[int(index)] for index in samples], np.str_),
        indices=samples,
        psnr=values["psnr"],
        ssim=values["ssim"],
        baseline_psnr=values["by_psnr"],
        baseline_ssim=values["by_ssim"],
        shown=shown,
        inputs=_bytes([batch.inputs for batch in pictures]),
        outputs=_bytes([batch.outputs for batch in pictures]),
        targets=_bytes([batch.targets for batch in pictures]),
    )


def _worth_showing(values: NDArray[np.float64]) -> Indices:
    """Rows of the worst images, and of some between them and the best, worst first."""
    order = np.argsort(values, kind="stable")
    if len(order) <= _WORST + _SPREAD:
        return order
    between = np.linspace(_WORST, len(order) - 1, _SPREAD).round().astype(np.int64)
    return np.concatenate([order[:_WORST], order[between]])


def _bytes(parts: Sequence[Pixels]) -> NDArray[np.uint8]:
    return np.rint(np.concatenate(parts) * 255).astype(np.uint8)


def _finish(
    command: Evaluate,
    runs: tuple[Trained, ...],
    held: Held,
    results: ImageResults,
    unreadable: dict[int, str],
    seconds: float,
) -> ImagesEvaluated:
    notes = held.notes
    if unreadable:
        told = "; ".join(list(unreadable.values())[:_TOLD])
        notes = (*notes, f"{len(unreadable):,} images could not be read and are left out: {told}")
    path = Path(command.path) if command.path else result_file(runs[0].run, "images")
    about: dict[str, Any] = {
        "runs": [str(trained.run.folder) for trained in runs],
        "data": held.spec,
        "part": held.part,
        "weights": command.weights,
        "seconds": round(seconds, 3),
        "notes": list(notes),
    }
    write_image_results(path, ImageResults(**{**vars(results), "about": about}))
    return ImagesEvaluated(
        path=str(path),
        data=held.spec,
        part=held.part,
        images=len(results),
        means=results.means,
        seconds=seconds,
        notes=notes,
    )
