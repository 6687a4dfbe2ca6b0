"""Which run the Training panel is about: the one that trains, the one that was picked, or the project's last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from workbench.protocol import AnyCommand, AnyEvent, Started
from workbench.ui.document import Document
from workbench.ui.run_store import RunStoreModel
from workbench.ui.training.panel import TrainingPanel
from workbench.ui.training.recent_runs import RecentRuns
from workbench.ui.training.session import EngineSession

Rows = Sequence[Mapping[str, float]]


class ShownRun(QObject):
    """Keeps the selected run and the curves on screen the same one.

    A training that begins is selected. Another project shows its own last run if it has a file, else nothing.
    """

    def __init__(
        self,
        document: Document,
        session: EngineSession,
        runs: RecentRuns,
        store: RunStoreModel,
        panel: TrainingPanel,
    ) -> None:
        super().__init__(panel)
        self._document = document
        self._session = session
        self._runs = runs
        self._store = store
        self._panel = panel
        self._live: Path | None = None
        """The run whose events the curves take."""
        self._begun = False
        session.answered.connect(self._hear)
        session.changed.connect(self._on_session)
        runs.picked.connect(self._show)
        store.changed.connect(self._on_store)
        document.replaced.connect(self._on_project)

    def _hear(self, command: AnyCommand, event: AnyEvent) -> None:
        if not isinstance(event, Started) or self._session.job is None or not self._session.job.trains:
            return
        self._begun = True
        self._live = Path(event.run)
        self._runs.select(self._live)
        if event.epochs_done:
            folder, done = self._live, event.epochs_done
            self._store.ask(lambda: _epochs(folder), lambda rows: self._begin_with(folder, rows, done))

    def _begin_with(self, folder: Path, rows: Rows, done: int) -> None:
        if folder == self._live:
            self._panel.curves.begin_with([row for row in rows if row["epoch"] <= done])

    def _on_session(self) -> None:
        job = self._session.job
        self._store.mark_paused(Path(job.folder) if job is not None and job.paused and job.folder else None)

    def _show(self, folder: Path | None) -> None:
        """What was picked: the curves that come in, or those on disk."""
        if folder is None:
            self._panel.curves.clear()
        elif folder == self._live:
            self._panel.curves.show_live()
        else:
            self._store.ask(lambda: _epochs(folder), lambda rows: self._take(folder, rows))

    def _take(self, folder: Path, rows: Rows) -> None:
        row = self._runs.row_of(folder)
        if folder == self._runs.selected and folder != self._live and row is not None:
            self._panel.curves.show_rows(rows, max(row.planned, row.done))

    def _on_store(self) -> None:
        """The first reading: the window was just opened."""
        if not self._begun and self._store.was_read:
            self._begun = True
            self._runs.select(self._runs.last_of(self._document.title))

    def _on_project(self) -> None:
        """Nothing of the project before, unless it still trains."""
        if self._session.job is not None and self._session.job.trains:
            return
        self._live = None
        self._panel.clear()
        has_file = self._document.path is not None and self._store.was_read
        self._runs.select(self._runs.last_of(self._document.title) if has_file else None)


def _epochs(folder: Path) -> Rows:
    """The metrics of every whole epoch; called in the store's thread."""
    from workbench.runs.files import METRICS
    from workbench.runs.metrics import read_rows

    try:
        rows = read_rows(folder / METRICS)
    except OSError:
        return []
    return [row for row in rows if "epoch" in row]
