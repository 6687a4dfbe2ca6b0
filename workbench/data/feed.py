"""What enters the network: the one path from stored images to tensors, for training and for every preview of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.data.fit import Framing, Pixels
from workbench.data.keys import Ids, drawn, sample_ids
from workbench.data.source import Indices, Source
from workbench.data.split import Split, split_samples


class Batch(NamedTuple):
    """`images` float32, count x height x width x channels; `targets` class indices, int64."""

    images: Pixels
    targets: NDArray[np.int64]


@dataclass(frozen=True)
class Division:
    """A source with its samples' ids, divided by the seed."""

    source: Source
    ids: Ids
    split: Split


def divide(source: Source, validation_share: float, test_share: float, seed: int) -> Division:
    """Splits a source."""
    ids = sample_ids(source.keys)
    return Division(source, ids, split_samples(ids, source.labels, source.parts, validation_share, test_share, seed))


class Feed:
    """Batches of chosen samples of a source, framed for a network. Any thread may ask."""

    def __init__(self, division: Division, samples: Indices, framing: Framing, seed: int) -> None:
        self.samples = samples
        self._source = division.source
        self._ids = division.ids[samples]
        self._framing = framing
        self._seed = seed

    def __len__(self) -> int:
        return len(self.samples)

    def order(self, epoch: int) -> Indices:
        """Positions in the order of an epoch (from 0), a pure function of seed, epoch and sample keys."""
        return np.argsort(drawn(self._ids, "order", self._seed, epoch), kind="stable")

    def batch(self, positions: Indices, epoch: int) -> Batch:
        """The samples at these positions as they enter the network in an epoch."""
        images = [self._framing.scaled(self._framing.frame(self._source.read(int(i)))) for i in self.samples[positions]]
        return Batch(np.stack(images), self._source.labels[self.samples[positions]])
