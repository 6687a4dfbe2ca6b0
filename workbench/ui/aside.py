"""Work that the user waits for, done in another thread so that the window is painted meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QTimer

T = TypeVar("T")

_AT_ONCE_SECONDS = 0.05
_LOOK_MS = 10


def done_aside(work: Callable[[], T]) -> T:
    """The result of `work`, or what it raises. What the user does while it takes is kept until it is done."""
    with ThreadPoolExecutor(1, "aside") as pool:
        future = pool.submit(work)
        _wait(future)
        return future.result()


def _wait(future: Future[T]) -> None:
    try:
        future.exception(_AT_ONCE_SECONDS)
    except TimeoutError:
        loop, clock = QEventLoop(), QTimer()
        clock.timeout.connect(lambda: loop.exit() if future.done() else None)
        clock.start(_LOOK_MS)
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
