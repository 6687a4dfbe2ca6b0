"""The newest runs of the store, as the Training panel and the export list them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from workbench.project.results import result_words
from workbench.ui.run_status import BUSY
from workbench.ui.run_store import RunStoreModel

if TYPE_CHECKING:
    from workbench.runs import RunEntry

_KEPT = 50
_UNFINISHED = ("stopped", "interrupted", "failed")


@dataclass(frozen=True)
class RunRow:
    """One run as a line of the list. `result` tells the metric that it is judged by; `exportable`: it holds weights.

    `done` counts its whole epochs, `planned` are those of its settings, `kept_epochs` those that a run can begin from.
    """

    folder: Path
    name: str
    status: str
    result: str
    epochs: str
    problem: str
    exportable: bool
    done: int = 0
    best_epoch: int = 0
    kept_epochs: tuple[int, ...] = ()
    planned: int = 0


class RecentRuns(QObject):
    """The newest runs and the one that is selected; follows the store."""

    changed = Signal()
    picked = Signal(object)
    """Another run is selected: its folder, or None."""

    def __init__(self, store: RunStoreModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[RunRow, ...] = ()
        self._store = store
        self._selected: Path | None = None
        store.changed.connect(self._take)

    @property
    def problem(self) -> str:
        """Why the store could not be read, or ""."""
        return self._store.problem

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
        return tuple(row for row in self.rows if row.kept_epochs and row.status not in BUSY)

    @property
    def selected(self) -> Path | None:
        """The folder of the run that is selected in the list."""
        return self._selected

    def select(self, folder: Path | None) -> None:
        """Makes a run the one that is shown, and that export and resume begin with."""
        if folder != self._selected:
            self._selected = folder
            self.changed.emit()
            self.picked.emit(folder)

    def last_of(self, title: str) -> Path | None:
        """The newest run of a project of this title."""
        return next((row.folder for row in self._of(title)), None)

    def resumable_of(self, title: str) -> RunRow | None:
        """The newest run of a project of this title that can be resumed."""
        return next((row for row in self._of(title) if row in self.resumable), None)

    def _of(self, title: str) -> Iterator[RunRow]:
        if not self.rows:
            return
        # The store was read where there are rows, so this brings nothing new into the window's process.
        from workbench.runs.store import project_of, run_stem

        yield from (row for row in self.rows if project_of(row.folder.name) == run_stem(title))

    def row_of(self, folder: Path) -> RunRow | None:
        """Any run of the store, however old."""
        entry = self._store.entry(folder)
        return _row(entry) if entry else None

    def _take(self) -> None:
        self.rows = tuple(map(_row, self._store.entries[:_KEPT]))
        self.changed.emit()


def _row(entry: RunEntry) -> RunRow:
    return RunRow(
        folder=entry.folder,
        name=entry.shown_name,
        status=entry.status,
        result=result_words(entry.best, entry.monitor),
        epochs=f"{entry.epochs}/{entry.planned}" if entry.planned else "",
        problem=entry.problem,
        exportable=entry.has_weights,
        done=entry.epochs,
        best_epoch=entry.best_epoch,
        kept_epochs=entry.kept_epochs,
        planned=_planned(entry),
    )


def _planned(entry: RunEntry) -> int:
    """The epochs of its settings: what was added to them later is in `entry.planned`."""
    epochs = entry.settings.get("epochs", entry.planned)
    return epochs if isinstance(epochs, int) else entry.planned
