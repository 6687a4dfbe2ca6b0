"""How a thumbnail looks."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtWidgets import QWidget

from workbench.ui import icons
from workbench.ui.panels.dataset.parts import PART_TOKENS
from workbench.ui.theme import Theme, scaled

_INSET = 4
_MARK = 16
_STRIPE = 3


class CellPainter:
    """Paints cells and headings in the theme's colours. `marks` are warnings by sample index."""

    def __init__(self, theme: Theme, widget: QWidget) -> None:
        self._theme = theme
        self._widget = widget
        self.marks: dict[int, str] = {}

    def begin(self, painter: QPainter, room: QRect) -> None:
        """The ground."""
        painter.fillRect(room, self._theme.color("surface"))

    def cell(
        self,
        painter: QPainter,
        room: QRect,
        index: int,
        picture: QImage | None,
        part: int,
        *,
        current: bool,
        broken: bool,
    ) -> None:
        """A picture in the middle of its cell; a stripe below it tells its part. `broken`: it cannot be read."""
        inside = room.adjusted(_INSET, _INSET, -_INSET, -_INSET)
        if picture is None:
            painter.fillRect(inside, self._theme.color("error_surface" if broken else "surface_raised"))
        if broken:
            place = QRect(0, 0, _MARK, _MARK)
            place.moveCenter(inside.center())
            icons.renderer("error", self._theme.color("error")).render(painter, QRectF(place))
        elif picture is not None:
            target = fitted(picture, inside)
            smooth = target.width() < picture.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(target, picture)
        if part:
            stripe = QRect(inside.left(), inside.bottom() + 1, inside.width(), _STRIPE)
            painter.fillRect(stripe, self._theme.color(PART_TOKENS[part]))
        if index in self.marks and not broken:
            self._mark(painter, inside)
        if current:
            self._frame(painter, room)

    def heading(self, painter: QPainter, room: QRect, title: str, size: int) -> None:
        """A class and how many of its images are shown."""
        painter.fillRect(room, self._theme.color("surface"))
        painter.setPen(self._theme.color("border"))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        text = room.adjusted(_INSET, 0, -_INSET, 0)
        count = f"{size:,}"
        wide = painter.fontMetrics().horizontalAdvance(count) + 16
        painter.setFont(scaled(self._widget.font(), 1, bold=True))
        painter.setPen(self._theme.color("text"))
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        shown = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideMiddle, text.width() - wide)
        painter.drawText(text, align, shown)
        left = painter.fontMetrics().horizontalAdvance(shown) + 8
        painter.setFont(self._widget.font())
        painter.setPen(self._theme.color("text_muted"))
        painter.drawText(text.adjusted(left, 0, 0, 0), align, count)

    def _mark(self, painter: QPainter, inside: QRect) -> None:
        place = QRect(inside.right() - _MARK + 3, inside.top() - 2, _MARK, _MARK)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("surface"))
        painter.drawEllipse(place)
        icons.renderer("warning", self._theme.color("warning_mark")).render(
            painter, QRectF(place).adjusted(2, 2, -2, -2)
        )

    def _frame(self, painter: QPainter, room: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        token = "focus" if self._widget.hasFocus() else "border_strong"
        painter.setPen(QPen(self._theme.color(token), 2))
        painter.drawRoundedRect(room.adjusted(1, 1, -1, -1), 3, 3)


def fitted(picture: QImage, room: QRect) -> QRect:
    """The largest place for a picture in a room that keeps its proportions."""
    size = picture.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(room.topLeft(), size)
    place.moveCenter(room.center())
    return place
