"""The run store as the window knows it: one list of every run, read and changed in a thread of its own.

A folder of runs may be large or slow, and `workbench.runs` brings numpy and h5py, which the window does without
until it is painted. So whatever touches the store is a function that is called in the thread and imports what it
needs there; what it returns comes back by a queued signal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, QThreadPool, Signal

from workbench.ui.preferences import Preferences

if TYPE_CHECKING:
    from workbench.runs import RunEntry, RunIndex, Trashed

Work = Callable[[], Any]
Then = Callable[[Any], None]


class RunStoreModel(QObject):
    """Every run and what is in the trash. `refresh` and `do` return at once; `changed` comes when there is news."""

    changed = Signal()
    """`entries`, `trashed` or `problem` are others."""
    failed = Signal(str)
    """Why something that was asked for was not done."""
    _read = Signal(object, object, str)
    _done = Signal(object, object, str)

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stored: tuple[RunEntry, ...] = ()
        self._paused: Path | None = None
        self.trashed: tuple[Trashed, ...] = ()
        self.problem = ""
        """Why the store could not be read, or ""."""
        self.was_read = False
        self._preferences = preferences
        self._indexes: dict[Path, RunIndex] = {}
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)  # what is asked for is done in its order
        self._reading = self._again = self._closed = False
        self._read.connect(self._take)
        self._done.connect(self._tell)

    @property
    def entries(self) -> tuple[RunEntry, ...]:
        """Every run, the newest first; one that is held between two batches is "paused"."""
        return tuple(_paused(entry) if entry.folder == self._paused else entry for entry in self._stored)

    @property
    def root(self) -> Path:
        """The folder of all runs."""
        return self._preferences.runs_folder

    def entry(self, folder: Path) -> RunEntry | None:
        """The run in a folder, if it is known."""
        return next((entry for entry in self.entries if entry.folder == folder), None)

    def mark_paused(self, folder: Path | None) -> None:
        """The run of this window's engine that holds between two batches: only the window knows."""
        if folder != self._paused:
            self._paused = folder
            self.changed.emit()

    def refresh(self) -> None:
        """Reads the store again; does nothing after `close`."""
        if self._reading or self._closed:
            self._again = not self._closed
            return
        self._reading = True
        self._pool.start(partial(self._read_store, self.root))

    def do(self, work: Work, then: Then | None = None) -> None:
        """Calls `work` in the store's thread, and `then` with its result in this one. Reads the store afterwards.

        What the store refuses goes to `failed`; `then` is not called. Nothing is begun after `close`.
        """
        if not self._closed:
            self._pool.start(partial(self._work, work, then or _nothing))
            self.refresh()

    def ask(self, work: Work, then: Then) -> None:
        """The same for what changes nothing: the store is not read again."""
        if not self._closed:
            self._pool.start(partial(self._work, work, then))

    def close(self) -> None:
        """Waits for what is under way, and begins nothing else."""
        self._again, self._closed = False, True
        self._pool.waitForDone()

    def _take(self, entries: Iterable[RunEntry], trashed: Iterable[Trashed], problem: str) -> None:
        self._reading = False
        news = (tuple(entries), tuple(trashed), problem)
        if news != (self._stored, self.trashed, self.problem) or not self.was_read:
            self._stored, self.trashed, self.problem = news
            self.was_read = True
            self.changed.emit()
        if self._again:
            self._again = False
            self.refresh()

    def _tell(self, then: Then, result: Any, problem: str) -> None:
        if self._closed:
            return
        if problem:
            self.failed.emit(problem)
        else:
            then(result)

    # -- in the thread
    def _read_store(self, root: Path) -> None:
        from workbench.runs import KEPT_DAYS, RunIndex, RunStoreError, empty_trash, trashed_runs

        try:
            if root not in self._indexes:
                self._indexes[root] = RunIndex(root)
                empty_trash(root, KEPT_DAYS)
            self._read.emit(self._indexes[root].entries(), trashed_runs(root), "")
        except RunStoreError as error:
            self._read.emit((), (), str(error))

    def _work(self, work: Work, then: Then) -> None:
        from workbench.runs import RunStoreError
        from workbench.sweeps import SweepError

        try:
            self._done.emit(then, work(), "")
        except (RunStoreError, SweepError) as error:
            self._done.emit(then, None, str(error))


def _paused(entry: RunEntry) -> RunEntry:
    return msgspec.structs.replace(entry, status="paused") if entry.status == "running" else entry


def _nothing(_: Any) -> None:
    return None
