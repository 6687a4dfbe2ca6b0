"""What enters the network: the one path from stored images to tensors, for training and for every preview of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.blending import blend
from workbench.data.augmentation.effects import Frame
from workbench.data.augmentation.rendering import rendered
from workbench.data.augmentation.steps import Augmentation, Step, draw_mixes
from workbench.data.fit import Framing, Pixels
from workbench.data.keys import Ids, drawn, sample_ids
from workbench.data.pictures import Pictures, ReadyRows, memory_budget
from workbench.data.source import DatasetError, Image, Indices, Source, SourceGone
from workbench.data.split import Split, split_samples

Got = TypeVar("Got")
_MOST_IN_A_ROW = 64
"""Unreadable images one after another: then it is not they, but the disk or the folder that is gone."""


class Batch(NamedTuple):
    """`images` float32, count x height x width x channels; `targets` class indices, int64, or, where the feed is
    `soft`, float32 shares, count x classes. A `MapFeed` gives maps: uint8 class indices (or shares) of every pixel, or
    images.
    """

    images: Pixels
    targets: NDArray[Any]


@dataclass(frozen=True)
class Division:
    """A source with its samples' ids, divided by the seed."""

    source: Source
    ids: Ids
    split: Split


def divide(source: Source, validation_share: float, test_share: float, seed: int) -> Division:
    """Splits a source."""
    ids = sample_ids(source.keys)
    shares = validation_share, test_share
    return Division(source, ids, split_samples(ids, source.labels, source.parts, *shares, seed, source.groups))


