"""What the health check found: each group with its pictures, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from workbench.ui import icons
from workbench.ui.empty_state import EmptyState
from workbench.ui.panels.dataset.cell_painting import fitted
from workbench.ui.panels.dataset.tasks import DataTasks
from workbench.ui.panels.dataset.thumbnails import Thumbnails
from workbench.ui.theme import Theme

if TYPE_CHECKING:
    from workbench.ui.panels.dataset.checking import Finding
    from workbench.ui.panels.dataset.samples import Samples

_ASK = "Look for images that cannot be read, that are there twice, or that are in training and in what is held out."
_SOUND = "Nothing found: every image can be read, and none is there twice."
_SIDE = 40
_GAP = 4
_SHOWN = 5
_FINDING = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class HealthView(QWidget):
    """A list of findings. Picking one shows its first image among the others; the next click its next one."""

    picked = Signal(int)

    def __init__(self, theme: Theme, tasks: DataTasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._thumbnails = Thumbnails(self)
        self._missing: dict[int, None] = {}
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._read_missing)
        self._samples: Samples | None = None
        self._rows = FindingRows(self)
        self.list = QListView(self)
        self.list.setModel(self._rows)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setAccessibleName("Findings of the health check")
        self.list.setItemDelegate(_FindingLook(theme, self.picture, self))
        self._ask = EmptyState(theme, "search", _ASK, self)
        self.check = self._ask.add_button("Check health", tasks.check)
        self._sound = EmptyState(theme, "ok", _SOUND, self)
        self._sound.add_button("Check again", tasks.check)
        listed = QWidget(self)
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self._pages = QStackedLayout(self)
        for page in (self._ask, self._sound, listed):
            self._pages.addWidget(page)
        self._turn: dict[int, int] = {}
        self.list.clicked.connect(lambda index: self._pick(index.row()))
        self.list.activated.connect(lambda index: self._pick(index.row()))
        tasks.checked.connect(self._show)
        tasks.work.changed.connect(lambda: self.check.setEnabled(not tasks.work.runs))
        self._thumbnails.came.connect(self.list.viewport().update)
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

    def _read_missing(self) -> None:
        missing, self._missing = tuple(self._missing), {}
        self._thumbnails.want(missing, round(_SIDE * self.devicePixelRatioF()))

    def _show(self) -> None:
        findings = self._tasks.findings
        self._turn.clear()
        self._rows.show_findings(findings or (), self._samples)
        self._pages.setCurrentIndex(0 if findings is None else 2 if findings else 1)

    def _pick(self, row: int) -> None:
        indices = self._rows.findings[row].indices
        turn = self._turn.get(row, -1) + 1
        self._turn[row] = turn
        if indices:
            self.picked.emit(indices[turn % len(indices)])


class FindingRows(QAbstractListModel):
    """A row for each finding."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.findings: tuple[Finding, ...] = ()
        self._samples: Samples | None = None

    def show_findings(self, findings: tuple[Finding, ...], samples: Samples | None) -> None:
        """Lists others."""
        self.beginResetModel()
        self.findings, self._samples = findings, samples
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.findings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        finding = self.findings[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{finding.kind}: {finding.title}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join((finding.title, *self._names(finding), finding.advice))
        return finding if role == _FINDING else None

    def _names(self, finding: Finding) -> list[str]:
        if self._samples is None:
            return []
        names = [self._samples.where(index) for index in finding.indices[:_SHOWN]]
        more = len(finding.indices) - len(names)
        return [*names, f"and {more:,} more"] if more else names


class _FindingLook(QStyledItemDelegate):
    """Symbol, words, advice, and the first pictures of the group."""

    def __init__(self, theme: Theme, picture: Callable[[int], QImage | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = picture

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, 2 * option.fontMetrics.height() + _SIDE + 4 * _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        finding: Finding = index.data(_FINDING)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._theme.color("accent_surface"))
        room = option.rect.adjusted(8, _GAP, -8, -_GAP)
        line = option.fontMetrics.height()
        symbol = icons.pixmap(finding.level, self._theme.color(finding.level), 16, painter.device().devicePixelRatio())
        painter.drawPixmap(room.topLeft(), symbol)
        words = QRect(room.left() + 22, room.top(), room.width() - 22, line)
        self._line(painter, option, words, f"{finding.kind}: {finding.title}", "text")
        words.translate(0, line)
        self._line(painter, option, words, finding.advice, "text_muted")
        self._pictures(painter, finding, QRect(words.left(), words.bottom() + _GAP, words.width(), _SIDE))

    def _line(self, painter: QPainter, option: QStyleOptionViewItem, room: QRect, text: str, token: str) -> None:
        painter.setPen(self._theme.color(token))
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _pictures(self, painter: QPainter, finding: Finding, room: QRect) -> None:
        count = min(len(finding.indices), max(1, room.width() // (_SIDE + _GAP)))
        for number, sample in enumerate(finding.indices[:count]):
            place = QRect(room.left() + number * (_SIDE + _GAP), room.top(), _SIDE, _SIDE)
            picture = self._picture(sample)
            if picture is None:
                painter.fillRect(place, self._theme.color("surface_raised"))
            else:
                painter.drawImage(fitted(picture, place), picture)
