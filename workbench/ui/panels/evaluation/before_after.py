"""Two pictures of one image in one place, with an edge between them that is dragged."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.theme import Theme

_STEP = 0.05
_SMOOTH_FROM = 96
"""Pixels a side from which enlarging smooths; smaller images show their pixels."""
_HANDLE = 7.0
_MOVES = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP, Qt.Key.Key_Home: -1.0, Qt.Key.Key_End: 1.0}


class BeforeAfter(QWidget):
    """Left of the edge the one, right of it the other. Drag, or arrows, Home and End."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._images: tuple[QImage, QImage] | None = None
        self.edge = 0.5
        """Where the edge is, as a share of the width."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    def show_images(self, before: QImage, after: QImage, names: tuple[str, str]) -> None:
        """Shows two pictures; the edge stays where it is."""
        self._images = before, after
        self.setAccessibleName(f"{names[0]} left of the edge, {names[1]} right of it")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Brings the edge here."""
        self._bring(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags the edge."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._bring(event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves the edge."""
        move = _MOVES.get(Qt.Key(event.key()))
        if move is None:
            super().keyPressEvent(event)
        else:
            self._move_to(self.edge + move)

    def _bring(self, at: QPointF) -> None:
        place = self._place()
        self._move_to((at.x() - place.left()) / max(1.0, place.width()))

    def _move_to(self, edge: float) -> None:
        self.edge = min(1.0, max(0.0, edge))
        self.update()

    def _place(self) -> QRectF:
        """Where the pictures are: as large as they fit."""
        room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        if self._images is None:
            return room
        size = self._images[1].size().scaled(room.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        return place

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._images is None:
            return
        painter, place = QPainter(self), self._place()
        split = place.left() + self.edge * place.width()
        sides = (
            QRectF(place.topLeft(), QPointF(split, place.bottom())),
            QRectF(QPointF(split, place.top()), place.bottomRight()),
        )
        for image, side in zip(self._images, sides, strict=True):
            smooth = max(image.width(), image.height()) >= _SMOOTH_FROM
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.setClipRect(side)
            painter.drawImage(place, image)
        painter.setClipping(False)
        painter.setPen(self._theme.color("border"))
        painter.drawRect(place)
        self._paint_edge(painter, place, split)

    def _paint_edge(self, painter: QPainter, place: QRectF, split: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.color("focus" if self.hasFocus() else "accent")
        painter.setPen(QPen(color, 2))
        painter.drawLine(QPointF(split, place.top()), QPointF(split, place.bottom()))
        painter.setBrush(self._theme.color("surface"))
        painter.drawEllipse(QPointF(split, place.center().y()), _HANDLE, _HANDLE)
