"""What stands in place of the images while there are none: why, and the buttons that change it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from workbench.ui import icons
from workbench.ui.background import BackgroundBar
from workbench.ui.empty_state import EmptyState
from workbench.ui.panels.dataset.choose import DataChooser
from workbench.ui.panels.dataset.opening import OpenDataset, State
from workbench.ui.panels.dataset.parts import breakable
from workbench.ui.theme import Theme

_NONE = "Choose the images that the network learns from, or drop a folder or a file here."
_WIDEST = 560


class NoImages(QWidget):
    """One page for each state without images."""

    def __init__(self, theme: Theme, dataset: OpenDataset, chooser: DataChooser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dataset = dataset
        self._theme = theme
        self.none = EmptyState(theme, "data", _NONE, self)
        self.none.add_button("Use the bundled digits", lambda: chooser.chosen.emit("digits"))
        self.none.add_button("Folder…", chooser.ways()[0][1])
        self.closed = EmptyState(theme, "data", "", self)
        self.closed.add_button("Open the data", dataset.open)
        self.failed, self._problem, self._symbol = self._failure(chooser)
        self.opening = self._progress()
        self._pages = QStackedLayout(self)
        for page in (self.none, self.closed, self.opening, self.failed):
            self._pages.addWidget(page)
        dataset.changed.connect(self._show)
        theme.changed.connect(self._show)
        self._show()

    @property
    def problem(self) -> str:
        """What is told to be wrong."""
        return self._dataset.problem if self._problem.isVisible() else ""

    def _show(self) -> None:
        state, spec = self._dataset.state, self._dataset.settings.spec
        self._pages.setCurrentIndex(
            {State.NONE: 0, State.CLOSED: 1, State.OPENING: 2, State.OPEN: 2, State.FAILED: 3}[state]
        )
        why = "" if self._dataset.trusted else "\nThe project names it; it is read when you say so, or when you train."
        self.closed.set_text(f"{breakable(spec)}{why}")
        self._problem.setText(breakable(self._dataset.problem))
        self._symbol.setPixmap(icons.pixmap("error", self._theme.color("error"), 24, self.devicePixelRatioF()))

    def _failure(self, chooser: DataChooser) -> tuple[QWidget, QLabel, QLabel]:
        page = QWidget(self)
        symbol = QLabel(page, alignment=Qt.AlignmentFlag.AlignCenter)
        text = QLabel(page, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for words, act in (("Try again", self._dataset.open), ("Folder…", chooser.ways()[0][1])):
            button = QPushButton(words, page)
            button.clicked.connect(lambda _=False, act=act: act())
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.addStretch(1)
        column.addWidget(symbol)
        column.addWidget(text)
        column.addLayout(buttons)
        column.addStretch(1)
        return page, text, symbol

    def _progress(self) -> QWidget:
        page = QWidget(self)
        bar = BackgroundBar(self._dataset.work, page, stacked=True)
        bar.setMaximumWidth(_WIDEST)
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.addStretch(1)
        column.addWidget(bar)
        column.addStretch(1)
        return page
