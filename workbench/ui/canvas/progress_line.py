"""How far a training is, as a line along the canvas."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.ui.canvas.ink import Ink

_THICK = 3


class ProgressLine(QWidget):
    """A thin line along the top of the canvas while the network trains; lets the mouse through."""

    def __init__(self, ink: Ink, parent: QWidget) -> None:
        super().__init__(parent)
        self._ink = ink
        self.share = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedHeight(_THICK)
        self.setAccessibleName("Progress of the training")
        self.hide()

    def tell(self, share: float | None, ink: Ink) -> None:
        """Shows a part from 0 to 1, or (None) nothing. Paints only where a pixel differs."""
        self._ink = ink
        before, self.share = round(self.share * self.width()), share or 0.0
        self.setVisible(share is not None)
        if before != round(self.share * self.width()):
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(0, 0, self.share * self.width(), _THICK), self._ink.accent)
