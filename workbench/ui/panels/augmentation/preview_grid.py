"""The grid of the preview: a row an image, first as it is, then as it enters the network in one epoch after another."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QToolTip, QWidget

from workbench.ui.panels.augmentation.preview import Cell, Seen
from workbench.ui.theme import Theme, figures, scaled

Place = tuple[float, float, float, float]
_GAP = 6
_AFTER_FIRST = 10
"""More room between the image as it is and its variants."""
_LEAST, _WELL_SEEN, _MOST = 56, 96, 160
_SMALLER = 0.85
_PLUS = " + "
_SMOOTH_FROM = 64
"""Pixels; smaller images show theirs as squares, as the network has them."""


class PreviewGrid(QWidget):
    """Paints what was seen. Cells are as large as the columns leave room for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.seen: Seen | None = None
        self._columns = 1
        self._height = 0
        self._pixmaps: dict[int, _Scaled] = {}
        self._opacity = 0.5
        self.setFont(scaled(figures(self.font()), _SMALLER))
        self.setAccessibleName("Preview of the augmentation")
        theme.changed.connect(self.update)

    def show_seen(self, seen: Seen | None) -> None:
        """Shows other pictures, or none."""
        self.seen = seen
        self._pixmaps.clear()
        self._measure()
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """How much masks, or target pictures, cover the images."""
        self._opacity = opacity
        self.update()

    def set_columns(self, columns: int) -> None:
        """How many variants there will be, for the size of the cells."""
        self._columns = columns
        self._pixmaps.clear()
        self._measure()

    def set_height(self, height: int) -> None:
        """How much can be seen at once, for the size of the cells."""
        self._height = height
        self._pixmaps.clear()
        self._measure()

    @property
    def cell(self) -> int:
        """Side of a cell in pixels."""
        room = self.width() - _AFTER_FIRST - _GAP * (self._columns + 2)
        for_two_rows = (self._height - self._line) // 2 - self._caption - _GAP
        return max(_LEAST, min(max(_WELL_SEEN, for_two_rows), _MOST, room // (self._columns + 1)))

    @property
    def row_height(self) -> int:
        """Of a row with its captions."""
        return self.cell + self._caption + _GAP

    @property
    def _caption(self) -> int:
        """Height of the captions: a line more where targets are mixed."""
        mixed = self.seen is not None and any(_PLUS in cell.caption for cells in self.seen.rows for cell in cells)
        return self._line * (2 if mixed else 1)

    @property
    def rows_in_sight(self) -> int:
        """Rows that can be seen at once, a part of the last among them."""
        return max(1, -(-(self._height - self._line) // self.row_height))

    def column_title(self, column: int) -> str:
        """`as it is`, `epoch 3`."""
        first = self.seen.wanted.epoch if self.seen else 0
        return "as it is" if column == 0 else f"epoch {first + column}"

    def cell_rect(self, row: int, column: int) -> QRect:
        """Where a picture stands."""
        x = _GAP + column * (self.cell + _GAP) + (_AFTER_FIRST if column else 0)
        return QRect(QPoint(x, self._line + _GAP + row * self.row_height), QSize(self.cell, self.cell))

    @property
    def _line(self) -> int:
        return self.fontMetrics().height() + 2

    def _measure(self) -> None:
        rows = len(self.seen.rows) if self.seen else 0
        self.setMinimumHeight(self._line + _GAP + rows * self.row_height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cells follow the width."""
        super().resizeEvent(event)
        self._pixmaps.clear()
        self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Titles, pictures, captions."""
        if self.seen is None or not self.seen.rows:
            return
        painter = QPainter(self)
        painter.setPen(self._theme.color("text_muted"))
        for column in range(len(self.seen.rows[0])):
            box = self.cell_rect(0, column)
            self._write(painter, QRect(box.left(), 0, box.width(), self._line), self.column_title(column))
        for row, cells in enumerate(self.seen.rows):
            for column, cell in enumerate(cells):
                box = self.cell_rect(row, column)
                if box.intersects(event.rect()) or box.translated(0, self._caption).intersects(event.rect()):
                    self._paint_cell(painter, box, cell, row * len(cells) + column)

    def _paint_cell(self, painter: QPainter, box: QRect, cell: Cell, number: int) -> None:
        scaled_cell = self._pixmaps.get(number) or self._scaled(cell)
        self._pixmaps[number] = scaled_cell
        inside = QRect(QPoint(0, 0), scaled_cell.picture.deviceIndependentSize().toSize())
        inside.moveCenter(box.center())
        painter.drawPixmap(inside, scaled_cell.picture)
        if scaled_cell.layer is not None:
            self._paint_layer(painter, inside, cell.place, scaled_cell.layer)
        first, plus, rest = cell.caption.partition(_PLUS)
        below = QRect(box.left(), box.bottom() + 1, box.width(), self._line)
        self._write(painter, below, first)
        self._write(painter, below.translated(0, self._line), f"{plus.lstrip()}{rest}")

    def _paint_layer(self, painter: QPainter, inside: QRect, place: Place, layer: QPixmap) -> None:
        """A frame tells where the output lies that is smaller than the input."""
        part = _part(inside, place)
        painter.setOpacity(self._opacity)
        painter.drawPixmap(part, layer, QRectF(layer.rect()))
        painter.setOpacity(1)
        if part != QRectF(inside):
            painter.save()
            painter.setPen(QPen(self._theme.color("focus"), 1, Qt.PenStyle.DashLine))
            painter.drawRect(part.adjusted(0, 0, -1, -1))
            painter.restore()

    def _scaled(self, cell: Cell) -> _Scaled:
        ratio = self.devicePixelRatioF()
        side = round(self.cell * ratio)
        picture = _fitted(cell.picture, QSize(side, side), Qt.AspectRatioMode.KeepAspectRatio)
        layer = None
        if cell.layer is not None:
            part = _part(QRect(QPoint(0, 0), picture.size()), cell.place).size().toSize().expandedTo(QSize(1, 1))
            layer = _fitted(cell.layer, part, Qt.AspectRatioMode.IgnoreAspectRatio)
        picture.setDevicePixelRatio(ratio)
        return _Scaled(picture, layer)

    def _write(self, painter: QPainter, box: QRect, text: str) -> None:
        short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, short)

    def event(self, event: QEvent) -> bool:
        """The whole caption under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.seen is not None:
            for row, cells in enumerate(self.seen.rows):
                for column, cell in enumerate(cells):
                    if self.cell_rect(row, column).adjusted(0, 0, 0, self._caption).contains(event.pos()):
                        QToolTip.showText(event.globalPos(), f"{self.column_title(column)}: {cell.told}", self)
                        return True
            QToolTip.hideText()
            return True
        return super().event(event)


@dataclass(frozen=True)
class _Scaled:
    """A cell in the size that it is painted in."""

    picture: QPixmap
    layer: QPixmap | None


def _fitted(image: QImage, size: QSize, proportions: Qt.AspectRatioMode) -> QPixmap:
    smooth = max(image.width(), image.height()) >= _SMOOTH_FROM
    how = Qt.TransformationMode.SmoothTransformation if smooth else Qt.TransformationMode.FastTransformation
    return QPixmap.fromImage(image.scaled(size, proportions, how))


def _part(whole: QRect, place: Place) -> QRectF:
    """The part of a rectangle that is given in shares of it."""
    left, top, width, height = place
    x, y = whole.x() + left * whole.width(), whole.y() + top * whole.height()
    return QRectF(x, y, width * whole.width(), height * whole.height())
