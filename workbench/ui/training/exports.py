"""Exporting a trained run from the window: which one, as what, and where it went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QWidget

from workbench.protocol import Export
from workbench.ui.document import Document
from workbench.ui.preferences import Preferences
from workbench.ui.training.export_dialog import ExportDialog
from workbench.ui.training.recent_runs import RecentRuns, RunRow
from workbench.ui.training.session import EngineSession


class Exports:
    """Asks with a dialog and begins the job; how it ended is told as for every job."""

    def __init__(
        self,
        document: Document,
        preferences: Preferences,
        session: EngineSession,
        runs: RecentRuns,
        window: Callable[[], QWidget],
    ) -> None:
        self._document = document
        self._preferences = preferences
        self._session = session
        self._runs = runs
        self._window = window

    @property
    def row(self) -> RunRow | None:
        """The run that an export begins with: the selected one, if it holds weights."""
        return next((row for row in self._runs.exportable if row.folder == self._runs.selected), None)

    def ask(self) -> None:
        """Asks which run goes where; without a selected one that has to be chosen."""
        if self._runs.exportable and self._session.job is None:
            self._open(self._runs.exportable, self._runs.selected)

    def ask_for(self, folder: Path) -> None:
        """The same with this run chosen, however old it is."""
        row = self._runs.row_of(folder)
        if row is not None and row.exportable and self._session.job is None:
            others = tuple(other for other in self._runs.exportable if other.folder != folder)
            self._open((row, *others), folder)

    def _open(self, choices: Sequence[RunRow], selected: Path | None) -> None:
        path = self._document.path
        dialog = ExportDialog(choices, selected, path.parent if path else Path.home(), self._window())
        dialog.chosen.connect(self._begin)
        dialog.open()

    def _begin(self, run: Path, target: Path, form: str, weights: str) -> None:
        device = self._preferences.device
        self._session.begin(Export(run=str(run), path=str(target), format=form, weights=weights, device=device))
