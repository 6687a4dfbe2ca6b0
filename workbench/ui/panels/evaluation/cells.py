"""The confusion matrix with the images of the cell that was picked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from workbench.ui.empty_state import EmptyState
from workbench.ui.images.thumbnails import ThumbnailGrid
from workbench.ui.panels.evaluation.matrix import ConfusionMatrix
from workbench.ui.theme import Theme

if TYPE_CHECKING:
    from workbench.ui.panels.evaluation.mask_results import MaskResults
    from workbench.ui.panels.evaluation.results import Results

_WIDTHS = (420, 420)


class ConfusionPage(QWidget):
    """A click on a cell shows its images, the worst first; one on an image picks it."""

    picked = Signal(int)
    """The row of an image in the predictions."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._results: Results | MaskResults | None = None
        self._rows: dict[int, int] = {}
        self._read: Callable[[int], Any] | None = None
        self.matrix = ConfusionMatrix(theme, self)
        self.shares = QCheckBox("Percent of each true class", self)
        self.title = QLabel(self, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.grid = ThumbnailGrid(theme, self)
        self._empty = EmptyState(theme, "look", "Click a cell to see its images, the worst mistakes first.", self)
        self._lay_out()
        self.matrix.picked.connect(self.show_cell)
        self.shares.toggled.connect(self.matrix.show_shares)
        self.grid.picked.connect(lambda index: self.picked.emit(self._rows[index]))

    def show_results(self, results: Results | MaskResults, read: Callable[[int], Any]) -> None:
        """Shows another matrix; `read` gives the images of its dataset."""
        self._results, self._read = results, read
        self.matrix.show_results(results)
        self.grid.show_images([], None)
        self._show_grid(False)

    def show_cell(self, true: int, guess: int) -> None:
        """Lists the images of a cell."""
        results = self._results
        if results is None:
            return
        members = results.members_of(true, guess)
        self.title.setText(self.matrix.describe(true, guess))
        self._rows = {thumbnail.index: row for row, thumbnail in members}
        self.grid.show_images([thumbnail for _, thumbnail in members], self._read)
        self._show_grid(True)

    def close_reading(self) -> None:
        """Waits for threads that read."""
        self.grid.close_reading()

    def _show_grid(self, shown: bool) -> None:
        self.title.setVisible(shown)
        self.grid.setVisible(shown)
        self._empty.setVisible(not shown)

    def _lay_out(self) -> None:
        area = QScrollArea(self, widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self.matrix)
        matrix = QWidget(self)
        left = QVBoxLayout(matrix)
        left.setContentsMargins(0, 4, 0, 0)
        left.setSpacing(4)
        left.addWidget(area, 1)
        left.addWidget(self.shares)
        images = QWidget(self)
        right = QVBoxLayout(images)
        right.setContentsMargins(4, 4, 0, 0)
        right.setSpacing(4)
        for part in (self.title, self.grid, self._empty):
            right.addWidget(part)
        right.setStretch(1, 1)
        right.setStretch(2, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(matrix)
        splitter.addWidget(images)
        splitter.setSizes(list(_WIDTHS))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)
        self._show_grid(False)
