"""Signals from outside (Ctrl+C in the terminal, the end of a login session) as a Qt signal."""

from __future__ import annotations

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Interrupts(QObject):
    """Between `install` and `remove`, an interruption is reported in the event loop instead of ending the program."""

    happened = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._tell)

    def install(self) -> None:
        """From now on, report here. Only in the main thread."""
        self._wakeup_before = signal.set_wakeup_fd(self._writing.fileno())
        self._before = {number: signal.signal(number, _ignore) for number in _SIGNALS}

    def remove(self) -> None:
        """Puts things back as they were."""
        self._notifier.setEnabled(False)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup_before)
        self._reading.close()
        self._writing.close()

    def _tell(self) -> None:
        self._reading.recv(64)
        self.happened.emit()


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """The byte on the socket says it."""
