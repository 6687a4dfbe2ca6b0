"""What the health check found: each group with its pictures, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStackedLayout, QVBoxLayout, QWidget

from workbench.ui.empty_state import EmptyState
from workbench.ui.panels.dataset.finding_rows import SIDE, FindingLook, FindingRows
from workbench.ui.panels.dataset.tasks import DataTasks
from workbench.ui.panels.dataset.thumbnails import Thumbnails
from workbench.ui.theme import Theme

if TYPE_CHECKING:
    from workbench.ui.panels.dataset.samples import Samples

_ASK = "Look for images that cannot be read, that are there twice, or that are in training and in what is held out."
_SOUND = "Nothing found: every image can be read, and none is there twice."


class HealthView(QWidget):
    """A list of findings and their groups. Picking a group shows its first image among the others, then the next."""

    picked = Signal(int)

    def __init__(self, theme: Theme, tasks: DataTasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._samples: Samples | None = None
        self._thumbnails = Thumbnails(self)
        self._missing: dict[int, None] = {}
        self._turn: dict[int, int] = {}
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._read_missing)
        self.rows = FindingRows(self)
        self.list = QListView(self)
        self.list.setModel(self.rows)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Findings of the health check")
        self.list.setItemDelegate(FindingLook(theme, self.picture, self.list))
        self._ask = EmptyState(theme, "search", _ASK, self)
        self.check = self._ask.add_button("Check health", tasks.check)
        self._sound = EmptyState(theme, "ok", _SOUND, self)
        self._again = self._sound.add_button("Check again", tasks.check)
        listed = QWidget(self)
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self._pages = QStackedLayout(self)
        for page in (self._ask, self._sound, listed):
            self._pages.addWidget(page)
        self.list.clicked.connect(lambda index: self._pick(index.row()))
        self.list.activated.connect(lambda index: self._pick(index.row()))
        tasks.checked.connect(self._show)
        tasks.work.changed.connect(self._offer)
        self._thumbnails.came.connect(self.list.viewport().update)
        theme.changed.connect(self.list.viewport().update)
        self._show()

    def use(self, samples: Samples | None) -> None:
        """Another dataset, or the same in other parts."""
        self._samples = samples
        self._thumbnails.use(samples)
        self._show()

    def close_work(self) -> None:
        """Waits for the threads."""
        self._thumbnails.close()

    def picture(self, index: int) -> QImage | None:
        """The picture of a sample, which is read when it is not there yet."""
        picture = self._thumbnails.picture(index)
        if picture is None and self._samples is not None and index not in self._samples.unreadable:
            self._missing[index] = None
            self._later.start()
        return picture

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs other heights."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.list.scheduleDelayedItemsLayout()

    def _read_missing(self) -> None:
        missing, self._missing = tuple(self._missing), {}
        self._thumbnails.want(missing, round(SIDE * self.devicePixelRatioF()))

    def _offer(self) -> None:
        for button in (self.check, self._again):
            button.setEnabled(not self._tasks.work.runs)

    def _show(self) -> None:
        findings = self._tasks.findings
        self._turn.clear()
        self.rows.show_findings(findings or (), self._samples)
        self._pages.setCurrentIndex(0 if findings is None else 2 if findings else 1)

    def _pick(self, row: int) -> None:
        indices = self.rows.indices(row)
        if not indices:
            return
        turn = self._turn.get(row, -1) + 1
        self._turn[row] = turn
        self.picked.emit(indices[turn % len(indices)])
