"""Loaded where Qt is: a GUI test fails if it leaves a window, a thread or a process, or logs a warning."""

import logging
import threading
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QThread
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

GRACE = 3.0  # seconds that something which is already ending may take


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_log_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails a GUI test that logs a warning or worse, unless it is marked `expects_warnings`."""
    if not request.node.get_closest_marker("gui"):
        yield
        return
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    if handler.messages and not request.node.get_closest_marker("expects_warnings"):
        pytest.fail("logged: " + "; ".join(handler.messages), pytrace=False)


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a GUI test that leaves a top-level widget, a running thread or a child process."""
    if not request.node.get_closest_marker("gui"):
        yield
        return
    started = _record_started_threads(monkeypatch)
    widgets, threads = set(_top_level_widgets()), set(threading.enumerate())
    processes = set(_children())
    yield
    checks: dict[str, Callable[[], list[object]]] = {
        "top-level widgets": lambda: [w for w in _top_level_widgets() if w not in widgets],
        "running QThreads": lambda: [t for t in started if isValid(t) and t.isRunning()],
        "Python threads": lambda: [t for t in threading.enumerate() if _is_ours(t) and t not in threads],
        "child processes": lambda: [p for p in _children() if p not in processes],
    }
    left = _after_grace(checks)
    if left:
        pytest.fail("left behind: " + "; ".join(f"{what}: {found}" for what, found in left.items()), pytrace=False)


def _record_started_threads(monkeypatch: pytest.MonkeyPatch) -> list[QThread]:
    started: list[QThread] = []
    start = QThread.start

    def recording_start(thread: QThread, *arguments: object) -> None:
        started.append(thread)
        start(thread, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(QThread, "start", recording_start)
    return started


def _after_grace(checks: dict[str, Callable[[], list[object]]]) -> dict[str, list[object]]:
    deadline = time.monotonic() + GRACE
    while True:
        _deliver_deletions()
        left = {what: found for what, check in checks.items() if (found := check())}
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.01)


def _deliver_deletions() -> None:
    if QCoreApplication.instance() is not None:
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _top_level_widgets() -> list[QWidget]:
    return QApplication.topLevelWidgets() if QApplication.instance() is not None else []


def _is_ours(thread: threading.Thread) -> bool:
    """Not the entry that Python makes for a foreign (Qt's) thread: the QThread check sees those."""
    return thread.is_alive() and not isinstance(thread, threading._DummyThread)


def _children() -> list[psutil.Process]:
    return [p for p in psutil.Process().children(recursive=True) if p.status() != psutil.STATUS_ZOMBIE]
