"""The legend of an overlay, in a corner of the canvas."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from workbench.ui.canvas.ink import Ink

_SIZE = (216, 56)
_EDGE = 10
_BAR = 12
_UP_TO = "up to "


class Legend(QWidget):
    """Tints from nothing to the most, with both ends in words; lets the mouse through."""

    def __init__(self, ink: Ink, parent: QWidget) -> None:
        super().__init__(parent)
        self._ink = ink
        self.title = ""
        self.most = ""
        self.setFixedSize(*_SIZE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def tell(self, title: str, most: str, ink: Ink) -> None:
        """Shows what the tints mean now."""
        self.title, self.most, self._ink = title, most, ink
        self.setAccessibleName(f"{title}: up to {most}")
        needed = QFontMetrics(ink.name_font).horizontalAdvance(title + most) + QFontMetrics(
            ink.small_font
        ).horizontalAdvance(_UP_TO)
        self.setFixedSize(max(_SIZE[0], needed + 4 * _EDGE), _SIZE[1])
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self._ink.border)
        painter.setBrush(self._ink.node)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 6, 6)
        inner = self.rect().adjusted(_EDGE, 6, -_EDGE, -6)
        painter.setPen(self._ink.text)
        painter.setFont(self._ink.name_font)
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, self.title)
        painter.setFont(self._ink.small_font)
        painter.drawText(inner, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, _UP_TO + self.most)
        width = inner.width() / len(self._ink.heat)
        for level, brush in enumerate(self._ink.heat):
            left, right = round(level * width), round((level + 1) * width)
            painter.fillRect(QRect(inner.left() + left, inner.bottom() - _BAR, right - left, _BAR), brush)
        painter.setPen(self._ink.border)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRect(inner.left(), inner.bottom() - _BAR, inner.width(), _BAR))
