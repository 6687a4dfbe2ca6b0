"""An image with a layer over it, as large as there is room, and closer where somebody looks closer."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.theme import Theme

_STEP = 1.25
_NOTCH = 120
_CLOSEST = 32.0
"""Screen pixels a pixel of the image, at most, unless the whole image is larger anyway."""
_ZOOM_KEYS = {
    Qt.Key.Key_Plus: _STEP,
    Qt.Key.Key_Equal: _STEP,
    Qt.Key.Key_Minus: 1 / _STEP,
}
_PAN_KEYS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_PAN = 48


class OverlayView(QWidget):
    """The wheel and +, - zoom, dragging and arrows move what is zoomed, a double click or 0 shows the whole again.

    Enlarged images show their pixels; the layer is stretched to the image.
    """

    hovered = Signal(int, int)
    """Row and column of the image under the pointer; -1, -1 where there is none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.image: QImage | None = None
        self.layer: QImage | None = None
        self.opacity = 0.5
        """How much the layer covers, from 0 to 1."""
        self._message = ""
        self._zoom = 1.0
        """1: the whole image fits."""
        self._centre = QPointF(0.5, 0.5)
        """What is in the middle, as a share of the image."""
        self._held: QPointF | None = None
        self._reduced: dict[str, tuple[tuple[int, int, int], QImage]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 96)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Image")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, 320)

    def show_image(self, image: QImage | None, message: str = "", *, keep_place: bool = False) -> None:
        """Shows an image without a layer, or a message; `keep_place` where it is the same one in another way."""
        self.image, self.layer, self._message = image, None, message
        self._reduced.clear()
        if not keep_place:
            self._zoom, self._centre = 1.0, QPointF(0.5, 0.5)
        self.setToolTip("" if image is None else "Wheel: zoom   Drag: move   Double click: whole image")
        self._show_cursor()
        self.update()

    def show_layer(self, layer: QImage | None) -> None:
        """Lays something transparent over the image."""
        self.layer = layer
        self._reduced.pop("layer", None)
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """How much the layer covers, from 0 to 1."""
        self.opacity = opacity
        self.update()

    @property
    def zoom(self) -> float:
        """1 where the whole image fits."""
        return self._zoom

    @property
    def place(self) -> QRectF:
        """Where the whole image would be drawn; parts of it may be outside."""
        scale = self._fit() * self._zoom
        width, height = self._size()
        wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
        left, top = _along(self.width(), wide, self._centre.x()), _along(self.height(), tall, self._centre.y())
        return QRectF(round(left), round(top), wide, tall)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Closer or further, what is under `at` (by default the middle) staying there."""
        if self.image is None:
            return
        at = at or QPointF(self.width() / 2, self.height() / 2)
        before = self.place
        under = QPointF((at.x() - before.x()) / before.width(), (at.y() - before.y()) / before.height())
        self._zoom = min(max(1.0, self._zoom * factor), max(1.0, _CLOSEST / self._fit()))
        scale = self._fit() * self._zoom
        width, height = self._size()
        self._centre = self._inside(
            QPointF(
                under.x() + (self.width() / 2 - at.x()) / (width * scale),
                under.y() + (self.height() / 2 - at.y()) / (height * scale),
            )
        )
        self._show_cursor()
        self.update()

    def show_whole(self) -> None:
        """All of the image again."""
        self._zoom, self._centre = 1.0, QPointF(0.5, 0.5)
        self._show_cursor()
        self.update()

    # -- painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.image is None:
            painter.setPen(self._theme.color("text_muted"))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect().adjusted(8, 8, -8, -8), flags, self._message)
            return
        place = self.place
        self._draw(painter, "image", self.image, place)
        if self.layer is not None and self.opacity > 0:
            painter.setOpacity(self.opacity)
            self._draw(painter, "layer", self.layer, place)
            painter.setOpacity(1)
        painter.setPen(self._theme.color("border"))
        painter.drawRect(place.intersected(QRectF(self.rect())).adjusted(0, 0, -1, -1))

    def _draw(self, painter: QPainter, name: str, image: QImage, place: QRectF) -> None:
        """Reduced once and kept; enlarged, only what can be seen is drawn, and pixel by pixel."""
        ratio = self.devicePixelRatioF()
        wide, tall = round(place.width() * ratio), round(place.height() * ratio)
        if wide >= image.width():
            shown = place.intersected(QRectF(self.rect()))
            x, y = image.width() / place.width(), image.height() / place.height()
            part = QRectF(
                (shown.x() - place.x()) * x, (shown.y() - place.y()) * y, shown.width() * x, shown.height() * y
            )
            painter.drawImage(shown, image, part)
            return
        key = (image.cacheKey(), wide, tall)
        kept = self._reduced.get(name)
        if kept is None or kept[0] != key:
            how = Qt.TransformationMode.SmoothTransformation
            small = image.scaled(max(1, wide), max(1, tall), Qt.AspectRatioMode.IgnoreAspectRatio, how)
            kept = self._reduced[name] = key, small
        painter.drawImage(place, kept[1])

    # -- geometry
    def _size(self) -> tuple[int, int]:
        return (self.image.width(), self.image.height()) if self.image is not None else (1, 1)

    def _fit(self) -> float:
        """Screen pixels a pixel of the image where the whole fits."""
        width, height = self._size()
        return max(1e-6, min((self.width() - 2) / width, (self.height() - 2) / height))

    def _inside(self, centre: QPointF) -> QPointF:
        """Nothing is moved further than its edge."""
        least = 0.5 / self._zoom
        return QPointF(min(max(centre.x(), least), 1 - least), min(max(centre.y(), least), 1 - least))

    def _pixel_at(self, at: QPointF) -> tuple[int, int]:
        place, (width, height) = self.place, self._size()
        if self.image is None or not place.contains(at):
            return -1, -1
        row = int((at.y() - place.y()) / place.height() * height)
        return min(row, height - 1), min(int((at.x() - place.x()) / place.width() * width), width - 1)

    def _move_by(self, x: float, y: float) -> None:
        place = self.place
        self._centre = self._inside(self._centre - QPointF(x / place.width(), y / place.height()))
        self.update()

    def _show_cursor(self) -> None:
        zoomed = self.image is not None and self._zoom > 1
        held = Qt.CursorShape.ClosedHandCursor if self._held is not None else Qt.CursorShape.OpenHandCursor
        self.setCursor(held if zoomed else Qt.CursorShape.ArrowCursor)

    # -- what a person does
    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / _NOTCH
        if self.image is not None and notches:
            self.zoom_by(_STEP**notches, event.position())
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._held = event.position()
            self._show_cursor()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = event.position() - self._held
            self._held = event.position()
            self._move_by(moved.x(), moved.y())
        self.hovered.emit(*self._pixel_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.show_whole()

    def leaveEvent(self, event) -> None:  # type: ignore[no-untyped-def]
        self.hovered.emit(-1, -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ZOOM_KEYS:
            self.zoom_by(_ZOOM_KEYS[key])
        elif key == Qt.Key.Key_0:
            self.show_whole()
        elif key in _PAN_KEYS and self._zoom > 1:
            x, y = _PAN_KEYS[key]
            self._move_by(x * _PAN, y * _PAN)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._centre = self._inside(self._centre)


def _along(room: float, size: float, centre: float) -> float:
    """Where something begins: in the middle where it fits, else so that `centre` of it is in the middle."""
    if size <= room:
        return (room - size) / 2
    return min(0.0, max(room - size, room / 2 - centre * size))
