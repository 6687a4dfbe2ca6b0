"""Where exceptions end that nobody caught: a log line and one notice, never a dead window."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Signal

_log = logging.getLogger(__name__)


class Faults(QObject):
    """Catches what Python would print and die of, in every thread, between `install` and `remove`."""

    happened = Signal(str, str)
    """A sentence for a person and the traceback; delivered in this object's thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)

    def install(self) -> None:
        """From now on, report here."""
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread
        sys.unraisablehook = self._on_unraisable

    def remove(self) -> None:
        """Puts the hooks back that were there before."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, where: str = ""
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        detail = "".join(traceback.format_exception(kind, error, trace))
        _log.error("uncaught%s: %s", where, detail)
        reason = f"{kind.__name__}: {error}" if str(error) else kind.__name__
        self.happened.emit(f"Something in the program failed{where} ({reason}). Your project is kept as it is.", detail)

    def _on_thread(self, event: threading.ExceptHookArgs) -> None:
        if event.exc_value is not None:
            name = event.thread.name if event.thread else "?"
            self._on_exception(event.exc_type, event.exc_value, event.exc_traceback, f" in thread {name}")

    def _on_unraisable(self, event: sys.UnraisableHookArgs) -> None:
        if event.exc_value is not None:
            self._on_exception(event.exc_type, event.exc_value, event.exc_traceback, " while cleaning up")
