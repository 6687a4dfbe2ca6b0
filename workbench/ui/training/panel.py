"""The Training panel: settings and buttons, live curves, recent runs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QSplitter, QVBoxLayout, QWidget

from workbench.ui.document import Document
from workbench.ui.theme import Theme
from workbench.ui.training.curves import Curves
from workbench.ui.training.form import SettingsForm
from workbench.ui.training.headline import Headline
from workbench.ui.training.recent_runs import RecentRuns
from workbench.ui.training.runs_list import RunsList
from workbench.ui.training.session import EngineSession

_WIDTHS = (370, 630, 270)


class TrainingPanel(QWidget):
    """Three columns side by side; the middle one gets the room."""

    def __init__(
        self,
        document: Document,
        theme: Theme,
        session: EngineSession,
        runs: RecentRuns,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.form = SettingsForm(document, theme, self)
        self.headline = Headline(document, theme, session, self)
        self.curves = Curves(theme, self)
        self.runs_list = RunsList(theme, runs, self)
        self.train_button = QPushButton(self)
        self.train_button.setProperty("primary", True)
        self.stop_button = QPushButton(self)
        self.export_button = QPushButton(self)
        self._lay_out()
        session.trained.connect(self.curves.take)

    def use(self, train: QAction, stop: QAction, export: QAction) -> None:
        """Makes the buttons do and show what these actions do."""
        for button, action, text in (
            (self.train_button, train, ""),
            (self.stop_button, stop, ""),
            (self.export_button, export, "Export SavedModel…"),
        ):
            _follow(button, action, text)

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
        layout.addLayout(_row(self.train_button, self.stop_button))
        return column

    def _progress(self) -> QWidget:
        column, layout = self._column()
        layout.addWidget(self.headline)
        layout.addWidget(self.curves, 1)
        return column

    def _runs(self) -> QWidget:
        column, layout = self._column()
        layout.addWidget(self.runs_list, 1)
        layout.addLayout(_row(self.export_button))
        return column

    def _column(self) -> tuple[QWidget, QVBoxLayout]:
        column = QWidget(self)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(8)
        return column, layout


def _row(*buttons: QPushButton) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row


def _follow(button: QPushButton, action: QAction, text: str) -> None:
    def show() -> None:
        button.setEnabled(action.isEnabled())
        button.setText(text or action.text())
        button.setToolTip(action.toolTip())
        button.setIcon(action.icon())

    action.changed.connect(show)
    button.clicked.connect(action.trigger)
    show()
