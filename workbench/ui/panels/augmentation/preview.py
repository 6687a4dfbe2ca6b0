"""The tensors that enter the network, worked out in a thread: what was asked for last is what comes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal
from PySide6.QtGui import QImage

from workbench.project import AugmentationSettings, DatasetSettings, Project, TrainingSettings

if TYPE_CHECKING:
    from workbench.data.feed import Feed
    from workbench.data.source import Source
    from workbench.data.targets import Output, TargetKind
    from workbench.project.feeds import Feeds
    from workbench.ui.panels.augmentation.targets import ShownTarget

_REST_MS = 15
"""Requests that come faster than this, as from a slider, are one."""


@dataclass(frozen=True)
class Wanted:
    """What to show: `rows` images from the `first` on, of one class or of all, in `columns` epochs from `epoch` on."""

    dataset: DatasetSettings
    training: TrainingSettings
    augmentation: AugmentationSettings
    shape: tuple[int | None, ...]
    class_name: str | None = None
    first: int = 0
    rows: int = 4
    columns: int = 6
    epoch: int = 0
    output: Output | None = None
    """The map that the network gives, to which masks and pictures are fitted; None where it gives no map."""


@dataclass(frozen=True)
class Cell:
    """One tensor as a picture, and its target in words: short, and in full. A target that is a mask or a picture is a
    `layer` over the part `place` of the picture: left, top, width and height in shares of it.
    """

    picture: QImage
    caption: str
    told: str
    layer: QImage | None = None
    place: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Seen:
    """Answers `wanted`. In each row the image as it is, then its variants. `milliseconds` an image, decoded already."""

    wanted: Wanted
    rows: tuple[tuple[Cell, ...], ...]
    milliseconds: float
    class_names: tuple[str, ...]
    channels: int
    images: int
    unreadable: int
    target: TargetKind = "classes"
    legend: tuple[tuple[str, tuple[int, int, int]], ...] = ()
    """Classes of pixels and their colours."""


class Preview(QObject):
    """`ask` returns at once; `seen` or `failed` comes for the last one asked for. Nothing comes after `close`."""

    seen = Signal(object)
    failed = Signal(str)
    busy_changed = Signal(bool)
    _answered = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._eyes = _Eyes()
        self._next: Wanted | None = None
        self._working = self._closed = False
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._begin)
        self._answered.connect(self._take)

    @property
    def busy(self) -> bool:
        """True until what was asked for last has come."""
        return self._working or self._next is not None

    def ask(self, wanted: Wanted) -> None:
        """Shows something else."""
        if self._closed:
            return
        self._next = wanted
        self.busy_changed.emit(True)
        if not self._working and not self._rest.isActive():
            self._rest.start()

    def use_source(self, settings: DatasetSettings, source: Source) -> None:
        """A dataset that somebody has opened already, so that it is not opened again."""
        self._eyes.offered = _read_as(settings), source

    def close(self) -> None:
        """Waits for what is under way, and begins nothing more."""
        self._closed, self._next = True, None
        self._rest.stop()
        self._pool.waitForDone()

    def _begin(self) -> None:
        wanted, self._next = self._next, None
        if wanted is not None and not self._closed:
            self._working = True
            self._pool.start(partial(_look, self._eyes, wanted, self._answered))

    def _take(self, seen: Seen | None, error: Exception | str | None) -> None:
        self._working = False
        if self._next is not None:
            self._rest.start()
        if self._closed:
            return
        if isinstance(error, Exception):
            raise error  # a fault of the program, told as every other
        if seen is not None:
            self.seen.emit(seen)
        elif error is not None:
            self.failed.emit(error)
        if self._next is None:
            self.busy_changed.emit(False)


def _look(eyes: _Eyes, wanted: Wanted, answered: Any) -> None:
    """In a thread; the signal is queued to the window's."""
    from workbench.data.source import DatasetError

    try:
        answered.emit(eyes.look(wanted), None)
    except DatasetError as error:
        answered.emit(None, str(error))
    except Exception as error:
        answered.emit(None, error)


