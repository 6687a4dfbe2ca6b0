"""A run's own images as its generator would give them: in its size and channels, as bytes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.data.feed import Division, Feed, divide
from workbench.data.fit import Framing
from workbench.data.source import Indices
from workbench.data.sources import open_source
from workbench.engine.errors import JobError
from workbench.engine.evaluation.reading_ahead import ahead
from workbench.engine.generating.sampler import Pictures, Sampler

_BLOCK = 256


@dataclass(frozen=True)
class RealImages:
    """Chosen samples of a dataset."""

    division: Division
    feed: Feed

    def __len__(self) -> int:
        return len(self.feed)

    def blocks(self, positions: Indices | None = None) -> Iterator[tuple[Indices, Pictures]]:
        """(indices in the dataset, images), read ahead. One that cannot be read is another's double."""
        chosen = np.arange(len(self.feed)) if positions is None else positions
        starts = range(0, len(chosen), _BLOCK)
        yield from ahead(self._block, (chosen[start : start + _BLOCK] for start in starts))

    def _block(self, positions: Indices) -> tuple[Indices, Pictures]:
        images = self.feed.batch(positions, 0).images
        return self.feed.shown(positions), np.rint(images).astype(np.uint8)


def open_real(sampler: Sampler, part: str, stop: threading.Event) -> tuple[RealImages, str]:
    """Images of a part of the run's dataset, and which part: "auto" is what was held out, else what was trained on.

    Raises JobError or DatasetError, and Cancelled.
    """
    project = sampler.project
    data, seed = project.dataset, project.training.seed
    division = divide(open_source(data.spec, data.group, cancel=stop), data.validation_share, data.test_share, seed)
    split = division.split
    everything: NDArray[np.int64] = np.arange(len(division.source), dtype=np.int64)
    parts = {"test": split.test, "validation": split.validation, "training": split.training, "all": everything}
    name = next((name for name, samples in parts.items() if len(samples)), "all") if part == "auto" else part
    if name not in parts:
        raise JobError(f"There is no part {part!r}.", f"Choose one of: auto, {', '.join(parts)}.")
    if not len(parts[name]):
        raise JobError(f"The dataset {division.source.name} has no {name} images.", "Choose another part.")
    framing = Framing(sampler.image_shape, data.fit, "0..255")
    return RealImages(division, Feed(division, parts[name], framing, seed, budget=0)), name
