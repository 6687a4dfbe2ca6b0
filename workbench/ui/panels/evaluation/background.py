"""Work off the window's thread, by name: of one name only the newest answer is heard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QThreadPool, Signal

_THREADS = 2


class Background(QObject):
    """`done` and `failed` come in the window's thread."""

    done = Signal(str, object)
    """Name of the work, and what it gave."""
    failed = Signal(str, str)
    """Name of the work, and why there is nothing."""
    _ended = Signal(str, int, object, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest: dict[str, int] = {}
        self._closed = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(_THREADS)
        self._ended.connect(self._take)

    def start(self, name: str, work: Callable[[], object]) -> None:
        """Does it in a thread; an older one of this name is not heard any more. Nothing after `close`."""
        if self._closed:
            return
        number = self._newest.get(name, 0) + 1
        self._newest[name] = number
        self._pool.start(partial(self._work, name, number, work))

    def forget(self, name: str) -> None:
        """Does not hear what is under way."""
        self._newest[name] = self._newest.get(name, 0) + 1

    def close(self) -> None:
        """Waits for what is under way."""
        self._closed = True
        self._pool.clear()
        self._pool.waitForDone()

    def _work(self, name: str, number: int, work: Callable[[], object]) -> None:
        try:
            self._ended.emit(name, number, work(), "")
        except Exception as error:  # told where the result would have been
            self._ended.emit(name, number, None, str(error) or type(error).__name__)

    def _take(self, name: str, number: int, result: object, problem: str) -> None:
        if self._closed or self._newest.get(name) != number:
            return
        if problem:
            self.failed.emit(name, problem)
        else:
            self.done.emit(name, result)
