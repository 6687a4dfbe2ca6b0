"""Autosave and recovery, as the window does them: work that is not in a file yet is kept beside the user's data.

By itself it is written in a thread of its own, from a snapshot: the window never waits for it.
"""

from __future__ import annotations

from pathlib import Path
from threading import Thread

from PySide6.QtCore import QObject, QTimer, Signal

from workbench import locations
from workbench.project import Autosave, Project, Recovery, Snapshot, find_recoveries
from workbench.ui.document import Document
from workbench.ui.notices import Level, Notice, NoticeBoard
from workbench.ui.preferences import Preferences

_TOPIC = "autosave"


def recovery_folder() -> Path:
    """Where open documents keep their autosaved states."""
    return locations.user_data() / "recovery"


def left_behind() -> list[Recovery]:
    """What windows that ended without closing left to recover, newest first."""
    return find_recoveries(recovery_folder())


class Keeper(QObject):
    """Keeps the document's unsaved state on disk until it is saved or given up."""

    _written = Signal(object)
    """The thread is done: why it could not write (an OSError), or None."""

    def __init__(self, document: Document, preferences: Preferences, board: NoticeBoard) -> None:
        super().__init__(board)
        self._document = document
        self._preferences = preferences
        self._board = board
        self._autosave: Autosave | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.keep_aside)
        self._writer: Thread | None = None
        self._written.connect(self._on_written)
        document.history_changed.connect(self._plan)

    def keep(self) -> bool:
        """Autosaves at once, if there is something that would be lost; says whether nothing is at risk any more."""
        self._timer.stop()
        if not self._document.modified:
            return True
        self._wait()
        error = self._begin() or self._write(self._document.project, self._document.path, self._digest)
        self._tell(error)
        return error is None

    def close(self) -> None:
        """The window closes properly: nothing is left to recover."""
        self._timer.stop()
        self._wait()
        if self._autosave is not None:
            self._autosave.close()
            self._autosave = None

    def _plan(self) -> None:
        if self._document.modified:
            if not self._timer.isActive():
                self._timer.start(self._preferences.autosave_seconds * 1000)
            return
        self._timer.stop()
        if self._autosave is not None and not self._writing:
            self._autosave.clear()

    # -- writing
    @property
    def _writing(self) -> bool:
        return self._writer is not None and self._writer.is_alive()

    @property
    def _digest(self) -> str:
        """Of the document's file as this window knows it."""
        on_disk = self._document.on_disk
        return on_disk.digest if on_disk is not None and on_disk.path == self._document.path else ""

    def keep_aside(self) -> None:
        """Autosaves without anybody waiting for it."""
        if self._writing:
            self._plan()
            return
        error = self._begin()
        if error is not None:
            self._tell(error)
            return
        state, path = Snapshot.of(self._document.project), self._document.path
        self._writer = Thread(target=self._write_aside, args=(state, path, self._digest), name="autosave")
        self._writer.start()

    def _write_aside(self, state: Snapshot, path: Path | None, digest: str) -> None:
        self._written.emit(self._write(state.project(), path, digest))

    def _begin(self) -> OSError | None:
        """The folder and its lock, which belong to this thread."""
        try:
            self._autosave = self._autosave or Autosave(recovery_folder())
        except OSError as error:
            return error
        return None

    def _write(self, project: Project, path: Path | None, digest: str) -> OSError | None:
        assert self._autosave is not None
        try:
            self._autosave.save(project, path, digest)
        except OSError as error:
            return error
        return None

    def _wait(self) -> None:
        if self._writer is not None:
            self._writer.join()

    def _on_written(self, error: OSError | None) -> None:
        """What was saved or given up meanwhile needs no keeping."""
        self._wait()
        self._tell(error)
        if not self._document.modified:
            self._plan()

    def _tell(self, error: OSError | None) -> None:
        if error is not None:
            reason = error.strerror or str(error)
            message = f"Autosave does not work: {recovery_folder()} cannot be written ({reason}). Save now and then."
            self._board.post(Notice(Level.WARNING, message, topic=_TOPIC))
