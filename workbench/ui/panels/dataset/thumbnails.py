"""Small pictures of samples: read in threads, only those that are to be seen, and kept while there is room."""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from workbench.data.source import Image
    from workbench.ui.panels.dataset.samples import Samples

KEPT_BYTES = 96 * 2**20
_LEVELS = (32, 64, 128, 256, 512)
"""Sides, in device pixels, to which larger images are reduced."""
_TELL_EVERY = 0.02
"""Seconds: often enough to look immediate, seldom enough not to keep the window busy."""
_THREADS = max(1, min(4, (os.cpu_count() or 2) - 1))
Picture = tuple[QImage, bool]
"""The picture, and whether it is the image in full size."""


def level_for(side: int) -> int:
    """The side to which pictures are reduced that are shown in this one."""
    return next((level for level in _LEVELS if level >= side), _LEVELS[-1])


class Thumbnails(QObject):
    """Pictures by sample index. `want` says which are to be seen; `came` tells that there are more of them."""

    came = Signal()
    _read = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._samples: Samples | None = None
        self._kept: OrderedDict[int, tuple[int, Picture]] = OrderedDict()
        self._bytes = 0
        self._wishes = _Wishes()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)
        self._generation = 0
        self._read.connect(self._take)

    def use(self, samples: Samples | None) -> None:
        """Another dataset, or the same in other parts: pictures of the same source are kept."""
        old, self._samples = self._samples, samples
        if old is None or samples is None or old.source is not samples.source:
            self._generation += 1
            self._wishes.replace(())
            self._kept.clear()
            self._bytes = 0

    def picture(self, index: int) -> QImage | None:
        """The picture of a sample, if it is there."""
        found = self._kept.get(index)
        if found is None:
            return None
        self._kept.move_to_end(index)
        return found[1][0]

    def want(self, indices: Iterable[int], side: int) -> bool:
        """Reads what is missing among these, in order; earlier wishes that did not begin are forgotten.

        True when nothing is missing.
        """
        level = level_for(side)
        samples = self._samples
        if samples is None:
            return True
        missing = [index for index in indices if not self._has(index, level) and index not in samples.unreadable]
        self._wishes.replace((index, level) for index in missing)
        for _ in range(min(_THREADS, len(missing))):
            self._pool.start(partial(_read_wishes, samples, self._wishes, partial(self._read.emit, self._generation)))
        return not missing

    def close(self) -> None:
        """Waits for the threads."""
        self._wishes.replace(())
        self._generation += 1
        self._pool.waitForDone()

    def _has(self, index: int, level: int) -> bool:
        found = self._kept.get(index)
        return found is not None and (found[0] >= level or found[1][1])

    def _take(self, generation: int, pictures: list[tuple[int, int, Picture | str]]) -> None:
        if generation != self._generation or self._samples is None:
            return
        for index, level, picture in pictures:
            if isinstance(picture, str):
                self._samples.unreadable[index] = picture
                continue
            if index in self._kept:
                self._bytes -= self._kept.pop(index)[1][0].sizeInBytes()
            self._kept[index] = level, picture
            self._bytes += picture[0].sizeInBytes()
        while self._bytes > KEPT_BYTES:
            _, (_, (image, _)) = self._kept.popitem(last=False)
            self._bytes -= image.sizeInBytes()
        self.came.emit()


class _Wishes:
    """What is to be read next; several threads take from it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[tuple[int, int]] = []

    def replace(self, wishes: Iterable[tuple[int, int]]) -> None:
        with self._lock:
            self._waiting = [*wishes][::-1]

    def take(self) -> tuple[int, int] | None:
        with self._lock:
            return self._waiting.pop() if self._waiting else None


def _read_wishes(samples: Samples, wishes: _Wishes, tell: Callable[[object], object]) -> None:
    """In a thread, until nothing is wished for."""
    told = time.monotonic()
    read: list[tuple[int, int, Picture | str]] = []
    while (wish := wishes.take()) is not None:
        index, level = wish
        read.append((index, level, _picture(samples, index, level)))
        if time.monotonic() - told > _TELL_EVERY:
            tell(read)
            read, told = [], time.monotonic()
    if read:
        tell(read)


def _picture(samples: Samples, index: int, level: int) -> Picture | str:
    from workbench.data.source import DatasetError
    from workbench.ui.panels.dataset.pictures import as_picture, reduced

    try:
        image: Image = samples.source.read(index)
    except DatasetError as error:
        return str(error)
    small = reduced(image, level)
    return as_picture(small), small is image
