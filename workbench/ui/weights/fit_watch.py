"""What becomes of the project's weights as its network is edited: worked out in a thread, a moment after each edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from workbench.project import Change
from workbench.project.snapshot import Snapshot
from workbench.ui.background import Background, Report
from workbench.ui.document import Document, only_moves

if TYPE_CHECKING:
    from threading import Event

    from workbench.project.weight_matching import Fit

_WAIT_MS = 300


class FitWatch(QObject):
    """`fit` is None where the project has no weights or begins from scratch, and while nobody knows."""

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.fit: Fit | None = None
        self.problem = ""
        """Why the weights cannot be taken, or ""."""
        self.work = Background(self)
        self.work.done.connect(lambda fit: self._tell(fit, ""))
        self.work.failed.connect(lambda problem: self._tell(None, problem))
        self._timer = QTimer(self, interval=_WAIT_MS, singleShot=True)
        self._timer.timeout.connect(self._look)
        document.changed.connect(self._on_change)
        document.replaced.connect(self._restart)
        self._restart()

    def _on_change(self, change: Change) -> None:
        if not only_moves(change):
            self._restart()

    def _restart(self) -> None:
        project = self._document.project
        if project.weights is None or project.training.initial_weights == "scratch":
            self._timer.stop()
            self.work.cancel()
            self._tell(None, "")
        else:
            self._timer.start()

    def _look(self) -> None:
        state = Snapshot.of(self._document.project)

        def work(_: Report, __: Event) -> Fit:
            from workbench.project.weight_matching import fit_of, stored_shapes

            assert state.weights is not None
            return fit_of(state.project(), stored_shapes(state.weights))

        self.work.start("Matching weights", work, _expected)

    def _tell(self, fit: Fit | None, problem: str) -> None:
        if (fit, problem) != (self.fit, self.problem):
            self.fit, self.problem = fit, problem
            self.changed.emit()


def _expected() -> tuple[type[Exception], ...]:
    from workbench.project.weights import WeightStoreError

    expected: tuple[Any, ...] = (WeightStoreError,)
    return expected
