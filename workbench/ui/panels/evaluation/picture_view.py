"""One image, as large as it fits, with a heat map over it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.theme import Theme

_SMOOTH_FROM = 96
"""Pixels a side from which enlarging smooths; smaller images show their pixels."""


class PictureView(QWidget):
    """Shows a message where there is no image."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.image: QImage | None = None
        self.overlay: QImage | None = None
        self._opacity = 0.7
        self._message = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 96)
        self.setAccessibleName("Image")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, 240)

    def show_image(self, image: QImage | None, message: str = "") -> None:
        """Shows an image, without a heat map, or a message."""
        self.image, self.overlay, self._message = image, None, message
        self.update()

    def show_overlay(self, overlay: QImage | None) -> None:
        """Lays a heat map over the image, stretched to its size."""
        self.overlay = overlay
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """How much the heat map covers, from 0 to 1."""
        self._opacity = opacity
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.image is None:
            painter.setPen(self._theme.color("text_muted"))
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.rect(), flags, self._message)
            return
        size = self.image.size().scaled(self.size() - QSize(2, 2), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2, *size.toTuple())
        smooth = max(self.image.width(), self.image.height()) >= _SMOOTH_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(place, self.image)
        if self.overlay is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
            painter.setOpacity(self._opacity)
            painter.drawImage(place, self.overlay)
            painter.setOpacity(1)
        painter.setPen(self._theme.color("border"))
        painter.drawRect(place)
