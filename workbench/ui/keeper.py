"""Autosave and recovery, as the window does them: work that is not in a file yet is kept beside the user's data."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from workbench import locations
from workbench.project import Autosave, Recovery, find_recoveries
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

    def __init__(self, document: Document, preferences: Preferences, board: NoticeBoard) -> None:
        super().__init__(board)
        self._document = document
        self._preferences = preferences
        self._board = board
        self._autosave: Autosave | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.keep)
        document.history_changed.connect(self._plan)

    def keep(self) -> bool:
        """Autosaves now, if there is something that would be lost; says whether nothing is at risk any more."""
        self._timer.stop()
        if not self._document.modified:
            return True
        try:
            if self._autosave is None:
                self._autosave = Autosave(recovery_folder())
            self._autosave.save(self._document.project, self._document.path)
        except OSError as error:
            reason = error.strerror or str(error)
            message = f"Autosave does not work: {recovery_folder()} cannot be written ({reason}). Save now and then."
            self._board.post(Notice(Level.WARNING, message, topic=_TOPIC))
            return False
        return True

    def close(self) -> None:
        """The window closes properly: nothing is left to recover."""
        self._timer.stop()
        if self._autosave is not None:
            self._autosave.close()
            self._autosave = None

    def _plan(self) -> None:
        if self._document.modified:
            if not self._timer.isActive():
                self._timer.start(self._preferences.autosave_seconds * 1000)
            return
        self._timer.stop()
        if self._autosave is not None:
            self._autosave.clear()
