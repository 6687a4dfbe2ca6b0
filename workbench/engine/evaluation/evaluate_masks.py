"""Predicting the masks of a part of a dataset with one run or the average of several, and counting what is right."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from workbench.data.fit import Framing
from workbench.data.map_feed import MapFeed
from workbench.data.source import VOID, Indices
from workbench.engine import devices, runtime
from workbench.engine.errors import JobError
from workbench.engine.evaluation.classifier import Trained
from workbench.engine.evaluation.places import result_file, unreadable_told
from workbench.engine.evaluation.reading_ahead import ahead
from workbench.engine.evaluation.samples import Held
from workbench.engine.evaluation.segmenter import Segmenter, build_segmenter
from workbench.engine.evaluation.telling import Counter, Interrupted
from workbench.evaluation.masks import write_mask
from workbench.evaluation.palette import class_colours
from workbench.evaluation.scores import EPSILON
from workbench.evaluation.segmentation import (
    MaskPredictions,
    MaskReport,
    mask_name,
    pixel_counts,
    write_mask_predictions,
)
from workbench.project.outputs import output_of
from workbench.protocol import AnyEvent, Evaluate, Evaluated, Member, Stage, Stopped

Report = Callable[[AnyEvent], None]
Masks = NDArray[np.uint8]


class _Batch(NamedTuple):
    """For every member its images; the true masks, in the runs' numbers; positions that can be read."""

    positions: Indices
    images: tuple[NDArray[Any], ...]
    masks: Masks
    problems: dict[int, str]


@dataclass
class _Tally:
    """What was counted of each sample, in their order."""

    counts: NDArray[np.int64]
    losses: NDArray[np.float64]
    kept: NDArray[np.bool_]
    problems: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, samples: int, classes: int) -> _Tally:
        """Nothing yet."""
        empty = np.zeros((samples, classes, classes), np.int64)
        return cls(empty, np.full(samples, np.nan), np.zeros(samples, np.bool_))

    def add(self, positions: Indices, true: Masks, probabilities: NDArray[np.float32]) -> Masks:
        """Counts images; the predicted masks."""
        guessed: Masks = probabilities.argmax(axis=-1).astype(np.uint8)
        for row, position in enumerate(positions):
            self.counts[position] = pixel_counts(true[row], guessed[row], probabilities.shape[-1])
            self.losses[position] = _loss(true[row], probabilities[row])
        self.kept[positions] = True
        return guessed


def evaluate_masks(
    command: Evaluate,
    runs: Sequence[Trained],
    held: Held,
    report: Report,
    stop: threading.Event,
    began: float,
) -> Evaluated | Stopped:
    """Writes counts of pixels and predicted masks for every readable image. Raises JobError or DatasetError."""
    if command.crops != 1 or command.augmented:
        raise JobError("Crops and varied copies are for classes of whole images; these runs are judged by pixels.")
    device = devices.choose(command.device, devices.inventory().devices)
    path = Path(command.path) if command.path else result_file(runs[0].run, "evaluation")
    folder = path.with_name(f"{path.stem}-masks")
    with devices.placed_on(device):
        members = _built(runs, held, report)
        classes = len(members[0].class_names)
        counter = Counter(len(held.samples), report, stop)
        counter.text = f"evaluating {', '.join(trained.run.name for trained in runs)}"
        whole, single = _Tally.of(len(held.samples), classes), [_Tally.of(len(held.samples), classes) for _ in runs]
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for batch in _batches(members, held):
                guessed = _predicted(members, batch, whole, single)
                for position, mask in zip(batch.positions, guessed, strict=True):
                    write_mask(folder / mask_name(int(held.samples[position])), mask, class_colours(classes))
                counter.add(len(batch.positions) + len(batch.problems))
        except Interrupted:
            shutil.rmtree(folder, ignore_errors=True)
            return Stopped()
        except OSError as error:
            raise JobError(f"{folder}: cannot be written to: {error.strerror or error}") from error
        finally:
            runtime.forget_models()
    if not whole.kept.any():
        raise JobError(f"None of the {len(held.samples):,} images could be read: {next(iter(whole.problems.values()))}")
    return _finish(command, runs, held, whole, single, path, folder, members[0].class_names, time.monotonic() - began)


def _built(runs: Sequence[Trained], held: Held, report: Report) -> list[Segmenter]:
    members = []
    for trained in runs:
        report(Stage(text=f"building the model of {trained.run.name}"))
        members.append(build_segmenter(trained, held.division.source.class_names))
    return members


