"""Long work in slices, and work aside that the window waits for."""

import time
from threading import current_thread, main_thread

import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from workbench.ui.aside import done_aside
from workbench.ui.slices import Slices


@pytest.fixture
def slices(qapp: QApplication):
    parent = QObject()
    yield Slices(parent)
    parent.deleteLater()


def slow(steps: int, seen: list[int]):
    for step in range(steps):
        time.sleep(0.005)
        seen.append(step)
        yield


def test_short_work_is_done_at_once(slices):
    done: list[str] = []
    slices.begin(iter(range(10)), lambda: done.append("done"))
    assert done == ["done"]
    assert not slices.busy


def test_the_window_answers_between_the_slices_of_long_work(slices, qtbot):
    seen, ticks, done = [], [], []
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: ticks.append(len(seen)))
    timer.start()
    slices.begin(slow(60, seen), lambda: done.append(len(seen)))
    assert slices.busy
    assert len(seen) < 60
    qtbot.waitUntil(lambda: bool(done))
    timer.stop()
    assert done == [60]
    assert len({count for count in ticks if 0 < count < 60}) >= 3


def test_other_work_takes_the_place_of_what_was_not_done(slices, qtbot):
    first, second, done = [], [], []
    slices.begin(slow(60, first), lambda: done.append("first"))
    slices.begin(slow(20, second), lambda: done.append("second"))
    qtbot.waitUntil(lambda: bool(done))
    assert done == ["second"]
    assert len(first) < 60


def test_dropped_work_is_left_undone(slices, qtbot):
    seen, done = [], []
    slices.begin(slow(60, seen), lambda: done.append("done"))
    slices.drop()
    count = len(seen)
    qtbot.wait(60)
    assert (len(seen), done, slices.busy) == (count, [], False)


def test_work_aside_is_done_in_another_thread_while_timers_go_on(qapp):
    ticks: list[int] = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start()

    def work() -> bool:
        time.sleep(0.3)
        return current_thread() is not main_thread()

    assert done_aside(work)
    timer.stop()
    assert len(ticks) > 5


def test_what_work_aside_raises_is_raised(qapp):
    for seconds in (0.0, 0.2):

        def work(seconds: float = seconds) -> None:
            time.sleep(seconds)
            raise OSError("no room")

        with pytest.raises(OSError, match="no room"):
            done_aside(work)
