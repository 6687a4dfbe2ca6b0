"""Images with masks: a grid of them beside the one that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from workbench.ui.images.loader import Read
from workbench.ui.images.thumbnails import Thumbnail, ThumbnailGrid
from workbench.ui.panels.evaluation.background import Background
from workbench.ui.panels.evaluation.mask_viewer import MaskViewer, ReadSubject
from workbench.ui.theme import Theme

_WIDTHS = (300, 700)
_SIDE = 96


class MaskBrowser(QWidget):
    """The arrows, a click or Return in the grid choose the image that is shown."""

    shown = Signal(int)
    """The index of the image that is looked at now."""

    def __init__(self, theme: Theme, background: Background, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._work = name
        """Of reading, among all that is read in the background."""
        self._read: Callable[[int], ReadSubject] | None = None
        self.index: int | None = None
        """Of the image that is looked at."""
        self.grid = ThumbnailGrid(theme, self, side=_SIDE)
        self.viewer = MaskViewer(theme, self)
        self.grid.picked.connect(self.show_index)
        self.grid.selectionModel().currentChanged.connect(self._on_current)
        background.done.connect(self._take)
        background.failed.connect(self._miss)
        self._lay_out()

    def show_images(
        self, items: Sequence[Thumbnail], thumbnail: Read | None, subject: Callable[[int], ReadSubject]
    ) -> None:
        """Lists images and shows the first; `thumbnail` and `subject` read one by its index, in threads."""
        self._read = subject
        self.index = None
        self.grid.show_images(items, thumbnail)
        if items:
            self.grid.setCurrentIndex(self.grid.model().index(0, 0))
            self.show_index(items[0].index)
        else:
            self.viewer.show_message("No images")

    def show_index(self, index: int) -> None:
        """Looks at one image."""
        read = self._read
        if read is None or index == self.index:
            return
        self.index = index
        self._background.start(self._work, lambda: (index, read(index)))
        self.shown.emit(index)

    def close_reading(self) -> None:
        """Waits for threads that read."""
        self.grid.close_reading()

    def _on_current(self, current: QModelIndex) -> None:
        if current.isValid():
            self.show_index(self.grid.images.items[current.row()].index)

    def _take(self, name: str, found: Any) -> None:
        if name == self._work and found[0] == self.index:
            self.viewer.show_subject(found[1])

    def _miss(self, name: str, problem: str) -> None:
        if name == self._work:
            self.viewer.show_message(problem)

    def _lay_out(self) -> None:
        self.left = QWidget(self)
        self.column = QVBoxLayout(self.left)
        self.column.setContentsMargins(0, 0, 4, 0)
        self.column.setSpacing(4)
        self.column.addWidget(self.grid, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.left)
        splitter.addWidget(self.viewer)
        splitter.setSizes(list(_WIDTHS))
        splitter.setStretchFactor(1, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)
