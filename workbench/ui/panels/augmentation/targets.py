"""What the network is to give, as the preview shows it: words, and a layer over the picture. For threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtGui import QImage

from workbench.data.augmentation.effects import Frame
from workbench.data.grid import mixture, visible
from workbench.data.map_feed import MapFeed
from workbench.evaluation.palette import marked
from workbench.ui import quantities
from workbench.ui.images.masks import Colour, coloured, indexed, source_colours
from workbench.ui.images.pictures import picture

if TYPE_CHECKING:
    from workbench.data.fit import ValueRange
    from workbench.project.feeds import Feeds

Place = tuple[float, float, float, float]
"""Left, top, width and height."""
_WHOLE = (0.0, 0.0, 1.0, 1.0)
_NAMED = 1
"""Classes of a mask that a caption has room for."""


@dataclass(frozen=True)
class ShownTarget:
    """`caption` is short, `told` is all; `layer` lies over the part `place` of the picture, in shares of it."""

    caption: str
    told: str
    layer: QImage | None = None
    place: Place = _WHOLE


class TargetPainter:
    """Knows what the targets of a feed mean."""

    def __init__(self, feeds: Feeds, value_range: ValueRange) -> None:
        source = feeds.division.source
        self.kind = feeds.target
        self.names = source.class_names
        self._range = value_range
        self._feed = feeds.training
        self.colours: tuple[Colour, ...] = source_colours(source) if source.masked else ()
        self.marked = marked(self.names) if source.masked else ()

    @property
    def legend(self) -> tuple[tuple[str, Colour], ...]:
        """Classes that are coloured, with their colours."""
        rows = zip(self.names, self.colours, self.marked, strict=True) if self.kind == "masks" else ()
        return tuple((name, colour) for name, colour, shown in rows if shown)

    def show(self, target: Any, pixels: Any) -> ShownTarget:
        """A target beside the picture, height x width x 3, that it belongs to."""
        if self.kind == "image":
            size = " x ".join(map(str, target.shape[:2]))
            caption = f"target {size}" if target.shape[:2] != pixels.shape[:2] else ""
            return ShownTarget(caption, f"target {size}", picture(visible(target, self._range)), self._place(pixels))
        if self.kind == "masks":
            shares, layer = self._soft(target) if target.ndim == 3 else self._hard(target)
            return ShownTarget(*self._words(shares, target.shape[:2]), layer, self._place(pixels))
        if target.ndim == 0:
            return ShownTarget(self.names[int(target)], self.names[int(target)])
        return ShownTarget(mixture(target, self.names, 1), mixture(target, self.names, 3))

    def _place(self, pixels: Any) -> Place:
        """The part of the input that the output is about: its middle, where convolutions are valid."""
        if not isinstance(self._feed, MapFeed):
            return _WHOLE
        place = self._feed.map_frame(Frame(*pixels.shape[:2]))
        tall, wide = place.full.height, place.full.width
        return place.left / wide, place.top / tall, place.width / wide, place.height / tall

    def _hard(self, mask: Any) -> tuple[Any, QImage]:
        counts = np.bincount(mask.reshape(-1), minlength=256)[: len(self.names)]
        return counts / mask.size, coloured(indexed(mask), self.colours, self.marked)

    def _soft(self, shares: Any) -> tuple[Any, QImage]:
        """Mixed masks: each pixel's colour is the mixture of its classes'."""
        shown = shares * np.array(self.marked, np.float32)
        alpha = shown.sum(axis=-1, keepdims=True)
        mixed = shown @ np.array(self.colours, np.float32) / np.maximum(alpha, 1e-6)
        return shares.mean(axis=(0, 1)), picture(np.concatenate([mixed, 255 * alpha], axis=-1))

    def _words(self, shares: Any, size: tuple[int, int]) -> tuple[str, str]:
        """The largest classes that are coloured, and all with their shares."""
        order = np.argsort(-shares, kind="stable").tolist()
        there = [index for index in order if shares[index]]
        first = [index for index in there if self.marked[index]][:_NAMED] or there[:1]
        told = [f"{self.names[index]} {quantities.share(float(shares[index]))}" for index in there]
        rest = 1 - float(shares.sum())
        told += [f"no class {quantities.share(rest)}"] if rest > 1e-6 else []
        caption = ", ".join(f"{self.names[index]} {shares[index]:.0%}" for index in first) or "no class"
        return caption, f"mask {size[0]} x {size[1]}: {', '.join(told)}"
