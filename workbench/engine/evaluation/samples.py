"""Which images of which dataset a run is judged by, and their classes as the run numbers them."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from workbench.data.feed import Division, divide
from workbench.data.source import Indices, Labels, Source
from workbench.data.targets import TargetKind, target_kind
from workbench.engine.errors import JobError
from workbench.engine.evaluation.classifier import Trained
from workbench.project.feeds import open_dataset
from workbench.protocol import PARTS

_SHOWN = 6


@dataclass(frozen=True)
class Held:
    """Images to judge by: `samples` are places in the source, `labels` their classes as the runs number them, and
    `mapping` the dataset's classes so. `target` is what the dataset has for an image.
    """

    spec: str
    part: str
    division: Division
    samples: Indices
    labels: Labels
    notes: tuple[str, ...]
    mapping: Labels
    target: TargetKind = "classes"


def choose_samples(runs: tuple[Trained, ...], spec: str, part: str, stop: threading.Event) -> Held:
    """Opens the dataset and takes a part of it. Raises JobError or DatasetError."""
    if part not in PARTS:
        raise JobError(f"There is no part {part!r}.", f"Choose one of: {', '.join(PARTS)}.")
    first = runs[0]
    data = first.project.dataset
    own = not spec or spec == data.spec
    source = open_dataset(data, cancel=stop, spec=spec)
    kind = target_kind(data.target if own else "auto", source)
    if kind == "image":
        raise JobError(
            f"{first.run.name}: Expected a run that tells classes apart. Received: one that gives images.",
            "Its loss and its error on held-out images are in the run.",
        )
    known = first.class_names or source.class_names
    mapping = _mapping(source, known, first.run.name)
    shares = (data.validation_share, data.test_share) if own else (0.0, 0.0)
    division = divide(source, *shares, first.project.training.seed)
    name, samples = _part(division, part, own)
    notes = [*_changed(first, source, own), *(_seen(runs[1:], source, samples, spec or data.spec))]
    labels = mapping[source.labels[samples]] if kind == "classes" else np.zeros(len(samples), np.int64)
    return Held(spec or data.spec, name, division, samples, labels, tuple(notes), mapping, kind)


def choose_pictures(first: Trained, spec: str, part: str, stop: threading.Event) -> Held:
    """The same for a network whose target is an image; there are no labels. Raises JobError or DatasetError."""
    if part not in PARTS:
        raise JobError(f"There is no part {part!r}.", f"Choose one of: {', '.join(PARTS)}.")
    data = first.project.dataset
    own = not spec or spec == data.spec
    source = open_dataset(data, cancel=stop, spec=spec)
    shares = (data.validation_share, data.test_share) if own else (0.0, 0.0)
    division = divide(source, *shares, first.project.training.seed)
    name, samples = _part(division, part, own)
    notes = _changed(first, source, own)
    unknown = np.full(len(samples), -1, np.int64)
    return Held(spec or data.spec, name, division, samples, unknown, tuple(notes), np.zeros(0, np.int64), "image")


def _mapping(source: Source, known: tuple[str, ...], run: str) -> Labels:
    """From the dataset's classes to the run's, by name."""
    places = {name: place for place, name in enumerate(known)}
    unknown = [name for name in source.class_names if name not in places]
    if unknown:
        raise JobError(
            f"The dataset {source.name} has classes that the run {run} does not know: {_listed(unknown)}.",
            f"The run knows {_listed(known)}.",
        )
    return np.array([places[name] for name in source.class_names], np.int64)


def _part(division: Division, part: str, own: bool) -> tuple[str, Indices]:
    split = division.split
    everything = np.arange(len(division.source), dtype=np.int64)
    parts = {"training": split.training, "validation": split.validation, "test": split.test, "all": everything}
    if part == "auto":
        held_out = [name for name in ("test", "validation") if len(parts[name])]
        if not held_out and own:
            raise JobError("No images were held out of training.", "Choose the part training, or another dataset.")
        part = held_out[0] if held_out else "all"
    if not len(parts[part]):
        there = ", ".join(name for name, samples in parts.items() if len(samples))
        raise JobError(f"The dataset has no {part} images.", f"It has: {there or 'none at all'}.")
    return part, parts[part]


def _changed(first: Trained, source: Source, own: bool) -> list[str]:
    recorded = first.run.record.dataset_digest
    if own and recorded and recorded != source.digest:
        return ["The dataset has changed since the run was trained: its parts may be others now."]
    return []


def _seen(others: tuple[Trained, ...], source: Source, samples: Indices, spec: str) -> list[str]:
    """Runs that divided the same dataset otherwise have trained on images that they are judged by."""
    notes = []
    for other in others:
        data = other.project.dataset
        if data.spec != spec:
            continue
        split = divide(source, data.validation_share, data.test_share, other.project.training.seed).split
        count = int(np.count_nonzero(np.isin(samples, split.training)))
        if count:
            notes.append(
                f"{other.run.name} was trained on {count:,} of these {len(samples):,} images, because it divides the "
                "dataset by another seed or other shares: its result is better than on new images."
            )
    return notes


def _listed(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
