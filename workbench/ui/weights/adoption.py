"""Weights of a run or a file for the open project: found in a thread, taken over as one step that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from workbench.project import SetTraining, SetWeights, assign
from workbench.project.edits import Several
from workbench.project.snapshot import Snapshot
from workbench.ui.background import Background, Report
from workbench.ui.document import Document
from workbench.ui.notices import Level, Notice, NoticeBoard

if TYPE_CHECKING:
    from threading import Event

    from workbench.project import Project
    from workbench.project.weight_matching import Fit, Found
    from workbench.project.weights import Weights

FILTER = "Weights (*.keras *.h5 *.hdf5 *.workbench)"
_TOPIC = "weights"


class WeightAdoption(QObject):
    """Takes over one set of weights at a time. Nothing in the project changes before they are in the store."""

    adopted = Signal()
    """The open project has other weights."""

    def __init__(self, document: Document, board: NoticeBoard, window: QWidget) -> None:
        super().__init__(window)
        self._document = document
        self._board = board
        self._window = window
        self.work = Background(self)
        self.work.done.connect(self._take)
        self.work.failed.connect(self._tell_failure)
        document.replaced.connect(self.work.cancel)

    def take_run(self, folder: Path) -> None:
        """The best weights of a run, in its folder."""
        self._begin(f"Taking the weights of {folder.name}", lambda _: _of_run(folder))

    def choose_file(self) -> None:
        """Asks for a file and takes its weights."""
        path = self._document.path
        folder = str(path.parent if path else Path.home())
        name, _ = QFileDialog.getOpenFileName(self._window, "Initial weights from a file", folder, FILTER)
        if name:
            self.take_file(Path(name))

    def take_file(self, path: Path) -> None:
        """The weights in a file: a Keras model, its weights alone, or another project."""
        self._begin(f"Taking the weights of {path.name}", lambda project: _of_file(path, project))

    def _begin(self, what: str, find: Callable[[Project], Found]) -> None:
        self._board.withdraw(_TOPIC)
        state = Snapshot.of(self._document.project)

        def work(report: Report, cancel: Event) -> tuple[Weights, Fit]:
            from workbench.project.weight_matching import adopt, fit_of, stored_shapes
            from workbench.project.weights import shared_store

            project = state.project()
            weights = adopt(project, find(project), shared_store(), lambda d, _, text: report(d, None, text), cancel)
            return weights, fit_of(project, stored_shapes(weights))

        self.work.start(what, work, _expected)

    def _take(self, done: tuple[Weights, Fit]) -> None:
        weights, fit = done
        training = assign(self._document.project.training, {"initial_weights": "project"})
        label = f"Begin with the weights of {weights.source}"
        self._document.do(Several((SetWeights(weights), SetTraining(training)), label))
        self._board.post(_notice(weights, fit))
        self.adopted.emit()

    def _tell_failure(self, message: str) -> None:
        self._board.post(Notice(Level.ERROR, f"The weights are not taken over. {message}", topic=_TOPIC))


def fit_words(fit: Fit) -> str:
    """`8 layers keep their weights, 1 has another shape, 2 begin anew`."""
    kept, changed, new = len(fit.kept), len(fit.changed), len(fit.new)
    parts = [f"{kept} {'layer keeps its' if kept == 1 else 'layers keep their'} weights"]
    parts += [f"{changed} {'has' if changed == 1 else 'have'} another shape"] if changed else []
    parts += [f"{new} {'begins' if new == 1 else 'begin'} anew"] if new else []
    return ", ".join(parts)


def _notice(weights: Weights, fit: Fit) -> Notice:
    whole = not fit.changed and not fit.new
    lines = [f"{name}: its weights have another shape" for name in fit.changed]
    lines += [f"{name}: begins anew" for name in fit.new]
    lines += [f"{path}: not in this network" for path in fit.unused]
    text = f"The next training begins with the weights of {weights.source}: {fit_words(fit)}."
    return Notice(Level.OK if whole else Level.WARNING, text, "\n".join(lines), topic=_TOPIC)


# -- in the thread
def _of_run(folder: Path) -> Found:
    from workbench.runs import Run
    from workbench.runs.weights import run_weights

    return run_weights(Run.open(folder))


def _of_file(path: Path, project: Project) -> Found:
    from workbench.importing.weights_file import file_weights
    from workbench.project import SUFFIX, load_project
    from workbench.project.weight_matching import project_weights

    if path.suffix == SUFFIX:
        return project_weights(load_project(path).project, path.name)
    return file_weights(path, project)


def _expected() -> tuple[type[Exception], ...]:
    from workbench.data.progress import Cancelled
    from workbench.importing import ModelFileError
    from workbench.project import ProjectFileError
    from workbench.project.weights import WeightsCancelled, WeightStoreError
    from workbench.runs import RunStoreError

    expected: tuple[Any, ...] = (
        ModelFileError,
        ProjectFileError,
        RunStoreError,
        WeightStoreError,
        WeightsCancelled,
        Cancelled,
    )
    return expected
