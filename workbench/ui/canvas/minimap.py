"""The whole graph in the corner, and the part that is seen: drag it to go elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from workbench.ui.canvas.scene import CanvasScene

SIZE = QSize(184, 120)
_MARGIN = 8.0


class Minimap(QWidget):
    """A small picture of the scene."""

    wanted = Signal(QPointF)
    """The place that should be in the middle of the view."""

    def __init__(self, scene: CanvasScene, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene = scene
        self._seen = QRectF()
        self._area = QRectF()
        self._picture: tuple[object, QPixmap] = (None, QPixmap())
        """What it was painted from, and the graph alone: what is seen of it changes more often."""
        self.setFixedSize(SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click or drag to look elsewhere")
        self.setAccessibleName("Overview of the whole graph")

    def show_seen(self, seen: QRectF) -> None:
        """Mark the part of the scene that the view shows."""
        if seen != self._seen:
            self._seen = seen
            self.update()

    def _scale(self) -> float:
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        return min(room.width() / max(self._area.width(), 1), room.height() / max(self._area.height(), 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        scene, ink = self._scene, self._scene.ink
        bounds = scene.bounds()
        self._area = bounds | self._seen if bounds.isValid() else self._seen
        of = (scene.overview.edition, self._area.getRect(), ink, self.devicePixelRatioF())
        if self._picture[0] != of:
            self._picture = of, self._painted()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._picture[1])
        self._look_from_afar(painter)
        pen = QPen(ink.selection, 1.5)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(ink.band_fill)
        painter.drawRect(self._seen)
        painter.end()

    def _look_from_afar(self, painter: QPainter) -> None:
        painter.translate(self.rect().center())
        painter.scale(self._scale(), self._scale())
        painter.translate(-self._area.center())

    def _painted(self) -> QPixmap:
        ink = self._scene.ink
        picture = QPixmap(self.size() * self.devicePixelRatioF())
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(ink.canvas)
        ground.setAlpha(235)
        painter.setPen(QPen(ink.border.color(), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        self._look_from_afar(painter)
        self._scene.overview.paint(painter, ink)
        painter.end()
        return picture

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Taken, so that it does not fall through to the canvas below."""
        event.accept()

    def _go(self, at: QPointF) -> None:
        from_middle = at - QPointF(self.rect().center())
        self.wanted.emit(self._area.center() + from_middle / self._scale())
