"""What a generator gives for the same noise after every epoch: a picture, and how different its images are."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from workbench.data.fit import ValueRange
from workbench.data.grid import visible
from workbench.data.opencv import cv2
from workbench.engine.adversarial.feed import ENOUGH, RealImages
from workbench.engine.adversarial.networks import Networks, arranged
from workbench.engine.adversarial.step import traced_once
from workbench.evaluation.latents import latents
from workbench.project import Project
from workbench.runs.files import SAMPLES, write_whole

_BATCH = 64
_MOST_CLASSES = 32
"""Beyond so many a grid with a column for each would be too wide."""


class FixedNoise:
    """Images from latent vectors that never change; `folder` is the run's."""

    def __init__(self, networks: Networks, project: Project, real: RealImages, folder: Path) -> None:
        self._project = project
        self._folder = folder / SAMPLES
        self._count = project.adversarial.sample_count
        self._columns = _columns(self._count, len(real.class_names) if project.adversarial.conditional else 0)
        classes = np.arange(max(self._count, ENOUGH)) % self._columns
        self._classes = classes % max(1, len(real.class_names))
        given = (latents(project.training.seed, len(classes), networks.latent_size), *real.labels(self._classes)[:1])
        self._given = [tf.constant(array) for array in given]
        self._spread = mean_distance(real.some())
        sampler = networks.sampler
        self._sample = traced_once(
            lambda noise, *label: tf.cast(sampler(arranged(sampler, noise, label), training=False), tf.float32)
        )

    def images(self) -> NDArray[np.float32]:
        """count x height x width x channels, in the range of the data."""
        parts = []
        for start in range(0, len(self._given[0]), _BATCH):
            parts.append(self._sample(*(array[start : start + _BATCH] for array in self._given)).numpy())
        return np.concatenate(parts)

    def diversity(self, images: NDArray[np.float32]) -> float:
        """How far apart generated images are, as a share of how far real ones are; 0 where all are the same."""
        found = mean_distance(images[:ENOUGH])
        return found / self._spread if self._spread else 0.0

    def write(self, epoch: int, images: NDArray[np.float32]) -> None:
        """Writes the grid of an epoch. Raises OSError."""
        self._folder.mkdir(exist_ok=True)
        shown = _shown(images[: self._count], self._project.dataset.value_range)
        rows = -(-self._count // self._columns)
        missing = rows * self._columns - self._count
        shown = np.concatenate([shown, np.zeros((missing, *shown.shape[1:]), shown.dtype)])
        picture = np.concatenate(
            [np.concatenate(list(row), axis=1) for row in shown.reshape(rows, self._columns, *shown.shape[1:])]
        )
        _, packed = cv2.imencode(".png", picture[..., ::-1] if picture.shape[-1] == 3 else picture)
        write_whole(self.path(epoch), packed.tobytes())
        self._write_facts(rows, shown.shape[1:])

    def path(self, epoch: int) -> Path:
        """The file of an epoch's grid."""
        return self._folder / f"{epoch:04d}.png"

    def _write_facts(self, rows: int, shape: tuple[int, ...]) -> None:
        facts: dict[str, Any] = {
            "columns": self._columns,
            "rows": rows,
            "height": shape[0],
            "width": shape[1],
            "count": self._count,
            "seed": self._project.training.seed,
        }
        if self._project.adversarial.conditional:
            facts["labels"] = self._classes[: self._count].tolist()
        write_whole(self._folder / "grid.json", json.dumps(facts, indent=2).encode() + b"\n")


def _shown(images: NDArray[np.float32], value_range: ValueRange) -> NDArray[np.uint8]:
    """As bytes: grey where there are one or two channels, else colour."""
    channels = images.shape[-1]
    return visible(images[..., :3], value_range) if channels >= 3 else visible(images[..., :1], value_range)[..., :1]


def mean_distance(images: NDArray[np.float32]) -> float:
    """Mean Euclidean distance between two different images of these; 0 for fewer than two."""
    flat = images.reshape(len(images), -1).astype(np.float64)
    if len(flat) < 2:
        return 0.0
    squares = np.square(flat).sum(axis=1)
    between = np.sqrt(np.maximum(squares[:, None] + squares[None] - 2 * flat @ flat.T, 0))
    np.fill_diagonal(between, 0)
    return float(between.sum() / (len(flat) * (len(flat) - 1)))


def _columns(count: int, classes: int) -> int:
    """A column for each class where that fits, else about a square."""
    return classes if 1 < classes <= min(_MOST_CLASSES, count) else math.ceil(math.sqrt(count))
