"""Findings as rows of a list: one for each finding, and one for each of its groups with its pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.ui import icons
from workbench.ui.panels.dataset.cell_painting import fitted
from workbench.ui.theme import Theme, scaled

if TYPE_CHECKING:
    from workbench.ui.panels.dataset.checking import Finding
    from workbench.ui.panels.dataset.samples import Samples

SIDE = 40
"""Pixels of a picture."""
_GAP = 4
_INDENT = 24
_NAMED = 5
MOST_GROUPS = 500
"""Groups that are listed of one finding; the filter above the images shows them all."""
_ROW = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class FindingRow:
    """A finding (no `indices`), or one of its groups; `where` names the samples or says what is wrong."""

    finding: Finding
    indices: tuple[int, ...] = ()
    where: tuple[str, ...] = ()


class FindingRows(QAbstractListModel):
    """The findings, each followed by its groups."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[FindingRow, ...] = ()

    def show_findings(self, findings: tuple[Finding, ...], samples: Samples | None) -> None:
        """Lists others."""
        self.beginResetModel()
        self.rows = tuple(_rows(findings, samples))
        self.endResetModel()

    def indices(self, row: int) -> tuple[int, ...]:
        """The samples that a row is about."""
        return self.rows[row].indices

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return ", ".join(row.where) or f"{row.finding.title}. {row.finding.advice}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join((row.finding.title, *row.where, row.finding.advice))
        return row if role == _ROW else None


class FindingLook(QStyledItemDelegate):
    """A finding: symbol, words and advice. A group: its first pictures, and which they are."""

    def __init__(self, theme: Theme, picture: Callable[[int], QImage | None], view: QListView) -> None:
        super().__init__(view)
        self._theme = theme
        self._picture = picture
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: FindingRow = index.data(_ROW)
        width = self._view.viewport().width()
        if row.indices:
            return QSize(1, SIDE + 2 * _GAP)
        text = f"{row.finding.advice}."
        room = QRect(0, 0, width - _INDENT - 12, 1000)
        wrapped = option.fontMetrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).height()
        bold = QFontMetrics(scaled(option.font, 1, bold=True))
        titled = bold.boundingRect(room, Qt.TextFlag.TextWordWrap, row.finding.title).height()
        return QSize(1, titled + wrapped + len(row.where) * option.fontMetrics.height() + 3 * _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: FindingRow = index.data(_ROW)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, self._theme.color("accent_surface"))
        if row.indices:
            self._group(painter, option, row)
        else:
            self._finding(painter, option, row)
        painter.restore()

    def _finding(self, painter: QPainter, option: QStyleOptionViewItem, row: FindingRow) -> None:
        finding, room = row.finding, option.rect.adjusted(_GAP, _GAP, -8, -_GAP)
        ratio = self._view.devicePixelRatioF()
        painter.drawPixmap(room.topLeft(), icons.pixmap(finding.symbol, self._theme.color(finding.symbol), 16, ratio))
        words = room.adjusted(_INDENT, 0, 0, 0)
        flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        painter.setPen(self._theme.color("text"))
        painter.setFont(scaled(option.font, 1, bold=True))
        used = painter.boundingRect(words, flags, finding.title)
        painter.drawText(words, flags, finding.title)
        words.setTop(used.bottom() + 1)
        painter.setFont(option.font)
        painter.setPen(self._theme.color("text_muted"))
        used = painter.boundingRect(words, flags, f"{finding.advice}.")
        painter.drawText(words, flags, f"{finding.advice}.")
        for number, line in enumerate(row.where):
            top = used.bottom() + 1 + number * option.fontMetrics.height()
            place = QRect(words.left(), top, words.width(), option.fontMetrics.height())
            self._line(painter, option, place, line)

    def _group(self, painter: QPainter, option: QStyleOptionViewItem, row: FindingRow) -> None:
        room = option.rect.adjusted(_INDENT + _GAP, _GAP, -8, -_GAP)
        most = max(1, room.width() // 2 // (SIDE + _GAP))
        for number, sample in enumerate(row.indices[:most]):
            place = QRect(room.left() + number * (SIDE + _GAP), room.top(), SIDE, SIDE)
            picture = self._picture(sample)
            if picture is None:
                painter.fillRect(place, self._theme.color("surface_raised"))
            else:
                painter.drawImage(fitted(picture, place), picture)
            if picture is None and row.finding.details:
                mark = icons.pixmap("error", self._theme.color("error"), 16, self._view.devicePixelRatioF())
                painter.drawPixmap(place.center().x() - 7, place.center().y() - 7, mark)
        words = room.adjusted(min(len(row.indices), most) * (SIDE + _GAP) + _GAP, 0, 0, 0)
        painter.setPen(self._theme.color("text"))
        height = option.fontMetrics.height()
        shown = max(1, SIDE // height)
        lines = row.where if len(row.where) <= shown else (*row.where[: shown - 1], _more(row, shown - 1))
        for number, line in enumerate(lines):
            place = QRect(words.left(), words.top() + number * height, words.width(), height)
            self._line(painter, option, place, line)

    def _line(self, painter: QPainter, option: QStyleOptionViewItem, room: QRect, text: str) -> None:
        shown = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


def _rows(findings: tuple[Finding, ...], samples: Samples | None) -> Iterator[FindingRow]:
    for finding in findings:
        yield FindingRow(
            finding, where=() if finding.groups else tuple(": ".join(told) for told in finding.details[:_NAMED])
        )
        if samples is None:
            continue
        for number, group in enumerate(finding.groups[:MOST_GROUPS]):
            told = finding.details[number] if number < len(finding.details) else _names(group, samples)
            yield FindingRow(finding, group, told)


def _names(group: tuple[int, ...], samples: Samples) -> tuple[str, ...]:
    from workbench.ui.panels.dataset.samples import PARTS

    return tuple(f"{samples.key(index)} ({PARTS[samples.part_of[index]]})" for index in group[:_NAMED])


def _more(row: FindingRow, shown: int) -> str:
    return f"and {len(row.indices) - shown:,} more"
