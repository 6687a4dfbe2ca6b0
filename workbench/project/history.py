"""The one edit stack of a project. It has no depth cap; loading a file is not a step."""

from __future__ import annotations

from collections.abc import Callable

from workbench.graph import Listeners
from workbench.project.document import Project
from workbench.project.edits import Edit


class History:
    """Undo and redo. `modified` compares with the state that was last marked as saved."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._undo: list[Edit] = []
        self._redo: list[Edit] = []
        self._saved_at: int | None = 0
        self._listeners: Listeners[()] = Listeners()

    def do(self, edit: Edit) -> None:
        """Apply an edit as one step; what was undone before can no longer be redone."""
        if self._saved_at is not None and self._saved_at > len(self._undo):
            self._saved_at = None
        self._undo.append(self.project.apply(edit))
        self._redo.clear()
        self._publish()

    def undo(self) -> None:
        """Take the last step back; nothing happens when there is none."""
        if self._undo:
            self._redo.append(self.project.apply(self._undo.pop()))
            self._publish()

    def redo(self) -> None:
        """Do again what was taken back last; nothing happens when there is none."""
        if self._redo:
            self._undo.append(self.project.apply(self._redo.pop()))
            self._publish()

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    @property
    def undo_label(self) -> str:
        """What undo would take back, or an empty text."""
        return self._undo[-1].label if self._undo else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again, or an empty text."""
        return self._redo[-1].label if self._redo else ""

    @property
    def modified(self) -> bool:
        """True when the project differs from what was saved."""
        return self._saved_at != len(self._undo)

    def mark_saved(self) -> None:
        """The project is on disk as it is now."""
        self._saved_at = len(self._undo)
        self._publish()

    def mark_unsaved(self) -> None:
        """The project is not on disk as it is now: recovered after a crash, or repaired while loading."""
        self._saved_at = None
        self._publish()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every step and mark; returns the function that ends it."""
        return self._listeners.add(listener)

    def _publish(self) -> None:
        self._listeners.tell()
