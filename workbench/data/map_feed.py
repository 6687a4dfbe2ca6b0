"""The feed of a network whose output is a map: masks and pictures are framed and moved as their images are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.data.augmentation.blending import blend
from workbench.data.augmentation.effects import Effect, Frame, Mix, MixUp
from workbench.data.augmentation.rendering import rendered, rendered_mask
from workbench.data.augmentation.steps import Augmentation, Step, draw_mixes
from workbench.data.feed import Batch, Division, Feed
from workbench.data.fit import Framing, Pixels, with_channels
from workbench.data.keys import Ids
from workbench.data.map_pictures import MapPictures, Pair
from workbench.data.pictures import ReadyRows, memory_budget
from workbench.data.source import VOID, Indices
from workbench.data.targets import MapFrame, Output, TargetKind, in_scale, shares, undegraded


class MapFeed(Feed):
    """As a `Feed`, with targets of the height and width of the network's output.

    Masks are uint8 class indices, `VOID` where a pixel belongs to no class or lies outside the image; float32 shares
    where augmentation blends images or `soft` asks for them. Pictures are float32 in the network's range of values.
    A sample whose mask or picture cannot be read is replaced as one whose image cannot.
    """

    def __init__(
        self,
        division: Division,
        samples: Indices,
        framing: Framing,
        seed: int,
        augmentation: Augmentation | None = None,
        *,
        kind: TargetKind,
        output: Output,
        soft: bool = False,
        budget: int | None = None,
        pairs: MapPictures | None = None,
    ) -> None:
        self.kind = kind
        self.output = output
        budget = memory_budget() if budget is None else budget
        self._pairs = pairs or MapPictures(division.source, framing, kind, output, budget)
        super().__init__(division, samples, framing, seed, augmentation, budget=budget)
        blends = bool(self.augmentation and any(step.operation.blends for step in self.augmentation.mixing))
        self.soft = kind == "masks" and (soft or blends)

    def _shared(self) -> dict[str, Any]:
        return {"kind": self.kind, "output": self.output, "pairs": self._pairs}

    def batch(self, positions: Indices, epoch: int) -> Batch:
        """The samples at these positions as they enter the network in an epoch, and what is to come out. Raises
        DatasetError where no image can be read any more.
        """
        images, targets = self._varied_pairs(positions, epoch)
        if self.augmentation is not None:
            ids = self._ids[self._shown[positions]]
            for step in self.augmentation.mixing:
                self._mix_pairs(step, ids, images, targets, epoch)
        return Batch(images, targets)

    def map_frame(self, frame: Frame) -> MapFrame:
        """Where targets lie in an input of this size."""
        return MapFrame.of(frame, self.output)

    def _ready_rows(self) -> ReadyRows | None:
        height, width, channels = self._framing.shape
        if self.augmentation is not None or height is None or width is None or channels is None:
            return None
        place = self.map_frame(Frame(height, width))
        depth = self.output.channels
        if self.kind == "image" and depth is None:
            return None
        target: tuple[tuple[int, ...], type[np.generic]]
        target = ((place.height, place.width), np.uint8)
        if self.kind == "image":
            target = ((place.height, place.width, int(depth or 0)), np.float32)
        size = 4 * height * width * channels + np.dtype(target[1]).itemsize * int(np.prod(target[0]))
        if size * len(self) > self._budget:
            return None

        def made(position: int) -> tuple[NDArray[Any], NDArray[Any]]:
            pair = self._read(position, lambda index: self._pairs.read(index, False))
            return self._framing.scaled(pair.image), self._target(pair, Frame(height, width), ())

        return ReadyRows(len(self), [((height, width, channels), np.float32), target], made)

    def _varied_pairs(self, positions: Indices, epoch: int) -> tuple[Pixels, NDArray[Any]]:
        """Every pair by itself; mixing comes later. New arrays."""
        images, targets = self._ready[positions] if self._ready is not None else self._rendered(positions, epoch)
        return images, shares(targets, len(self._division.source.class_names)) if self.soft else targets

    def _rendered(self, positions: Indices, epoch: int) -> tuple[Pixels, NDArray[Any]]:
        augmentation = self.augmentation
        get = self._pairs.region if augmentation and augmentation.moves else self._pairs.framed
        pairs: list[Pair] = [self._read(int(position), get) for position in positions]
        frame = self._frame(pairs[0].image)
        drawn: Sequence[Sequence[Effect]] = [()] * len(pairs)
        if augmentation is not None:
            drawn = augmentation.draw(self._ids[self._shown[positions]], self._seed, epoch, frame)
        images = [
            pair.image if augmentation is None else rendered(pair.image, frame, effects)
            for pair, effects in zip(pairs, drawn, strict=True)
        ]
        tensor = self._tensor([with_channels(image, self._framing.shape[2]) for image in images])
        targets = [self._target(pair, frame, effects) for pair, effects in zip(pairs, drawn, strict=True)]
        return tensor, np.stack(targets)

    def _target(self, pair: Pair, frame: Frame, effects: Sequence[Effect]) -> NDArray[Any]:
        place = self.map_frame(frame)
        if self.kind == "masks":
            return place.cropped(rendered_mask(pair.target, place.full, in_scale(effects, frame, place.full), VOID))
        kept = in_scale(undegraded(effects, self._division.source.paired), frame, place.full)
        picture = place.cropped(rendered(pair.target, place.full, kept))
        return self._framing.scaled(with_channels(picture, self.output.channels))

    def _mix_pairs(self, step: Step, ids: Ids, images: Pixels, targets: NDArray[Any], epoch: int) -> None:
        """Mixes some rows with partners, in place. Partners are varied as they are themselves in this epoch."""
        frame = Frame(*images.shape[1:3])
        mixes = draw_mixes(step, ids, self._seed, epoch, frame)
        rows = [row for row, mix in enumerate(mixes) if mix is not None]
        if not rows:
            return
        partners = self._by_id[[int(mix[1] * len(self)) for mix in mixes if mix is not None]]
        others, other_targets = self._varied_pairs(partners, epoch)
        for row, other, target in zip(rows, others, other_targets, strict=True):
            mixed = mixes[row]
            assert mixed is not None
            blend(images[row], other, mixed[0])
            self._blend_target(targets[row], target, mixed[0], frame)

    def _blend_target(self, target: NDArray[Any], partner: NDArray[Any], mix: Mix, frame: Frame) -> None:
        """The partner's labels or values, pixel by pixel as the image's, in place."""
        if isinstance(mix, MixUp):
            blend(target, partner, mix)
            return
        box = self.map_frame(frame).box(mix.box, frame)
        inside = slice(box.top, box.bottom), slice(box.left, box.right)
        target[inside] = partner[inside]
