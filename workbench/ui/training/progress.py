"""The job that runs, in the status bar: how far it is, how long it takes, and Cancel."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from workbench.ui.theme import figures
from workbench.ui.training import wording
from workbench.ui.training.session import EngineSession, EngineState, Job

_STEPS = 1000
_BAR_WIDTH = 160


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
        self.hide()
        session.changed.connect(self._show)

    def _show(self) -> None:
        job = self._session.job
        self.setVisible(job is not None)
        if job is None:
            return
        self.text.setText(describe(job, self._session.state))
        self.bar.setRange(0, _STEPS if job.progress else 0)
        if job.progress:
            self.bar.setValue(round(_STEPS * fraction(job)))
        self.cancel.setText("End now" if job.stopping else "Cancel")
        self.cancel.setToolTip(stop_help(job))


def fraction(job: Job) -> float:
    """Part of all batches that is done, from 0 to 1."""
    event = job.progress
    return 0.0 if event is None else (event.epoch - 1 + event.batch / max(1, event.batches)) / max(1, event.epochs)


def describe(job: Job, state: EngineState) -> str:
    """What happens at this moment, in one line."""
    if job.stopping:
        return job.words.stopping
    if state is EngineState.STARTING:
        return "Starting the engine: TensorFlow takes a few seconds to load"
    if job.stage:
        return job.stage[:1].upper() + job.stage[1:]
    if job.progress:
        return wording.progress(job.progress)
    return job.words.preparing


def stop_help(job: Job) -> str:
    """What pressing Stop would do."""
    if job.stopping:
        return "End the engine process at once; a run is then listed as interrupted, with its completed epochs"
    return job.words.cancel
