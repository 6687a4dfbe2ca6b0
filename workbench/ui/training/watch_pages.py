"""What is watched, in pages: curves, layers, trials; beside the tabs stand the tools of the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import icons
from workbench.ui.notices import Level, Notice
from workbench.ui.theme import Theme
from workbench.ui.training.curves import Curves

CURVES, LAYERS, TRIALS = range(3)
_TITLES = ("Curves", "Layers", "Trials")
_SMOOTHEST = 99
_SLIDER_WIDTH = 80


class WatchPages(QWidget):
    """A bar of tabs over a stack of pages."""

    noticed = Signal(object)
    """A `Notice`: curves could not be written."""

    def __init__(
        self,
        theme: Theme,
        curves: Curves,
        layers: QWidget,
        trials: QWidget,
        rate: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._curves = curves
        self.tabs = QTabBar(self, drawBase=False, expanding=False)
        self.tabs.setAccessibleName("What is watched")
        self._stack = QStackedWidget(self)
        for title, page in zip(_TITLES, (curves, layers, trials), strict=True):
            self.tabs.addTab(title)
            self._stack.addWidget(page)
        self.smoothing = QSlider(Qt.Orientation.Horizontal, self)
        self.smoothing.setRange(0, _SMOOTHEST)
        self.smoothing.setFixedWidth(_SLIDER_WIDTH)
        self.smoothing.setToolTip("Smooth the curves of the batches")
        self.smoothing.setAccessibleName("Smoothing of the curves, in per cent")
        self.save = QToolButton(self)
        self.save.setToolTip("Save the curves as a table or as a picture")
        self.save.setAccessibleName("Save the curves")
        self.save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.save.setMenu(self._save_menu())
        self._lay_out(rate)
        self.tabs.currentChanged.connect(self._on_page)
        self.smoothing.valueChanged.connect(lambda value: curves.smooth(value / 100))
        theme.changed.connect(self._paint)
        self._paint()

    def show_page(self, page: int) -> None:
        """Brings a page to the front."""
        self.tabs.setCurrentIndex(page)

    def write(self, path: Path) -> None:
        """Saves the curves in the format that the name says; a failure is a notice."""
        write: Callable[[Path], None] = self._curves.write_picture
        if path.suffix.lower() == ".csv":
            write = self._curves.write_table
        try:
            write(path)
        except OSError as error:
            told = f"The curves were not saved to {path}: {error.strerror or error}"
            self.noticed.emit(Notice(Level.ERROR, told, topic="curves"))

    def _lay_out(self, rate: QWidget) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(self.tabs)
        head.addStretch(1)
        head.addWidget(rate)
        self._tools = QWidget(self)
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(4)
        label = QLabel("Smooth", self._tools)
        label.setBuddy(self.smoothing)
        for part in (label, self.smoothing, self.save):
            tools.addWidget(part)
        head.addWidget(self._tools)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._stack, 1)

    def _save_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction("Table of all points (CSV)…").triggered.connect(lambda: self._choose("curves.csv", "*.csv"))
        menu.addAction("Picture (PNG)…").triggered.connect(lambda: self._choose("curves.png", "*.png"))
        return menu

    def _choose(self, name: str, pattern: str) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the curves", str(Path.home() / name), pattern)
        if chosen:
            self.write(Path(chosen).with_suffix(pattern[1:]))

    def _on_page(self, page: int) -> None:
        self._stack.setCurrentIndex(page)
        self._tools.setVisible(page == CURVES)

    def _paint(self) -> None:
        self.save.setIcon(icons.icon("save", self._theme))
