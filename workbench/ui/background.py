"""Slow work in a thread of its own: progress, time left and cancelling, with every answer on the window's thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import Any

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QWidget

from workbench.ui.theme import figures

Report = Callable[[int, int | None, str], None]
"""Done, total (None: not known) and what is being done; any thread may call it as often as it likes."""
Work = Callable[[Report, Event], Any]
"""What runs in the thread. It looks at the event now and then, and ends early when that is set."""
_EVERY = 0.05
_GUESS_AFTER = 1.0
"""Seconds before the time left is guessed."""
_SHOW_AFTER_MS = 150
"""Work that is done sooner shows no bar: it would only flicker."""
_STEPS = 1000
_BAR = (120, 10)


@dataclass(frozen=True)
class Status:
    """How far the work is."""

    what: str
    done: int = 0
    total: int | None = None
    seconds_left: float | None = None

    @property
    def text(self) -> str:
        """`Reading 1,200 of 60,000, 0:12 left`."""
        counted = f" {self.done:,} of {self.total:,}" if self.total and self.done else ""
        left = "" if self.seconds_left is None else f", {_clock(self.seconds_left)} left"
        return f"{self.what}{counted}{left}"


class Background(QObject):
    """One piece of work at a time; starting another cancels the one that runs, whose answer is then dropped.

    Errors of the types in `expected` come as their text by `failed`. Any other is a fault of the program and is
    raised on the window's thread.
    """

    changed = Signal()
    """Work began, ended, or got on."""
    done = Signal(object)
    failed = Signal(str)
    cancelled = Signal()
    _told = Signal(int, object)
    _ended = Signal(int, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.status: Status | None = None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._number = 0
        self._closed = False
        self._cancel = Event()
        self._told.connect(self._on_told)
        self._ended.connect(self._on_ended)

    @property
    def runs(self) -> bool:
        """True while there is work."""
        return self.status is not None

    def start(self, what: str, work: Work, expected: Callable[[], tuple[type[Exception], ...]]) -> None:
        """Begins; returns at once. `expected` is asked in the thread, so that it may import; none after `close`."""
        if self._closed:
            return
        self._cancel.set()
        self._cancel = Event()
        self._number += 1
        self.status = Status(what)
        report = _Throttled(partial(self._told.emit, self._number))
        self._pool.start(partial(_run, work, expected, report, self._cancel, self._ended, self._number))
        self.changed.emit()

    def cancel(self) -> None:
        """Asks the work to end; `cancelled` comes at once, whatever it does."""
        if self.status is None:
            return
        self._forget()
        self.cancelled.emit()

    def close(self) -> None:
        """Cancels, and waits for the thread."""
        self._closed = True
        self._forget()
        self._pool.waitForDone()

    def _forget(self) -> None:
        self._cancel.set()
        self._number += 1
        self.status = None
        self.changed.emit()

    def _on_told(self, number: int, status: Status) -> None:
        if number == self._number and self.status is not None:
            self.status = status
            self.changed.emit()

    def _on_ended(self, number: int, result: Any, error: Exception | str | None) -> None:
        if number != self._number:
            return
        self.status = None
        self.changed.emit()
        if isinstance(error, Exception):
            raise error
        if error is not None:
            self.failed.emit(error)
        else:
            self.done.emit(result)


class BackgroundBar(QWidget):
    """What a `Background` does, how far it is, and Cancel; takes no room while nothing runs.

    `stacked`: the words above the bar, for narrow places.
    """

    def __init__(self, work: Background, parent: QWidget | None = None, *, stacked: bool = False) -> None:
        super().__init__(parent)
        self._work = work
        self.text = QLabel(self)
        self.text.setFont(figures(self.font()))
        self.bar = QProgressBar(self, textVisible=False)
        self.bar.setFixedHeight(_BAR[1])
        self.cancel = QToolButton(self)
        self.cancel.setText("Cancel")
        self.cancel.clicked.connect(work.cancel)
        row = QHBoxLayout()
        row.setSpacing(8)
        outer = QBoxLayout(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight, self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(4 if stacked else 8)
        outer.addWidget(self.text)
        outer.addLayout(row)
        row.addWidget(self.bar)
        row.addWidget(self.cancel)
        if stacked:
            self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        else:
            self.bar.setFixedWidth(_BAR[0])
        self._later = QTimer(self, singleShot=True, interval=_SHOW_AFTER_MS)
        self._later.timeout.connect(self.show)
        self.hide()
        work.changed.connect(self._show)

    def _show(self) -> None:
        status = self._work.status
        if status is None:
            self._later.stop()
            self.hide()
            return
        if self.isHidden() and not self._later.isActive():
            self._later.start()
        self.text.setText(status.text)
        self.text.setToolTip(status.text)
        self.bar.setRange(0, _STEPS if status.total else 0)
        if status.total:
            self.bar.setValue(round(_STEPS * min(1, status.done / status.total)))


class _Throttled:
    """Tells the window now and then, however often the work reports."""

    def __init__(self, tell: Callable[[Status], object]) -> None:
        self._tell = tell
        self._began = self._last = time.monotonic()
        self._what = ""

    def __call__(self, done: int, total: int | None, what: str) -> None:
        now = time.monotonic()
        if what != self._what:
            self._began, self._what = now, what
        elif now - self._last < _EVERY:
            return
        self._last = now
        took = now - self._began
        guess = took / done * (total - done) if total and done and took > _GUESS_AFTER else None
        self._tell(Status(what, done, total, guess))


def _run(
    work: Work,
    expected: Callable[[], tuple[type[Exception], ...]],
    report: Report,
    cancel: Event,
    ended: SignalInstance,
    number: int,
) -> None:
    """In the thread; the signal is queued to the window's."""
    result, problem = None, None
    try:
        result = work(report, cancel)
    except Exception as error:  # judged here, told or raised on the window's thread
        problem = str(error) if isinstance(error, expected()) else error
    if not cancel.is_set():
        ended.emit(number, result, problem)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
