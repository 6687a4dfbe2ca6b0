"""The line above the curves: what happens now, how the last job ended, or what training waits for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from workbench.ui import icons
from workbench.ui.document import Document
from workbench.ui.notices import Level
from workbench.ui.theme import Theme, figures
from workbench.ui.training import wording
from workbench.ui.training.progress import describe
from workbench.ui.training.session import EngineSession, EngineState, Job

_NO_DATA = "Training needs a dataset: a folder of class folders, a table, an archive or one of the usual sets."


@dataclass(frozen=True)
class Line:
    """What the headline says: a first line, and what to do or know below it."""

    level: Level
    text: str
    hint: str = ""


class Headline(QWidget):
    """Follows the engine's session and the document's problems."""

    data_asked = Signal()
    """The person wants to choose data: there are none."""

    def __init__(self, document: Document, theme: Theme, session: EngineSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._session = session
        self._line: Line | None = None
        self._symbol = QLabel(self)
        self.text = self._label()
        self.text.setProperty("role", "heading")
        self.hint = self._label()
        self.hint.setProperty("role", "muted")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.text)
        words.addWidget(self.hint)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._symbol, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.choose = QPushButton("Choose…", self)
        self.choose.setToolTip("Choose a dataset in the Data panel")
        self.choose.clicked.connect(self.data_asked)
        row.addWidget(self.choose, alignment=Qt.AlignmentFlag.AlignTop)
        session.changed.connect(self._show)
        document.analysed.connect(self._show)
        document.changed.connect(self._show)
        document.replaced.connect(self._show)
        theme.changed.connect(self._paint)
        self._show()

    def _label(self) -> QLabel:
        label = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setFont(figures(label.font()))
        return label

    def _show(self) -> None:
        lacking = self._session.job is None and wording.without_data(self._document.project)
        self.choose.setVisible(bool(lacking))
        line = Line(Level.WARNING, "No data chosen", _NO_DATA) if lacking else headline(self._session, self._blocked)
        if line == self._line:
            return
        self._line = line
        self.text.setText(line.text)
        self.hint.setText(line.hint)
        self.hint.setVisible(bool(line.hint))
        self._paint()

    def _blocked(self) -> str:
        return wording.blocked(self._document.project, self._document.analysis.errors)

    def _paint(self) -> None:
        if self._line is not None:
            level = self._line.level.value
            self._symbol.setPixmap(icons.pixmap(level, self._theme.color(level), 16, self.devicePixelRatioF()))


def headline(session: EngineSession, ask_blocked: Callable[[], str]) -> Line:
    """What matters most: a running job, then how the last one ended, then what stands in the way, then readiness."""
    if session.job is not None:
        level = Level.WARNING if session.job.paused and session.job.paused.problem else Level.INFO
        return Line(level, describe(session.job, session.state), _details(session.job))
    blocked = ask_blocked()
    if session.outcome is not None and session.outcome.at_training:
        waits = f"The next training waits: {blocked}" if blocked else ""
        return Line(session.outcome.level, session.outcome.text, "\n".join(filter(None, (session.outcome.hint, waits))))
    if blocked:
        return Line(Level.WARNING, "Training waits until the network is whole", blocked)
    ready = session.ready
    if session.state is EngineState.READY and ready is not None:
        return Line(Level.OK, "Ready to train", f"On the CPU: {ready.no_gpu}. {ready.remedy}" if ready.no_gpu else "")
    return Line(
        Level.INFO,
        "The engine is starting" if session.state is EngineState.STARTING else "The engine is not running yet",
        "TensorFlow takes a few seconds to load. Train can be pressed already.",
    )


def _details(job: Job) -> str:
    """What has to be put right, else the metrics of this epoch and what the machine has to do."""
    if job.paused and job.paused.hint:
        return job.paused.hint
    known = wording.metrics(job.progress.metrics) if job.progress else ""
    return "   |   ".join(filter(None, (known, wording.load(job.load))))
