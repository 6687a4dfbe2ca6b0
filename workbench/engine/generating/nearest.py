"""Which training images generated ones come nearest to: whether a generator has learned by heart."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.progress import Cancelled
from workbench.engine import devices, runtime
from workbench.engine.errors import JobError
from workbench.engine.evaluation.places import result_file
from workbench.engine.evaluation.telling import Counter, Interrupted
from workbench.engine.generating.features import FeatureNetwork, open_features
from workbench.engine.generating.real_images import RealImages, open_real
from workbench.engine.generating.sampler import Sampler, open_sampler
from workbench.evaluation import nearest
from workbench.evaluation.predictions import read_arrays, write_arrays
from workbench.protocol import LAST, AnyEvent, FindNearest, NearestFound, Stage, Stopped

_KEPT_BYTES = 512 * 2**20
"""Of what training images are compared by: more is read again for every question."""
Rows = NDArray[Any]


class _Compared:
    """What the training images of a run are compared by; kept once all were seen."""

    def __init__(self, real: RealImages, network: FeatureNetwork | None) -> None:
        self.real = real
        self._network = network
        self._blocks: list[tuple[Rows, Rows]] | None = None

    @property
    def by_pixels(self) -> bool:
        """Whether images are compared as they are."""
        return self._network is None

    def of(self, images: NDArray[np.uint8]) -> Rows:
        """A row of pixels or of features for each image."""
        if self._network is None:
            return images.reshape(len(images), -1)
        size = self._network.batch_size
        parts = [self._network.look(images[start : start + size])[0] for start in range(0, len(images), size)]
        return np.concatenate(parts)

    def blocks(self, counter: Counter) -> Iterator[tuple[Rows, Rows]]:
        """(indices in the dataset, rows)."""
        if self._blocks is not None:
            yield from self._blocks
            return
        seen: list[tuple[Rows, Rows]] | None = []
        for indices, images in self.real.blocks():
            rows = self.of(images)
            yield indices, rows
            counter.add(len(indices))
            if seen is not None:
                seen.append((indices, rows))
                seen = seen if sum(kept.nbytes for _, kept in seen) <= _KEPT_BYTES else None
        self._blocks = seen


def find_nearest(
    command: FindNearest, report: Callable[[AnyEvent], None], stop: threading.Event
) -> NearestFound | Stopped:
    """Writes places and distances. Raises JobError, DatasetError, RunStoreError or PredictionsError."""
    began = time.monotonic()
    if command.count < 1:
        raise JobError(f"Expected 1 image or more. Received: {command.count}")
    report(Stage(text="reading the runs"))
    try:
        with devices.placed_on(devices.choose(command.device, devices.inventory().devices)):
            sampler = open_sampler(command.run, LAST, True, command.device)
            images = _samples(Path(command.samples), sampler)
            report(Stage(text="reading the dataset"))
            compared = _compared(command, sampler, stop)
            indices, distances = _found(compared, images, command.count, Counter(len(compared.real), report, stop))
    except (Interrupted, Cancelled):
        return Stopped()
    source, data = compared.real.division.source, sampler.project.dataset
    keys = np.array([[source.keys[int(index)] for index in row] for row in indices], np.str_)
    labels = source.labels[indices]
    path = Path(command.path) if command.path else result_file(sampler.run, "nearest")
    names = np.array(source.class_names, np.str_)
    write_arrays(
        path, {"indices": indices, "distances": distances, "keys": keys, "labels": labels, "class_names": names}
    )
    seconds = time.monotonic() - began
    return NearestFound(path=str(path), data=data.spec, group=data.group, compared=len(compared.real), seconds=seconds)


def _compared(command: FindNearest, sampler: Sampler, stop: threading.Event) -> _Compared:
    network = open_features(command.classifier, command.device) if command.classifier else None

    def make() -> _Compared:
        return _Compared(open_real(sampler, "training", stop)[0], network)

    made: _Compared = runtime.kept("compared", (command.run, command.classifier, id(network)), make)
    return made


def _found(compared: _Compared, images: NDArray[np.uint8], count: int, counter: Counter) -> tuple[Rows, Rows]:
    """Places in the dataset and distances. Pixels count from 0 to 1."""
    counter.text = "comparing with the training images"
    indices: list[Rows] = []

    def rows() -> Iterator[Rows]:
        for places, block in compared.blocks(counter):
            indices.append(places)
            yield block

    found = nearest(compared.of(images), rows(), count)
    scale = 255.0 if compared.by_pixels else 1.0
    return np.concatenate(indices)[found.indices], found.distances / scale


def _samples(path: Path, sampler: Sampler) -> NDArray[np.uint8]:
    images = read_arrays(path).get("images", np.zeros(0, np.uint8))
    shape = sampler.image_shape
    if images.ndim != 4 or not len(images) or images.dtype != np.uint8 or images.shape[1:3] != shape[:2]:
        raise JobError(f"{path}: Expected images of {shape[0]} x {shape[1]} as bytes. Received: {images.shape}")
    return images
