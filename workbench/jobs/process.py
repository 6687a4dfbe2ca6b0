"""One engine process and the conversation with it."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from workbench.jobs.death import EngineDied
from workbench.jobs.environment import engine_environment
from workbench.jobs.log import OutputLog
from workbench.protocol import (
    AnyCommand,
    AnyEvent,
    Channel,
    ChannelClosed,
    ProtocolError,
    Received,
    Shutdown,
    client_channel,
)

_PATIENCE = 5.0
"""Seconds that an engine gets to end by itself, then again after SIGTERM."""


class EngineStartError(Exception):
    """The engine process could not be started; the message says why."""


class EngineProcess:
    """Starts `python -m workbench.engine` and talks to it.

    Any thread may call `send`, `kill` and `close`; one thread at a time calls `receive`. After a death, or
    `close`, `start` begins a new process. Used as a context manager it is closed at the end. What the process
    prints goes to `log_file` and, line by line and in a thread of its own, to `on_line`.
    """

    def __init__(
        self,
        log_file: Path | None = None,
        environment: Mapping[str, str] | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        self._log_file = log_file
        self._environment = environment
        self._on_line = on_line
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel[AnyCommand, AnyEvent] | None = None
        self._log: OutputLog | None = None
        self._reaping = threading.Lock()

    def __enter__(self) -> "EngineProcess":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process id; None before `start`."""
        return None if self._process is None else self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts the process and returns at once; the first event is `Hello`. Does nothing while one runs.

        Raises EngineStartError.
        """
        if self.alive:
            return
        self._reap(0)
        ours, theirs = socket.socketpair()
        try:
            self._process = self._spawn(theirs.fileno())
        except OSError as error:
            ours.close()
            raise EngineStartError(f"the engine process cannot be started: {error}") from error
        finally:
            theirs.close()
        assert self._process.stdout is not None
        self._log = OutputLog(self._process.stdout, self._log_file, self._on_line)
        self._channel = client_channel(ours)

    def send(self, command: AnyCommand, job: str | None = None) -> str:
        """Sends a command for `job`, a new one by default, and returns the job's id.

        Raises EngineDied where the process is gone, ProtocolError where the command is too long.
        """
        job = uuid.uuid4().hex if job is None else job
        try:
            self._open_channel().send(command, job)
        except ChannelClosed as error:
            raise self._death() from error
        return job

    def receive(self, timeout: float | None = None) -> Received[AnyEvent] | None:
        """The next event, or None if `timeout` seconds pass first.

        Raises EngineDied at the end of the process, ProtocolError where it does not speak our protocol.
        """
        try:
            return self._open_channel().receive(timeout)
        except ChannelClosed as error:
            raise self._death() from error

    def log_tail(self, lines: int = 40) -> str:
        """The last lines that the process printed."""
        return "" if self._log is None else self._log.tail(lines)

    def kill(self) -> None:
        """Ends the process at once; its runs become interrupted. `receive` then raises EngineDied."""
        if self._process is not None:
            self._process.kill()

    def close(self, patience: float = _PATIENCE) -> int | None:
        """Ends the process: asks, then SIGTERM, then SIGKILL, `patience` seconds apart; returns its status.

        Stops a running job within its batch. Leaves no process and no descriptor behind.
        """
        if self._process is None:
            return None
        with contextlib.suppress(ChannelClosed, ProtocolError, EngineDied):
            self._open_channel().send(Shutdown())
        return self._reap(patience)

    def _spawn(self, descriptor: int) -> subprocess.Popen[bytes]:
        # -P keeps the current folder off the path: a project's folder may well hold a file named keras.py.
        command = [sys.executable, "-P", "-m", "workbench.engine", "--channel", str(descriptor)]
        return subprocess.Popen(
            command,
            pass_fds=[descriptor],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=engine_environment(os.environ if self._environment is None else self._environment),
        )

    def _open_channel(self) -> Channel[AnyCommand, AnyEvent]:
        if self._channel is None:
            raise EngineDied(None)
        return self._channel

    def _death(self) -> EngineDied:
        code = self._reap(_PATIENCE)
        return EngineDied(code, self.log_tail())

    def _reap(self, patience: float) -> int | None:
        """Waits for the process, harder each time, and frees what belongs to it."""
        with self._reaping:
            if self._process is None:
                return None
            code = _end(self._process, patience)
            if self._channel is not None:
                self._channel.close()
                self._channel = None
                assert self._log is not None
                self._log.finish(1.0)
            return code


def _end(process: subprocess.Popen[bytes], patience: float) -> int:
    for harder in (process.terminate, process.kill):
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            harder()
    return process.wait()
