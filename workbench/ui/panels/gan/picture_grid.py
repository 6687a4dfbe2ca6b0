"""Images in rows and columns as one picture, of which one is selected."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.theme import Theme

_SMOOTH_FROM = 1.0
"""Scales below which pixels are averaged; above, they are shown as what they are."""
_GAP_FROM = 24
"""Pixels of a tile's side from which a line stands between tiles."""
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class PictureGrid(QWidget):
    """As large as fits. A click or the arrows select, Return and a double click open."""

    selected = Signal(int)
    """The number of the image that is selected now."""
    opened = Signal(int)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.image: QImage | None = None
        self.columns, self.rows, self.count = 1, 1, 0
        self.current = -1
        self._marks: dict[int, str] = {}
        self._message = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 96)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, 240)

    def show_picture(self, image: QImage, columns: int, rows: int, count: int) -> None:
        """Shows a picture of `count` images side by side without gaps; the selection stays where it can."""
        self.image, self.columns, self.rows, self.count = image, columns, rows, count
        if self.current >= count:
            self.current = -1
        self.update()

    def show_message(self, text: str) -> None:
        """Shows words instead."""
        self.image, self.count, self.current, self._message = None, 0, -1, text
        self.update()

    def mark(self, marks: Mapping[int, str]) -> None:
        """Letters in the corner of some images."""
        self._marks = dict(marks)
        self.update()

    def select(self, number: int) -> None:
        """Selects an image, and says so."""
        if 0 <= number < self.count:
            self.current = number
            self.setAccessibleDescription(f"Image {number + 1} of {self.count}")
            self.update()
            self.selected.emit(number)

    def rect_of(self, number: int) -> QRect:
        """Where an image stands in this widget."""
        place = self._place()
        row, column = divmod(number, self.columns)
        left, right = (round(place.left() + place.width() * at / self.columns) for at in (column, column + 1))
        top, bottom = (round(place.top() + place.height() * at / self.rows) for at in (row, row + 1))
        return QRect(left, top, right - left, bottom - top)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._at(event)
        if number >= 0:
            self.select(number)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        number = self._at(event)
        if number >= 0:
            self.opened.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.opened.emit(self.current)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.select(0 if key is Qt.Key.Key_Home else self.count - 1)
        elif key in _STEPS and self.count:
            self._step(*_STEPS[key])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.image is None:
            painter.setPen(self._theme.color("text_muted"))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(8, 8, -8, -8), flags, self._message)
            return
        place = self._place()
        small = place.width() < self.image.width() * _SMOOTH_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, small)
        painter.drawImage(place, self.image)
        if place.width() / self.columns >= _GAP_FROM and self.count > 1:
            self._paint_lines(painter, place)
        for number in range(self.count, self.columns * self.rows):
            painter.fillRect(self.rect_of(number), self.palette().window())
        for number, letter in self._marks.items():
            if number < self.count:
                self._paint_mark(painter, self.rect_of(number), letter)
        if self.current >= 0 and self.count > 1:
            self._paint_selection(painter)

    def _paint_lines(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(QPen(self._theme.color("surface"), 2))
        for column in range(1, self.columns):
            x = round(place.left() + place.width() * column / self.columns)
            painter.drawLine(x, round(place.top()), x, round(place.bottom()))
        for row in range(1, self.rows):
            y = round(place.top() + place.height() * row / self.rows)
            painter.drawLine(round(place.left()), y, round(place.right()), y)

    def _paint_mark(self, painter: QPainter, rect: QRect, letter: str) -> None:
        side = painter.fontMetrics().height() + 2
        corner = QRect(rect.left() + 2, rect.top() + 2, side, side)
        painter.fillRect(corner, self._theme.color("accent"))
        painter.setPen(self._theme.color("text_on_accent"))
        painter.drawText(corner, Qt.AlignmentFlag.AlignCenter, letter)

    def _paint_selection(self, painter: QPainter) -> None:
        rect = self.rect_of(self.current)
        painter.setPen(QPen(self._theme.color("surface"), 4))
        painter.drawRect(rect.adjusted(1, 1, -2, -2))
        painter.setPen(QPen(self._theme.color("focus"), 2))
        painter.drawRect(rect.adjusted(1, 1, -2, -2))

    def _place(self) -> QRectF:
        """Where the picture stands: small ones grow by whole numbers where there is room for that."""
        assert self.image is not None
        room = self.size() - QSize(2, 2)
        size = self.image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        times = size.width() // max(1, self.image.width())
        if times >= 3:
            size = self.image.size() * times
        return QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, *size.toTuple())

    def _at(self, event: QMouseEvent) -> int:
        if self.image is None or event.button() is not Qt.MouseButton.LeftButton:
            return -1
        place = self._place()
        if not place.contains(event.position()):
            return -1
        column = int((event.position().x() - place.left()) / place.width() * self.columns)
        row = int((event.position().y() - place.top()) / place.height() * self.rows)
        number = min(row, self.rows - 1) * self.columns + min(column, self.columns - 1)
        return number if number < self.count else -1

    def _step(self, rows: int, columns: int) -> None:
        if self.current < 0:
            self.select(0)
            return
        self.select(self.current + rows * self.columns + columns)
