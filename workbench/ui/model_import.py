"""Keras models as projects: chosen, dropped or built by the engine, read in a thread, told of when they are there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from workbench.ui.background import Background, Report
from workbench.ui.notices import Level, Notice, NoticeBoard
from workbench.ui.session import Session

if TYPE_CHECKING:
    from threading import Event

    from workbench.importing import ImportReport

SUFFIXES = (".keras", ".h5", ".hdf5")
FILTER = f"Keras models ({' '.join(f'*{suffix}' for suffix in SUFFIXES)})"
_TOPIC = "import"


def is_model(name: str) -> bool:
    """True for the name of a file that may hold a Keras model."""
    return name.lower().endswith(SUFFIXES)


class ModelImport(QObject):
    """Reads one model at a time. Nothing in the window changes before it is read whole."""

    opened = Signal(object)
    """An `ImportReport`, whose project is in the window now."""
    work: Background

    def __init__(self, session: Session, board: NoticeBoard, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._board = board
        self._window = window
        self._title = ""
        self.work = Background(self)
        self.work.done.connect(self._open)
        self.work.failed.connect(self._tell_failure)

    def choose(self) -> None:
        """Asks for a model's file and reads it."""
        folder = str(self._session.folder())
        name, _ = QFileDialog.getOpenFileName(self._window, "Import model", folder, FILTER)
        if name:
            self.read(Path(name))

    def read_first(self, names: Iterable[str]) -> bool:
        """Reads the first model among some files that were dropped on the window."""
        first = next((Path(name) for name in names if is_model(name)), None)
        if first is not None:
            self.read(first)
        return first is not None

    def read(self, path: Path, title: str = "", preprocess: str = "") -> None:
        """Begins to read a model; the project is called `title`, or as the model is.

        `preprocess` names what the network expects of its images, which comes to stand in the graph.
        """
        self._board.withdraw(_TOPIC)
        self._title = title

        def work(report: Report, cancel: Event) -> ImportReport:
            from workbench.importing import import_project
            from workbench.project.weights import shared_store

            return import_project(path, shared_store(), progress=report, cancel=cancel, preprocess=preprocess)

        self.work.start(f"Importing {path.name}", work, _expected)

    def _open(self, report: ImportReport) -> None:
        if self._title:
            report.project.title = self._title
        if self._session.start(report.project, saved=False):
            self._board.post(_notice(report))
            self.opened.emit(report)

    def _tell_failure(self, message: str) -> None:
        self._board.post(Notice(Level.ERROR, f"Cannot import {message}", topic=_TOPIC))


def _notice(report: ImportReport) -> Notice:
    count = len(report.opaque)
    kept = (
        f" {count} {'layer is' if count == 1 else 'layers are'} not known here and kept as they are." if count else ""
    )
    level = Level.WARNING if report.opaque else Level.OK
    return Notice(level, f"Imported {report.summary}.{kept}", "\n".join(report.remarks), topic=_TOPIC)


def _expected() -> tuple[type[Exception], ...]:
    from workbench.data.progress import Cancelled
    from workbench.importing import ModelFileError
    from workbench.project.weights import WeightStoreError

    expected: tuple[Any, ...] = (ModelFileError, WeightStoreError, Cancelled)
    return expected
