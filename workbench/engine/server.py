"""The engine's conversation: one thread hears commands, the main thread works through the jobs."""

import contextlib
import os
import queue
import threading

from workbench.engine import devices, runtime
from workbench.engine.errors import JobError
from workbench.engine.tasks import run_job
from workbench.protocol import (
    AnyCommand,
    AnyEvent,
    Channel,
    ChannelClosed,
    Failed,
    Hello,
    ProtocolError,
    Ready,
    Received,
    Shutdown,
    Stop,
    Stopped,
    Unavailable,
)

_LAST_WORDS = 20.0
"""Seconds that a job gets to end once nobody listens any more; native code cannot be interrupted."""


class Server:
    """Serves one client. Jobs run one after another in the thread that calls `run`.

    Keras keeps its seed, dtype policy and name counters by thread, so that thread builds and fits.
    """

    def __init__(self, channel: Channel[AnyEvent, AnyCommand]) -> None:
        self._channel = channel
        self._jobs: queue.SimpleQueue[Received[AnyCommand] | None] = queue.SimpleQueue()
        self._stops: dict[str, threading.Event] = {}
        self._ending = threading.Event()
        self._loaded = threading.Event()
        self._lock = threading.Lock()

    def run(self) -> int:
        """Serves until the client asks for the end or goes away; returns the process's exit status."""
        self._send(Hello(pid=os.getpid()))
        threading.Thread(target=self._listen, name="commands", daemon=True).start()
        if not self._become_ready():
            return 1
        while (received := self._jobs.get()) is not None and not self._ending.is_set():
            self._work(received.job, received.message)
        return 0

    def end(self) -> None:
        """Stops every job and makes `run` return; callable from a signal handler and any thread."""
        self._ending.set()
        for stop in list(self._stops.values()):
            stop.set()
        self._jobs.put(None)

    def _become_ready(self) -> bool:
        try:
            versions = runtime.load()
            found = devices.inventory()
        except JobError as error:
            self._send(Unavailable(message=error.message, hint=error.hint, detail=error.detail))
            return False
        self._loaded.set()
        self._send(Ready(versions=versions, devices=found.devices, no_gpu=found.no_gpu, remedy=found.remedy))
        return True

    def _work(self, job: str, command: AnyCommand) -> None:
        stop = self._stop_of(job)
        try:
            self._send(Stopped() if stop.is_set() else self._outcome(job, command, stop), job)
        finally:
            with self._lock:
                self._stops.pop(job, None)

    def _outcome(self, job: str, command: AnyCommand, stop: threading.Event) -> AnyEvent:
        try:
            ended: AnyEvent = run_job(command, lambda event: self._send(event, job), stop)
            return ended
        except JobError as error:
            return Failed(message=error.message, hint=error.hint, detail=error.detail, run=error.run)

    def _listen(self) -> None:
        try:
            while not self._ending.is_set():
                received = self._channel.receive()
                assert received is not None
                self._take(received)
        except ProtocolError as error:
            self._send(Unavailable(message=f"The engine does not understand its client: {error}."))
        except ChannelClosed:
            pass
        self.end()
        if not self._loaded.is_set():
            os._exit(0)  # nothing has begun, and TensorFlow would first import to its end
        threading.Timer(_LAST_WORDS, os._exit, [1]).start()

    def _take(self, received: Received[AnyCommand]) -> None:
        match received.message:
            case Stop():
                self._stop_of(received.job, create=False).set()
            case Shutdown():
                self.end()
            case _:
                self._stop_of(received.job)
                self._jobs.put(received)

    def _stop_of(self, job: str, create: bool = True) -> threading.Event:
        with self._lock:
            if create:
                return self._stops.setdefault(job, threading.Event())
            return self._stops.get(job, threading.Event())

    def _send(self, event: AnyEvent, job: str = "") -> None:
        with contextlib.suppress(ChannelClosed):  # the listening thread hears of it and ends the jobs
            self._channel.send(event, job)