class Feed:
    """Batches of chosen samples of a source, framed for a network and varied. Any thread may ask.

    Mixing partners come from these samples. With mixing targets are soft; `soft` asks for such targets without it, so
    that one loss serves training and validation. `budget`: bytes that images may take in memory.

    An image that cannot be read is replaced by the next readable one in the order of sample ids, with that one's
    label and chance: batches keep their size and stay pure functions of what can be read. `problems` counts them.
    """

    def __init__(
        self,
        division: Division,
        samples: Indices,
        framing: Framing,
        seed: int,
        augmentation: Augmentation | None = None,
        *,
        soft: bool = False,
        budget: int | None = None,
        pictures: Pictures | None = None,
    ) -> None:
        self.samples = samples
        self.augmentation = augmentation if augmentation and augmentation.steps else None
        self.soft = soft or bool(self.augmentation and self.augmentation.mixing)
        self.problems: dict[int, str] = {}
        """Why samples cannot be read, by index in the source; those met so far."""
        self._division = division
        self._ids = division.ids[samples]
        self._labels = division.source.labels[samples]
        self._framing = framing
        self._seed = seed
        self._budget = memory_budget() if budget is None else budget
        self._pictures = pictures or Pictures(division.source, framing, self._budget)
        self._shown = np.arange(len(samples))
        self._ready = self._ready_rows()

    def __len__(self) -> int:
        return len(self.samples)

    def with_augmentation(self, augmentation: Augmentation | None) -> Self:
        """The same samples varied in another way; images that are kept in memory are shared."""
        given = self._division, self.samples, self._framing, self._seed, augmentation
        return type(self)(*given, budget=self._budget, **self._shared())

    def _shared(self) -> dict[str, Any]:
        """What another feed of these samples takes over."""
        return {"pictures": self._pictures}

    @cached_property
    def _by_id(self) -> Indices:
        """Positions in the order of sample ids, which no storage changes."""
        return np.argsort(self._ids, kind="stable")

    def order(self, epoch: int) -> Indices:
        """Positions in the order of an epoch (from 0), a pure function of seed, epoch and sample keys."""
        return np.argsort(drawn(self._ids, "order", self._seed, epoch), kind="stable")

    def batch(self, positions: Indices, epoch: int) -> Batch:
        """The samples at these positions as they enter the network in an epoch. Raises DatasetError where no image
        can be read any more.
        """
        images = self._varied(positions, epoch)
        labels = self._labels[self._shown[positions]]
        if not self.soft:
            return Batch(images, labels)
        targets = np.eye(len(self._division.source.class_names), dtype=np.float32)[labels]
        if self.augmentation is not None:
            ids = self._ids[self._shown[positions]]
            for step in self.augmentation.mixing:
                self._mix(step, ids, images, targets, epoch)
        return Batch(images, targets)

    def shown(self, positions: Indices) -> Indices:
        """Indices in the source of the images that stand at these positions, once their batch was asked for."""
        return self.samples[self._shown[positions]]

    def _ready_rows(self) -> ReadyRows | None:
        height, width, channels = self._framing.shape
        if self.augmentation is not None or height is None or width is None or channels is None:
            return None
        if 4 * len(self) * height * width * channels > self._budget:
            return None
        # Read past `pictures`: what they would keep would be kept twice.
        source, framing = self._division.source, self._framing
        return ReadyRows(
            len(self),
            [((height, width, channels), np.float32)],
            lambda position: (framing.scaled(self._read(position, lambda index: framing.frame(source.read(index)))),),
        )

    def _varied(self, positions: Indices, epoch: int) -> Pixels:
        """Every image by itself; mixing comes later. A new array."""
        if self._ready is not None:
            return self._ready[positions][0]
        augmentation = self.augmentation
        get = self._pictures.region if augmentation and augmentation.moves else self._pictures.framed
        images = [self._read(int(position), get) for position in positions]
        frame = self._frame(images[0])
        if augmentation is not None:
            effects = augmentation.draw(self._ids[self._shown[positions]], self._seed, epoch, frame)
            images = [rendered(image, frame, drawn) for image, drawn in zip(images, effects, strict=True)]
        return self._tensor(images)

    def _frame(self, image: Image) -> Frame:
        height, width, _ = self._framing.shape
        return Frame(height or image.shape[0], width or image.shape[1])

    def _tensor(self, images: Sequence[Image]) -> Pixels:
        sizes = {image.shape for image in images}
        if len(sizes) > 1:
            found = " and ".join("x".join(map(str, size)) for size in sorted(sizes)[:2])
            raise DatasetError(f"Expected images of one size, or a network input with a size. Received: {found}")
        tensor = np.empty((len(images), *images[0].shape), np.float32)
        for row, image in zip(tensor, images, strict=True):
            row[:] = self._framing.scaled(image)
        return tensor

    def _read(self, position: int, get: Callable[[int], Got]) -> Got:
        """The image that stands at a position: its own, or where that is unreadable the next one by id."""
        shown = int(self._shown[position])
        for _ in range(min(len(self), _MOST_IN_A_ROW)):
            try:
                image = get(int(self.samples[shown]))
            except SourceGone:
                raise
            except DatasetError as error:
                self.problems[int(self.samples[shown])] = problem = str(error)
                shown = self._next_by_id(shown)
                continue
            self._shown[position] = shown
            return image
        raise DatasetError(f"No image can be read any more; the last: {problem}")

    def _next_by_id(self, position: int) -> int:
        rank = int(np.flatnonzero(self._by_id == position)[0])
        return int(self._by_id[(rank + 1) % len(self)])

    def _mix(self, step: Step, ids: Ids, images: Pixels, targets: NDArray[np.float32], epoch: int) -> None:
        """Mixes some rows with partners, in place. Partners are varied as they are themselves in this epoch."""
        mixes = draw_mixes(step, ids, self._seed, epoch, Frame(*images.shape[1:3]))
        rows = [row for row, mix in enumerate(mixes) if mix is not None]
        if not rows:
            return
        chosen = [int(mix[1] * len(self)) for mix in mixes if mix is not None]
        partners = self._by_id[chosen]
        others = self._varied(partners, epoch)
        labels = self._labels[self._shown[partners]]
        for row, other, label in zip(rows, others, labels, strict=True):
            mixed = mixes[row]
            assert mixed is not None
            share = blend(images[row], other, mixed[0])
            targets[row] *= share
            targets[row, label] += 1 - share
