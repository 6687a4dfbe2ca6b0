"""The run store as the panel lists it: read in a thread of its own, because a folder of runs may be large or slow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThreadPool, Signal, SignalInstance

from workbench.ui.preferences import Preferences

if TYPE_CHECKING:
    from workbench.runs import DamagedRun, Run

_KEPT = 50
_UNFINISHED = ("stopped", "interrupted", "failed")


@dataclass(frozen=True)
class RunRow:
    """One run as a line of the list. `accuracy` is the best held-out one; `exportable`: it holds weights.

    `done` counts its whole epochs, `planned` are those of its settings, `kept_epochs` those that a run can begin from.
    """

    folder: Path
    name: str
    status: str
    accuracy: float | None
    epochs: str
    problem: str
    exportable: bool
    done: int = 0
    best_epoch: int = 0
    kept_epochs: tuple[int, ...] = ()
    planned: int = 0


class RecentRuns(QObject):
    """The newest runs and the one that is selected. `refresh` returns at once; `changed` comes when it is done."""

    changed = Signal()
    _read = Signal(object, str)

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[RunRow, ...] = ()
        self.problem = ""
        """Why the store could not be read, or ""."""
        self._preferences = preferences
        self._selected: Path | None = None
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._reading = self._again = self._closed = False
        self._read.connect(self._take)

    @property
    def exportable(self) -> tuple[RunRow, ...]:
        """The runs that hold weights, newest first."""
        return tuple(row for row in self.rows if row.exportable)

    @property
    def resumable(self) -> tuple[RunRow, ...]:
        """The runs that ended before their time and hold a whole epoch, newest first."""
        return tuple(row for row in self.continuable if row.status in _UNFINISHED)

    @property
    def continuable(self) -> tuple[RunRow, ...]:
        """The runs that another epoch could follow, newest first."""
        return tuple(row for row in self.rows if row.kept_epochs and row.status != "running")

    @property
    def selected(self) -> Path | None:
        """The folder of the run that is selected in the list."""
        return self._selected

    def select(self, folder: Path | None) -> None:
        """Makes a run the one that export begins with."""
        self._selected = folder
        self.changed.emit()

    def refresh(self) -> None:
        """Reads the store again; does nothing after `close`."""
        if self._reading or self._closed:
            self._again = not self._closed
            return
        self._reading = True
        self._pool.start(partial(_read_store, self._preferences.runs_folder, self._read))

    def close(self) -> None:
        """Waits for a reading that is under way, and begins no other."""
        self._again, self._closed = False, True
        self._pool.waitForDone()

    def _take(self, rows: tuple[RunRow, ...], problem: str) -> None:
        self._reading = False
        if (rows, problem) != (self.rows, self.problem):
            self.rows, self.problem = rows, problem
            self.changed.emit()
        if self._again:
            self._again = False
            self.refresh()


def _read_store(root: Path, done: SignalInstance) -> None:
    """Reads the newest runs, in a thread; the signal is queued to the window's."""
    # Imported here: it brings numpy and h5py, which the window does without until it is painted.
    from workbench.runs import RunStore, RunStoreError

    try:
        done.emit(tuple(map(_row, RunStore(root).list()[:_KEPT])), "")
    except RunStoreError as error:
        done.emit((), str(error))


def _row(run: Run | DamagedRun) -> RunRow:
    from workbench.runs import DamagedRun, RunStoreError

    if isinstance(run, DamagedRun):
        return RunRow(run.folder, run.name, run.status, None, "", run.problem, False)
    record = run.record
    try:
        run.weights_file()
        exportable = True
    except RunStoreError:
        exportable = False
    return RunRow(
        folder=run.folder,
        name=run.name,
        status=run.status.value,
        accuracy=record.best.get("val_accuracy"),
        epochs=f"{record.epochs}/{record.epochs_planned}",
        problem=run.problem,
        exportable=exportable,
        done=record.epochs,
        best_epoch=record.best_epoch,
        kept_epochs=tuple(run.kept_epochs()),
        planned=int(record.settings.get("epochs", record.epochs_planned)),
    )
