"""Questions to the engine about one image: the newest waits while the engine does something else."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from workbench.protocol import AnyCommand, AnyEvent, Explain, Explained, Failed, Stage
from workbench.ui.panels.evaluation.background import Background
from workbench.ui.training.session import EngineSession

_READING = "explanation"


@dataclass(frozen=True)
class Answer:
    """The arrays of `docs/evaluation.md` for what was asked."""

    asked: Explain
    event: Explained
    arrays: dict[str, Any]


class Explainer(QObject):
    """One question at a time; a newer one takes the place of one that waits, and stops one that is answered."""

    answered = Signal(object)
    """An `Answer`."""
    failed = Signal(str)
    """Why there is none."""
    state_changed = Signal()

    def __init__(self, session: EngineSession, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._background = background
        self._folder = tempfile.TemporaryDirectory(prefix="workbench-explain-", ignore_cleanup_errors=True)
        self._numbers = count()
        self._waiting: Explain | None = None
        self._asked: Explain | None = None
        self._beginning = False
        session.answered.connect(self._hear)
        session.changed.connect(self._go_on)
        background.done.connect(self._take)
        background.failed.connect(self._miss)

    @property
    def status(self) -> str:
        """What is waited for, or ""."""
        if self._waiting is not None and self._asked is None and self._session.job is not None:
            return "The engine is busy; this is shown when it is free."
        return "Looking into the network…" if self._waiting or self._asked else ""

    def ask(self, command: Explain) -> None:
        """Asks; `path` is filled in."""
        self._waiting = msgspec.structs.replace(command, path=str(self.new_file("npz")))
        if self._asked is not None and self._runs():
            self._session.stop()
        self._go_on()
        self.state_changed.emit()

    def new_file(self, suffix: str) -> Path:
        """A file of which nobody knows yet; it is gone when the window is."""
        return Path(self._folder.name, f"{next(self._numbers)}.{suffix}")

    def forget(self) -> None:
        """Nothing is asked any more."""
        self._waiting = self._asked = None
        self._background.forget(_READING)
        self.state_changed.emit()

    def close(self) -> None:
        """Leaves no file behind."""
        self._folder.cleanup()

    def _runs(self) -> bool:
        job = self._session.job
        return job is not None and job.command == self._asked and not job.stopping

    def _go_on(self) -> None:
        if self._beginning or self._session.job is not None:
            return
        if self._waiting is not None:
            self._asked, self._waiting = self._waiting, None
            self._beginning = True  # the session tells that its engine starts before it has the job
            self._session.begin(self._asked)
            self._beginning = False
        elif self._asked is not None:
            self._asked = None  # the engine was lost: its outcome is told elsewhere
            self.state_changed.emit()

    def _hear(self, command: AnyCommand, event: AnyEvent) -> None:
        if command != self._asked or isinstance(event, Stage):
            return
        asked = self._asked
        self._asked = None
        if isinstance(event, Explained) and asked is not None:
            self._background.start(_READING, lambda: Answer(asked, event, _read(Path(event.path))))
        elif isinstance(event, Failed):
            self.failed.emit(f"{event.message} {event.hint}".strip())
        self.state_changed.emit()

    def _take(self, name: str, result: object) -> None:
        if name == _READING:
            self.answered.emit(result)

    def _miss(self, name: str, problem: str) -> None:
        if name == _READING:
            self.failed.emit(problem)


def _read(path: Path) -> dict[str, Any]:
    from workbench.evaluation.predictions import read_arrays

    arrays = read_arrays(path)
    path.unlink(missing_ok=True)
    return arrays
