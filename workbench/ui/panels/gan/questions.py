"""Questions to the engine about one generator: one at a time, and of each kind only the newest."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from workbench.protocol import LAST_OF_JOB, AnyCommand, AnyEvent, Failed, Stage, Stopped
from workbench.ui.training.session import EngineSession


@dataclass(frozen=True)
class Asked:
    """A question by the name of its kind."""

    name: str
    command: Any


class Questions(QObject):
    """Waiting questions are asked in the order of their kinds' first asking, whenever the engine is free."""

    told = Signal(str, object, object)
    """Name, the command, and each event of the job that is no stage; the last one too."""
    failed = Signal(str, str)
    """Name, and why there is no answer; "" where it was cancelled."""
    changed = Signal()
    """`status` or `stage` is another."""

    def __init__(self, session: EngineSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folder = tempfile.TemporaryDirectory(prefix="workbench-gan-", ignore_cleanup_errors=True)
        self._numbers = count()
        self._waiting: dict[str, Any] = {}
        self._asked: Asked | None = None
        self._beginning = False
        self.stage: Stage | None = None
        session.answered.connect(self._hear)
        session.changed.connect(self._go_on)

    @property
    def busy(self) -> bool:
        """Whether something is asked or waits."""
        return self._asked is not None or bool(self._waiting)

    @property
    def status(self) -> str:
        """What is waited for, or ""."""
        if self._asked is not None:
            return ""
        job = self._session.job
        if self._waiting and job is not None:
            return "Waits for the training to end" if job.trains else "Waits for the engine"
        return ""

    def asks(self, name: str) -> bool:
        """Whether a question of this kind is asked or waits."""
        return name in self._waiting or (self._asked is not None and self._asked.name == name)

    def ask(self, name: str, command: Any) -> None:
        """Asks; where the command says no `path`, the answer goes to a file that is gone with the window."""
        if not command.path:
            command = msgspec.structs.replace(command, path=str(self.new_file()))
        self._waiting[name] = command
        self._go_on()
        self.changed.emit()

    def cancel(self) -> None:
        """Nothing waits any more, and what is asked is stopped."""
        names = tuple(self._waiting)
        self._waiting.clear()
        if self._asked is not None and self._runs():
            self._session.stop()
        for name in names:
            self.failed.emit(name, "")
        self.changed.emit()

    def new_file(self) -> Path:
        """A file of which nobody knows yet."""
        return Path(self._folder.name, f"{next(self._numbers)}.npz")

    def close(self) -> None:
        """Leaves no file behind."""
        self._waiting.clear()
        self._asked = None
        self._folder.cleanup()

    def _runs(self) -> bool:
        job = self._session.job
        return job is not None and self._asked is not None and job.command == self._asked.command and not job.stopping

    def _go_on(self) -> None:
        if self._beginning or self._session.job is not None:
            self.changed.emit()
            return
        if self._asked is not None:  # the engine was lost: its outcome is told elsewhere
            lost, self._asked, self.stage = self._asked, None, None
            self.failed.emit(lost.name, "The engine was lost; ask again.")
        if self._waiting:
            name = next(iter(self._waiting))
            self._asked = Asked(name, self._waiting.pop(name))
            self.stage = None
            self._beginning = True  # the session tells that its engine starts before it has the job
            self._session.begin(self._asked.command)
            self._beginning = False
        self.changed.emit()

    def _hear(self, command: AnyCommand, event: AnyEvent) -> None:
        asked = self._asked
        if asked is None or command != asked.command:
            return
        if isinstance(event, Stage):
            self.stage = event
            self.changed.emit()
            return
        if isinstance(event, LAST_OF_JOB):
            self._asked, self.stage = None, None
        if isinstance(event, Failed):
            self.failed.emit(asked.name, f"{event.message} {event.hint}".strip())
        elif isinstance(event, Stopped):
            self.failed.emit(asked.name, "")
        else:
            self.told.emit(asked.name, asked.command, event)
        self.changed.emit()
