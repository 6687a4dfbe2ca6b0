"""Long work in the window's thread, in slices between which the window answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

_SECONDS = 0.02


class Slices(QObject):
    """Does one piece of work at a time. The first slice is done at once: what is short is done when `begin` returns."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work: Iterator[object] | None = None
        self._done: Callable[[], None] = lambda: None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """True while work waits for another slice."""
        return self._work is not None

    def begin(self, work: Iterator[object], done: Callable[[], None]) -> None:
        """Runs an iterator to its end, then calls `done`; other work that was not done is dropped."""
        self._work, self._done = work, done
        self._go_on()

    def drop(self) -> None:
        """Leaves the work undone, for one whose premises are no longer true."""
        self._work = None
        self._timer.stop()

    def _go_on(self) -> None:
        if self._work is None:
            return
        ends = perf_counter() + _SECONDS
        for _ in self._work:
            if perf_counter() > ends:
                self._timer.start(0)
                return
        self.drop()
        self._done()
