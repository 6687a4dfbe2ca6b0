"""Which points of the latent space a command means."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.engine.errors import JobError
from workbench.engine.generating.sampler import Points, Sampler
from workbench.evaluation.latents import latents, truncated
from workbench.evaluation.predictions import read_arrays
from workbench.protocol import EVERY_CLASS, Sample, Walk

MOST = 100_000
"""Images of one command."""


def sampled_points(sampler: Sampler, command: Sample) -> Points:
    """Those of a file, or the numbered ones of the seed. Raises JobError or PredictionsError."""
    if command.points:
        return read_points(sampler, Path(command.points), command.label)
    if not 1 <= command.count <= MOST:
        raise JobError(f"Expected 1 to {MOST:,} images. Received: {command.count}")
    if command.first < 0:
        raise JobError(f"Expected a first sample of 0 or more. Received: {command.first}")
    numbers = np.arange(command.first, command.first + command.count)
    points = latents(command.seed, command.count, sampler.latent_size, command.first)
    return Points(_cut(points, command.truncation), chosen_labels(sampler, numbers, command.label))


def stops_of(sampler: Sampler, command: Walk) -> Points:
    """What a walk passes. Raises JobError or PredictionsError."""
    if command.points:
        return read_points(sampler, Path(command.points), command.label)
    numbers = np.array(command.stops, np.int64)
    if len(numbers) and numbers.min() < 0:
        raise JobError(f"Expected samples of 0 or more to walk between. Received: {numbers.min()}")
    rows = [latents(command.seed, 1, sampler.latent_size, int(number)) for number in numbers]
    points = np.concatenate(rows) if rows else np.zeros((0, sampler.latent_size), np.float32)
    return Points(_cut(points, command.truncation), chosen_labels(sampler, numbers, command.label))


def chosen_labels(sampler: Sampler, numbers: NDArray[np.int64], label: int) -> NDArray[np.int64]:
    """A class for each numbered sample: the one asked for, or the classes in turn. Raises JobError."""
    names = sampler.class_names
    if not names:
        if label != EVERY_CLASS:
            raise JobError(
                f"{sampler.run.name}: the generator takes no class.", "Train a conditional GAN to ask for classes."
            )
        return np.full(len(numbers), -1, np.int64)
    if not EVERY_CLASS <= label < len(names):
        raise JobError(f"Expected a class from 0 to {len(names) - 1}. Received: {label}")
    return np.full(len(numbers), label, np.int64) if label != EVERY_CLASS else numbers % len(names)


def read_points(sampler: Sampler, path: Path, label: int = EVERY_CLASS) -> Points:
    """`latents` and, where the generator takes classes, `labels` of an `.npz`. Raises JobError or PredictionsError."""
    arrays = read_arrays(path)
    points = arrays.get("latents", np.zeros(0))
    if points.ndim != 2 or points.shape[1] != sampler.latent_size or not len(points):
        raise JobError(f"{path}: Expected latents of n x {sampler.latent_size}. Received: {points.shape}")
    if not np.isfinite(points).all():
        raise JobError(f"{path}: Expected finite latents.")
    labels = chosen_labels(sampler, np.arange(len(points)), label)
    given = arrays.get("labels")
    if sampler.class_names and label == EVERY_CLASS and given is not None:
        if given.shape != (len(points),) or given.min() < 0 or given.max() >= len(sampler.class_names):
            raise JobError(f"{path}: Expected {len(points)} labels from 0 to {len(sampler.class_names) - 1}.")
        labels = given.astype(np.int64)
    return Points(points.astype(np.float32), labels)


def _cut(points: NDArray[np.float32], threshold: float) -> NDArray[np.float32]:
    try:
        return truncated(points, threshold)
    except ValueError as error:
        raise JobError(f"{str(error).capitalize()}.") from error
