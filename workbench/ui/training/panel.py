"""The Training panel: settings and buttons, what is watched, recent runs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from workbench.protocol import (
    AnyCommand,
    AnyEvent,
    BatchProgress,
    EpochEnd,
    FindBatchSize,
    FindLearningRate,
    LayerAlarm,
    OverfitBatch,
    Started,
)
from workbench.ui.document import Document
from workbench.ui.theme import Theme
from workbench.ui.training.buttons import follow
from workbench.ui.training.curves import Curves
from workbench.ui.training.form import SettingsForm
from workbench.ui.training.form.schedule_curve import Standing
from workbench.ui.training.headline import Headline
from workbench.ui.training.job_actions import JobActions
from workbench.ui.training.layers_view import LayersView
from workbench.ui.training.rate_controls import RateControls
from workbench.ui.training.recent_runs import RecentRuns
from workbench.ui.training.runs_list import RunsList
from workbench.ui.training.session import EngineSession
from workbench.ui.training.trials import TrialsView
from workbench.ui.training.watch_pages import CURVES, TRIALS, WatchPages

_WIDTHS = (370, 560, 340)
_TRIALS = (OverfitBatch, FindLearningRate, FindBatchSize)
_TRIAL_ACTIONS = ("overfit-batch", "find-rate", "find-batch")
_RUN_ACTIONS = ("resume", "add-epochs", "branch")


class TrainingPanel(QWidget):
    """Three columns side by side; the middle one gets the room."""

    noticed = Signal(object)
    """A `Notice`: curves could not be written."""

    def __init__(
        self,
        document: Document,
        theme: Theme,
        session: EngineSession,
        runs: RecentRuns,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self.form = SettingsForm(document, theme, lambda: [(row.name, row.folder) for row in runs.exportable], self)
        self.headline = Headline(document, theme, session, self)
        self.curves = Curves(theme, self)
        self.layers = LayersView(theme, self)
        self.trials = TrialsView(theme, self)
        self.rate = RateControls(session, self)
        self.pages = WatchPages(theme, self.curves, self.layers, self.trials, self.rate, self)
        self.runs_list = RunsList(theme, runs, self)
        self.train_button = QPushButton(self)
        self.train_button.setProperty("primary", True)
        self.pause_button = QPushButton(self)
        self.stop_button = QPushButton(self)
        self.trial_button = _menu_button("Try", "Short trials before a long training", self)
        self.run_button = _menu_button("Go on", "Go on from a run", self)
        self.export_button = QPushButton(self)
        self._lay_out()
        self.pages.noticed.connect(self.noticed)
        self.headline.data_asked.connect(self.form.data_asked)
        session.answered.connect(self._take)
        session.begun.connect(self._on_begun)
        session.changed.connect(self._show_standing)

    def use(self, actions: JobActions) -> None:
        """Makes the buttons do and show what these actions do."""
        for button, name, text in (
            (self.train_button, "train", ""),
            (self.pause_button, "pause", ""),
            (self.stop_button, "stop", ""),
            (self.export_button, "export", "Export…"),
        ):
            follow(button, actions[name], text)
        _fill(self.trial_button, [actions[name] for name in _TRIAL_ACTIONS])
        _fill(self.run_button, [actions[name] for name in _RUN_ACTIONS])
        self.trials.offer(tuple(actions[name] for name in _TRIAL_ACTIONS))
        self.rate.use(actions)

    def clear(self) -> None:
        """Shows nothing of any training."""
        self.curves.clear()
        self.trials.clear()
        self.layers.clear()
        self.pages.show_page(CURVES)

    def _take(self, command: AnyCommand, event: AnyEvent) -> None:
        if isinstance(event, Started | BatchProgress | EpochEnd) and not isinstance(command, _TRIALS):
            self.curves.take(event)
        if isinstance(event, Started | EpochEnd | LayerAlarm):
            self.layers.take(event)
        if self.trials.take(command, event):
            self.pages.show_page(TRIALS)

    def _on_begun(self) -> None:
        """What was just asked for is what is looked at."""
        job = self._session.job
        if job is not None and job.trains:
            self.pages.show_page(CURVES)
        elif job is not None and isinstance(job.command, _TRIALS):
            self.trials.begin()
            self.pages.show_page(TRIALS)

    def _show_standing(self) -> None:
        job = self._session.job
        event = job.progress if job is not None and job.trains else None
        if job is None or event is None or job.rate is None:
            self.form.curve.show_standing(None)
        else:
            self.form.curve.show_standing(Standing(event.epoch - 1 + event.batch / max(1, event.batches), job.rate))

    def _lay_out(self) -> None:
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        for part in (self._settings(), self._progress(), self._runs()):
            splitter.addWidget(part)
        splitter.setSizes(list(_WIDTHS))
        splitter.setStretchFactor(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.addWidget(splitter)

    def _settings(self) -> QWidget:
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget(area)
        inside = QVBoxLayout(content)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.addWidget(self.form)
        inside.addStretch(1)
        area.setWidget(content)
        area.setMinimumWidth(content.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width())
        column, layout = self._column()
        layout.addWidget(area, 1)
        layout.addLayout(_row(self.train_button, self.pause_button, self.stop_button, self.trial_button))
        return column

    def _progress(self) -> QWidget:
        column, layout = self._column()
        layout.addWidget(self.headline)
        layout.addWidget(self.pages, 1)
        return column

    def _runs(self) -> QWidget:
        column, layout = self._column()
        layout.addWidget(self.runs_list, 1)
        layout.addLayout(_row(self.run_button, self.export_button))
        return column

    def _column(self) -> tuple[QWidget, QVBoxLayout]:
        column = QWidget(self)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(8)
        return column, layout


def _row(*buttons: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row


def _menu_button(text: str, tip: str, parent: QWidget) -> QPushButton:
    button = QPushButton(text, parent)
    button.setToolTip(tip)
    return button


def _fill(button: QPushButton, actions: list[QAction]) -> None:
    menu = QMenu(button)
    menu.setToolTipsVisible(True)
    menu.addActions(actions)
    button.setMenu(menu)