def _batches(members: Sequence[Segmenter], held: Held):  # type: ignore[no-untyped-def]
    """Nothing is kept in memory: each image is read for its batch."""
    feeds = [_feed(member, held) for member in members]
    size = 1 if members[0].any_size else members[0].batch_size
    table = np.full(256, VOID, np.uint8)
    table[: len(held.mapping)] = held.mapping

    def read(positions: Indices) -> _Batch:
        found = [feed.batch(positions, 0) for feed in feeds]
        wanted = held.samples[positions]
        good = feeds[0].shown(positions) == wanted
        problems = {
            int(position): feeds[0].problems.get(int(index), "cannot be read")
            for position, index in zip(positions[~good], wanted[~good], strict=True)
        }
        return _Batch(
            positions[good], tuple(each.images[good] for each in found), table[found[0].targets[good]], problems
        )

    count = len(held.samples)
    yield from ahead(read, [np.arange(start, min(start + size, count)) for start in range(0, count, size)])


def _feed(member: Segmenter, held: Held) -> MapFeed:
    project, shape = member.trained.project, tuple(member.model.inputs[0].shape[1:])
    framing = Framing(shape, project.dataset.fit, project.dataset.value_range)
    output = output_of(project, shape)
    return MapFeed(
        held.division, held.samples, framing, project.training.seed, None, kind="masks", output=output, budget=0
    )


def _predicted(members: Sequence[Segmenter], batch: _Batch, whole: _Tally, single: Sequence[_Tally]) -> Masks:
    """The masks of the members' average; each member is counted by itself as well."""
    whole.problems.update(batch.problems)
    if not len(batch.positions):
        return np.zeros((0, 1, 1), np.uint8)
    height, width = batch.masks.shape[1:]
    total: NDArray[np.float32] | None = None
    for member, images, tally in zip(members, batch.images, single, strict=True):
        own = member.probabilities(images, (height, width))
        if len(members) > 1:
            tally.add(batch.positions, batch.masks, own)
        total = own if total is None else total + own
    assert total is not None
    return whole.add(batch.positions, batch.masks, total / np.float32(len(members)))


def _loss(true: Masks, probabilities: NDArray[np.float32]) -> float:
    """Cross-entropy of the pixels that are not void; NaN where all are."""
    there = true < probabilities.shape[-1]
    if not there.any():
        return float("nan")
    right = np.take_along_axis(probabilities[there], true[there][:, np.newaxis], axis=1).astype(np.float64)
    return float(-np.log(np.clip(right, EPSILON, 1 - EPSILON)).mean())


def _finish(
    command: Evaluate,
    runs: Sequence[Trained],
    held: Held,
    whole: _Tally,
    single: Sequence[_Tally],
    path: Path,
    folder: Path,
    names: tuple[str, ...],
    seconds: float,
) -> Evaluated:
    # A run alone is the average of one.
    tallies = single if len(runs) > 1 else [whole]
    members = tuple(_member(run, held, tally, whole, names) for run, tally in zip(runs, tallies, strict=True))
    notes = (*held.notes, *unreadable_told(list(whole.problems.values())))
    about = {
        "runs": [str(trained.run.folder) for trained in runs],
        "members": [msgspec.to_builtins(member) for member in members],
        "data": held.spec,
        "part": held.part,
        "weights": command.weights,
        "masks": str(folder),
        "seconds": round(seconds, 3),
        "notes": notes,
    }
    write_mask_predictions(path, _predictions(held, whole, whole.kept, names, about))
    return Evaluated(
        path=str(path),
        kind="masks",
        data=held.spec,
        part=held.part,
        images=int(whole.kept.sum()),
        members=members,
        seconds=seconds,
        notes=notes,
    )


def _predictions(
    held: Held, tally: _Tally, kept: NDArray[np.bool_], names: tuple[str, ...], about: dict[str, Any]
) -> MaskPredictions:
    samples = held.samples[kept]
    keys = np.array([held.division.source.keys[int(index)] for index in samples], np.str_)
    return MaskPredictions(tally.counts[kept], tally.losses[kept], samples, keys, names, about)


def _member(trained: Trained, held: Held, tally: _Tally, whole: _Tally, names: tuple[str, ...]) -> Member:
    measured = MaskReport(_predictions(held, tally, whole.kept, names, {}))
    return Member(
        run=str(trained.run.folder),
        name=trained.run.name,
        accuracy=measured.pixel_accuracy,
        loss=measured.loss,
        macro_f1=measured.mean_dice,
        mean_iou=measured.mean_iou,
    )
