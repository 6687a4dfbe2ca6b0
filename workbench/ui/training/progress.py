"""The job that runs, in the status bar: how far it is, how long it takes, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from workbench.ui.theme import figures
from workbench.ui.training import wording
from workbench.ui.training.session import EngineSession, EngineState, Job

_STEPS = 1000
_BAR_WIDTH = 160
_QUIET_MS = 250
"""A quiet job that is over sooner shows nothing: it would only flicker."""


class JobProgress(QWidget):
    """Takes no room while nothing runs."""

    def __init__(self, session: EngineSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.text = QLabel(self)
        self.text.setFont(figures(self.font()))
        self.bar = QProgressBar(self, textVisible=False)
        self.bar.setFixedSize(_BAR_WIDTH, 10)
        self.cancel = QToolButton(self)
        self.cancel.clicked.connect(session.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        for part in (self.text, self.bar, self.cancel):
            row.addWidget(part)
        self._later = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._later.timeout.connect(self.show)
        self.hide()
        session.changed.connect(self._show)

    def _show(self) -> None:
        job = self._session.job
        if job is None:
            self._later.stop()
            self.hide()
            return
        if not job.words.quiet:
            self.show()
        elif self.isHidden() and not self._later.isActive():
            self._later.start()
        self.text.setText(describe(job, self._session.state))
        share = fraction(job)
        self.bar.setRange(0, 0 if share is None else _STEPS)
        if share is not None:
            self.bar.setValue(round(_STEPS * share))
        self.cancel.setText("End now" if job.stopping else "Cancel")
        self.cancel.setToolTip(stop_help(job))


def fraction(job: Job) -> float | None:
    """The part that is done, from 0 to 1: of what is counted now, else of all batches; None where nobody knows."""
    if job.stage is not None:
        return job.stage.done / job.stage.total if job.stage.total else None
    event = job.progress
    return None if event is None else (event.epoch - 1 + event.batch / max(1, event.batches)) / max(1, event.epochs)


def describe(job: Job, state: EngineState) -> str:
    """What happens at this moment, in one line."""
    if job.stopping:
        return job.words.stopping
    if job.paused:
        return wording.paused(job.paused)
    if job.pausing:
        return "Pausing at the end of this batch"
    if state is EngineState.STARTING:
        return "Starting the engine: TensorFlow takes a few seconds to load"
    if job.stage:
        return wording.stage(job.stage)
    return wording.progress(job.progress) if job.progress else job.words.preparing


def stop_help(job: Job) -> str:
    """What pressing Stop would do."""
    if job.stopping:
        return "End the engine process at once; a run is then listed as interrupted, with its completed epochs"
    return job.words.cancel
