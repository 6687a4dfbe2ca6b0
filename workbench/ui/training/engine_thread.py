"""The worker thread that owns the engine process: starts it, feeds it, and passes on what it says."""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject, QThread, Signal

from workbench.jobs import EngineDied, EngineProcess, EngineStartError
from workbench.protocol import AnyCommand, AnyEvent, ProtocolError, Received

INTERVAL = 0.05
"""Seconds between two deliveries to the window, and the longest that a command waits."""

_LINES = 500
"""Printed lines kept between two deliveries; an engine that prints faster loses the oldest from the console."""

MakeEngine = Callable[[Callable[[str], None]], EngineProcess]
"""Makes the client of an engine, given what hears each printed line."""


class EngineThread(QThread):
    """Talks to one engine process at a time, from `start` to `end`; the process begins with the first order.

    Everything public is called in the window's thread. A process that ended is started again by the next order.
    """

    arrived = Signal(object)
    """A tuple of `Received` events: all since the last delivery, at most twenty deliveries a second."""
    printed = Signal(str)
    """Lines that the process printed, as often as events are delivered."""
    ended = Signal(str, str, object)
    """The process ended without being asked to: why, the last lines it printed, and a frozenset of the jobs that it
    had been given or would have been. An order that comes later belongs to the next process."""

    def __init__(self, make_engine: MakeEngine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: deque[str] = deque(maxlen=_LINES)
        self._engine = make_engine(self._lines.append)
        self._given: set[str] = set()
        self._orders: SimpleQueue[tuple[str, AnyCommand]] = SimpleQueue()
        self._wanted = threading.Event()
        self._ending = threading.Event()

    def warm_up(self) -> None:
        """Starts the process where none runs, so that TensorFlow is loaded when it is needed."""
        if not self.isRunning():
            self.start()
        self._wanted.set()

    def order(self, command: AnyCommand, job: str = "") -> str:
        """Sends a command for a job, a new one by default, and returns the job's id."""
        job = job or uuid.uuid4().hex
        self._orders.put((job, command))
        self.warm_up()
        return job

    def kill(self) -> None:
        """Ends the process at once, whatever it does."""
        self._engine.kill()

    def end(self) -> None:
        """Ends process and thread and waits for both: a job stops within its batch and keeps its run."""
        self._ending.set()
        self._wanted.set()
        self.wait()

    def run(self) -> None:
        """Serves until `end`; Qt calls this in the new thread."""
        try:
            while self._next_session():
                try:
                    self._serve()
                except (EngineDied, EngineStartError, ProtocolError) as error:
                    self._bury(error)
        finally:
            self._engine.close()

    def _next_session(self) -> bool:
        self._wanted.wait()
        self._wanted.clear()
        return not self._ending.is_set()

    def _serve(self) -> None:
        self._engine.start()
        self._given.clear()
        waiting: list[Received[AnyEvent]] = []
        due = 0.0
        try:
            while not self._ending.is_set():
                self._send_orders()
                patience = max(0.0, due - time.monotonic()) if waiting else INTERVAL
                if (received := self._engine.receive(patience)) is not None:
                    waiting.append(received)
                if (waiting or self._lines) and time.monotonic() >= due:
                    self._deliver(waiting)
                    due = time.monotonic() + INTERVAL
        finally:
            self._deliver(waiting)

    def _send_orders(self) -> None:
        while True:
            try:
                job, command = self._orders.get_nowait()
            except Empty:
                return
            self._given.add(job)
            self._engine.send(command, job)

    def _deliver(self, waiting: list[Received[AnyEvent]]) -> None:
        lines = [self._lines.popleft() for _ in range(len(self._lines))]
        if lines:
            self.printed.emit("\n".join(lines))
        if waiting:
            self.arrived.emit(tuple(waiting))
            waiting.clear()

    def _bury(self, error: Exception) -> None:
        self._engine.close()
        self._deliver([])
        self._wanted.clear()
        while not self._orders.empty():
            self._given.add(self._orders.get()[0])
        log = error.log if isinstance(error, EngineDied) else self._engine.log_tail()
        self.ended.emit(str(error), log, frozenset(self._given))