class _Eyes:
    """What stays opened between two looks; used by one thread at a time."""

    def __init__(self) -> None:
        self.offered: tuple[object, Source] | None = None
        self._source: tuple[object, Source] | None = None
        self._feeds: tuple[object, Feeds] | None = None
        self._before: Feed | None = None

    def look(self, wanted: Wanted) -> Seen:
        """Raises DatasetError."""
        from workbench.data.grid import visible
        from workbench.project.feeds import augmentation_of
        from workbench.ui.panels.augmentation.targets import TargetPainter

        feeds = self._divided(wanted)
        before = self._before = self._before or feeds.training.with_augmentation(None)
        varied = feeds.training.with_augmentation(augmentation_of(wanted.augmentation))
        positions = _chosen(feeds, wanted)
        epochs = range(wanted.epoch, wanted.epoch + wanted.columns)
        columns = [before.batch(positions, 0), *(varied.batch(positions, epoch) for epoch in epochs)]
        start = time.perf_counter()
        varied.batch(positions, epochs[-1])  # once more, now that every image and partner is decoded
        seconds = (time.perf_counter() - start) / max(1, len(positions))
        pictures = [visible(column.images, wanted.dataset.value_range) for column in columns]
        painter = TargetPainter(feeds, wanted.dataset.value_range)
        rows = tuple(
            tuple(
                _cell(pixels[row], painter.show(column.targets[row], pixels[row]))
                for pixels, column in zip(pictures, columns, strict=True)
            )
            for row in range(len(positions))
        )
        names = () if feeds.division.source.masked else painter.names
        channels = columns[0].images.shape[-1]
        unreadable = len(varied.problems | before.problems)
        count = len(feeds.training)
        legend = painter.legend
        return Seen(wanted, rows, 1000 * seconds, names, channels, count, unreadable, painter.kind, legend)

    def _divided(self, wanted: Wanted) -> Feeds:
        from workbench.project.feeds import project_feeds

        training = TrainingSettings(seed=wanted.training.seed)
        key = wanted.dataset, training, wanted.shape, wanted.output
        if self._feeds is None or self._feeds[0] != key:
            project = Project((), wanted.dataset, training)
            self._before = None
            self._feeds = key, project_feeds(project, self._opened(wanted.dataset), wanted.shape, wanted.output)
        return self._feeds[1]

    def _opened(self, settings: DatasetSettings) -> Source:
        from workbench.project.feeds import open_dataset

        key = _read_as(settings)
        if self.offered is not None and self.offered[0] == key:
            self._source = self.offered
        if self._source is None or self._source[0] != key:
            self._source = key, open_dataset(settings)
        return self._source[1]


def _chosen(feeds: Feeds, wanted: Wanted):  # type: ignore[no-untyped-def]
    """Positions in the order of the first epoch; from the start again where the first is beyond the last."""
    import numpy as np

    from workbench.data.source import DatasetError

    training, source = feeds.training, feeds.division.source
    order = training.order(0)
    if wanted.class_name in source.class_names:
        label = source.class_names.index(wanted.class_name)
        order = order[source.labels[training.samples[order]] == label]
    if not len(order):
        raise DatasetError("There are no training images of this class." if len(training) else "No training images.")
    return order[np.arange(wanted.first, wanted.first + min(wanted.rows, len(order))) % len(order)]


def _cell(pixels: Any, target: ShownTarget) -> Cell:
    return Cell(_picture(pixels), target.caption, target.told, target.layer, target.place)


def _read_as(settings: DatasetSettings) -> object:
    """What decides how a dataset is read."""
    return settings.spec, settings.group, settings.target == "image"


def _picture(pixels) -> QImage:  # type: ignore[no-untyped-def]
    """Bytes in RGB as Qt paints them; a copy, because the array goes."""
    height, width, _ = pixels.shape
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
