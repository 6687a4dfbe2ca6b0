"""The thumbnails: as many images as there are, of which only those in sight cost anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from workbench.ui.panels.dataset.arrangement import arranged
from workbench.ui.panels.dataset.cell_painting import CellPainter
from workbench.ui.panels.dataset.thumbnails import Thumbnails
from workbench.ui.theme import Theme

if TYPE_CHECKING:
    from workbench.data.source import Indices
    from workbench.ui.panels.dataset.samples import Samples

SIDES = (24, 192)
"""Smallest and largest side of a picture, in pixels."""
_FIRST_SIDE = 56
_GAP = 8
_AHEAD = 1.0
"""Screens that are read beyond what is seen."""
_MOVES: dict[Qt.Key, Callable[[ThumbnailGrid, int], int]]


@dataclass(frozen=True)
class Section:
    """A class: its heading and how many of its images are shown."""

    title: str
    size: int


class ThumbnailGrid(QAbstractScrollArea):
    """Shows chosen samples, class by class. Arrow keys walk, Return and a click pick, Ctrl and the wheel zoom."""

    picked = Signal(int)
    """A sample was clicked, or Return was pressed on it."""
    moved = Signal(int)
    """Another sample is the current one."""
    menu_asked = Signal(int, QPoint)
    """A sample and a place on the screen."""
    zoomed = Signal(int)

    def __init__(self, theme: Theme, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbnails = thumbnails
        self.samples: Samples | None = None
        self.indices: Indices | None = None
        self.complete = False
        """Every picture in sight is there."""
        self._sections: tuple[Section, ...] = ()
        self._current: int | None = None
        self._side = _FIRST_SIDE
        self._painting = CellPainter(theme, self)
        self._arrangement = arranged((), 1, (1, 1), 0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Images of the dataset")
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._wish())
        thumbnails.came.connect(self._on_pictures)
        theme.changed.connect(self.viewport().update)

    # -- what is shown
    def show_samples(self, samples: Samples | None, indices: Indices | None) -> None:
        """Shows these samples, which are ordered by class; the current one stays if it is among them."""
        kept = self.current
        self.samples, self.indices = samples, indices
        self._sections = () if samples is None or indices is None else tuple(_sections(samples, indices))
        self._current = None
        self._arrange()
        position = None if kept is None else self._position_of(kept)
        if position is None:
            self.verticalScrollBar().setValue(0)
        else:
            self._current = position
            self._reveal(position)
        self._wish()

    def mark(self, marks: dict[int, str]) -> None:
        """What to warn of, by sample index."""
        self._painting.marks = marks
        self.viewport().update()

    @property
    def side(self) -> int:
        """Side of a picture, in pixels."""
        return self._side

    def set_side(self, side: int) -> None:
        """Shows larger or smaller pictures; what is in the middle of the view stays there."""
        side = min(max(side, SIDES[0]), SIDES[1])
        if side == self._side:
            return
        middle = self._arrangement.within(self._top + self._page // 2, self._top + self._page // 2 + 1)
        anchor = self._current if self._current is not None and self._in_sight(self._current) else middle.start
        self._side = side
        self._arrange()
        if self._arrangement.total:
            y = self._arrangement.place(min(anchor, self._arrangement.total - 1))[1]
            self.verticalScrollBar().setValue(y - self._page // 2)
        self._wish()
        self.zoomed.emit(side)

    @property
    def current(self) -> int | None:
        """Index of the current sample."""
        if self._current is None or self.indices is None:
            return None
        return int(self.indices[self._current])

    def go_to(self, index: int) -> None:
        """Makes a sample the current one and brings it into sight; nothing happens where it is not shown."""
        position = self._position_of(index)
        if position is not None:
            self._move_to(position)

    def rectangle(self, index: int) -> QRect | None:
        """Where a sample's cell is in the viewport, whether in sight or not."""
        position = self._position_of(index)
        if position is None:
            return None
        return QRect(QPoint(*self._arrangement.place(position)), self._cell).translated(0, -self._top)

    # -- events
    def paintEvent(self, event: QPaintEvent) -> None:
        """Only what is in the exposed rectangle."""
        painter = QPainter(self.viewport())
        self._painting.begin(painter, self.viewport().rect())
        if self.samples is None or self.indices is None:
            return
        top = self._top
        exposed = event.rect()
        for position in self._arrangement.within(exposed.top() + top, exposed.bottom() + 1 + top):
            x, y = self._arrangement.place(position)
            index = int(self.indices[position])
            picture = self.thumbnails.picture(index)
            part = int(self.samples.part_of[index])
            current = position == self._current
            room = QRect(QPoint(x, y - top), self._cell)
            broken = index in self.samples.unreadable
            self._painting.cell(painter, room, index, picture, part, current=current, broken=broken)
        for section, y in self._arrangement.headings(top, top + self._page):
            room = QRect(0, y - top, self.viewport().width(), self._arrangement.heading)
            self._painting.heading(painter, room, self._sections[section].title, self._sections[section].size)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as there is room for; what was at the top stays there."""
        super().resizeEvent(event)
        first = self._arrangement.within(self._top, self._top + 1).start if self._arrangement.total else 0
        self._arrange()
        if self._top and self._arrangement.total:
            self.verticalScrollBar().setValue(self._arrangement.place(first)[1] - self._arrangement.heading)
        self._wish()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Headings stay at the edge, so that everything is painted anew."""
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click picks."""
        position = self._at(event.position().toPoint())
        if position is None:
            return
        self._move_to(position)
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By mouse for what is under it, by key for the current sample."""
        index = self.current
        if index is not None:
            self.menu_asked.emit(index, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walks through the samples."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pick()
        elif key in _MOVES and self._arrangement.total:
            position = 0 if self._current is None else _MOVES[key](self, self._current)
            self._move_to(min(max(position, 0), self._arrangement.total - 1))
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl it zooms."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_side(round(self._side * 1.2 ** (event.angleDelta().y() / 120)))
            event.accept()
        else:
            super().wheelEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Says what a sample is."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            position = self._at(event.pos())
            if position is not None and self.samples is not None and self.indices is not None:
                index = int(self.indices[position])
                text = describe(self.samples, index, self._painting.marks.get(index, ""))
                QToolTip.showText(event.globalPos(), text, self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(480, 200)

    # -- inside
    @property
    def _top(self) -> int:
        return self.verticalScrollBar().value()

    @property
    def _page(self) -> int:
        return self.viewport().height()

    @property
    def _cell(self) -> QSize:
        return QSize(self._arrangement.width, self._arrangement.height)

    def page_rows(self) -> int:
        """Rows that a page key moves."""
        return max(1, self._page // self._arrangement.height - 1)

    def row(self, position: int, rows: int) -> int:
        """The sample so many rows below."""
        return self._arrangement.step(position, rows)

    def _arrange(self) -> None:
        cell = self._side + _GAP
        heading = self.fontMetrics().height() + 12
        sizes = [section.size for section in self._sections]
        self._arrangement = arranged(sizes, self.viewport().width(), (cell, cell), heading)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._arrangement.extent - self._page))
        bar.setPageStep(max(1, self._page - heading))
        bar.setSingleStep(max(1, cell // 2))
        self.viewport().update()

    def _wish(self) -> None:
        """Asks for what is in sight, then for what would come into sight next."""
        if self.indices is None or not self._arrangement.total:
            self.complete = True
            return
        seen = self._arrangement.within(self._top, self._top + self._page)
        ahead = round(self._page * _AHEAD)
        below = self._arrangement.within(self._top, self._top + self._page + ahead)
        above = self._arrangement.within(self._top - ahead, self._top + self._page)
        order = (*seen, *range(seen.stop, below.stop), *range(seen.start - 1, above.start - 1, -1))
        ratio = self.devicePixelRatioF()
        self.thumbnails.want((int(self.indices[position]) for position in order), round(self._side * ratio))
        self._look_whether_complete()
        self.viewport().update()

    def _on_pictures(self) -> None:
        self._look_whether_complete()
        self.viewport().update()

    def _look_whether_complete(self) -> None:
        samples, indices = self.samples, self.indices
        if samples is None or indices is None:
            return
        seen = (int(indices[position]) for position in self._arrangement.within(self._top, self._top + self._page))
        self.complete = all(i in samples.unreadable or self.thumbnails.picture(i) is not None for i in seen)

    def _at(self, point: QPoint) -> int | None:
        return self._arrangement.at(point.x(), point.y() + self._top)

    def _position_of(self, index: int) -> int | None:
        if self.indices is None:
            return None
        found = (self.indices == index).nonzero()[0]
        return int(found[0]) if len(found) else None

    def _pick(self) -> None:
        if self.current is not None:
            self.picked.emit(self.current)

    def _move_to(self, position: int) -> None:
        self._current = position
        self._reveal(position)
        self.viewport().update()
        index = self.current
        if index is not None and self.samples is not None:
            self.setAccessibleDescription(describe(self.samples, index, ""))
            self.moved.emit(index)

    def _in_sight(self, position: int) -> bool:
        y = self._arrangement.place(position)[1]
        return self._top <= y and y + self._arrangement.height <= self._top + self._page

    def _reveal(self, position: int) -> None:
        y, bar = self._arrangement.place(position)[1], self.verticalScrollBar()
        if y - self._arrangement.heading < bar.value():
            bar.setValue(y - self._arrangement.heading)
        elif y + self._arrangement.height > bar.value() + self._page:
            bar.setValue(y + self._arrangement.height - self._page)


_MOVES = {
    Qt.Key.Key_Left: lambda grid, at: at - 1,
    Qt.Key.Key_Right: lambda grid, at: at + 1,
    Qt.Key.Key_Up: lambda grid, at: grid.row(at, -1),
    Qt.Key.Key_Down: lambda grid, at: grid.row(at, 1),
    Qt.Key.Key_PageUp: lambda grid, at: grid.row(at, -grid.page_rows()),
    Qt.Key.Key_PageDown: lambda grid, at: grid.row(at, grid.page_rows()),
    Qt.Key.Key_Home: lambda grid, at: 0,
    Qt.Key.Key_End: lambda grid, at: 2**31,
}


def describe(samples: Samples, index: int, mark: str) -> str:
    """What a person asks of a thumbnail, one thing a line."""
    from workbench.ui.panels.dataset.samples import PARTS

    problem = samples.unreadable.get(index, "")
    label = samples.class_of(index)
    lines = (samples.where(index), f"{label}, {PARTS[samples.part_of[index]]}" if label else "", mark, problem)
    return "\n".join(filter(None, lines))


def _sections(samples: Samples, indices: Indices) -> Iterable[Section]:
    import numpy as np

    labels, sizes = np.unique(samples.source.labels[indices], return_counts=True)
    for label, size in zip(labels.tolist(), sizes.tolist(), strict=True):
        yield Section("Images" if samples.source.masked else samples.class_names[label], size)
