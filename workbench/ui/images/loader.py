"""Reading images in threads of their own, newest wish first, and keeping those that were seen last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal
from PySide6.QtGui import QImage

from workbench.ui.images.pictures import fitted, picture

Read = Callable[[int], Any]
"""From an index to an image, height x width x channels from 0 to 255; called in other threads. What it raises is shown
as the reason why there is no picture."""

_THREADS = 2
_WISHES = 400
"""Wishes that wait, at most: older ones were scrolled past, and are asked for again when they are seen again."""
_TELL_MS = 30


class ThumbnailLoader(QObject):
    """Thumbnails by index. `image` and `problem` answer at once; `loaded` says when there is more."""

    loaded = Signal(object)
    """A frozenset of indices that have a picture now, or a reason why not."""
    _read = Signal(int, int, QImage, str)

    def __init__(self, side: int, kept: int = 2000, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._kept = kept
        self._source: Read | None = None
        self._generation = 0
        self._closed = False
        self._images: OrderedDict[int, QImage] = OrderedDict()
        self._problems: dict[int, str] = {}
        self._wishes: OrderedDict[int, None] = OrderedDict()
        self._asked: set[int] = set()
        self._fresh: set[int] = set()
        self._lock = threading.Lock()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)
        self._working = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TELL_MS)
        self._timer.timeout.connect(self._tell)
        self._read.connect(self._take)

    def use(self, source: Read | None) -> None:
        """Reads from another place from now on; what was read is forgotten."""
        with self._lock:
            self._generation += 1
            self._source = source
            self._wishes.clear()
            self._asked.clear()
        self._images.clear()
        self._problems.clear()
        self._fresh.clear()

    def image(self, index: int) -> QImage | None:
        """The thumbnail, or None where it is not read yet or cannot be; then it is wished for."""
        found = self._images.get(index)
        if found is not None:
            self._images.move_to_end(index)
        elif index not in self._problems:
            self._wish(index)
        return found

    def problem(self, index: int) -> str:
        """Why there is no picture, or ""."""
        return self._problems.get(index, "")

    def close(self) -> None:
        """Waits for what is being read, and reads nothing more."""
        self._closed = True
        with self._lock:
            self._wishes.clear()
        self._pool.waitForDone()

    def _wish(self, index: int) -> None:
        if self._closed or self._source is None:
            return
        with self._lock:
            if index in self._asked:
                if index in self._wishes:
                    self._wishes.move_to_end(index)
                return
            self._asked.add(index)
            self._wishes[index] = None
            if len(self._wishes) > _WISHES:
                self._asked.discard(self._wishes.popitem(last=False)[0])
            start = self._working < _THREADS
            self._working += start
        if start:
            self._pool.start(self._work)

    def _work(self) -> None:
        """Reads until nothing is wished for; runs in the pool."""
        while True:
            with self._lock:
                if not self._wishes or self._source is None:
                    self._working -= 1
                    return
                index = self._wishes.popitem()[0]
                generation, source = self._generation, self._source
            image, problem = QImage(), ""
            try:
                image = fitted(picture(source(index)), self._side)
            except Exception as error:  # whatever is wrong with one image concerns that image alone
                problem = str(error) or type(error).__name__
            self._read.emit(generation, index, image, problem)

    def _take(self, generation: int, index: int, image: QImage, problem: str) -> None:
        if generation != self._generation or self._closed:
            return
        with self._lock:
            self._asked.discard(index)
        if problem:
            self._problems[index] = problem
        else:
            self._images[index] = image
            if len(self._images) > self._kept:
                self._images.popitem(last=False)
        self._fresh.add(index)
        if not self._timer.isActive():
            self._timer.start()

    def _tell(self) -> None:
        fresh, self._fresh = frozenset(self._fresh), set()
        if fresh:
            self.loaded.emit(fresh)
