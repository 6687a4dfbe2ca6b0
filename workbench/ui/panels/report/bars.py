"""A bar behind a number: where the parameters and the multiplications are, at a glance down the column."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from workbench.ui.panels.report.rows import BAR_ROLE
from workbench.ui.theme import Theme

_STRENGTH = 0.32
_LEAST = 1
"""Pixels of the bar of anything at all."""


class BarDelegate(QStyledItemDelegate):
    """Draws a bar from the left edge of a cell, as long as the cell's number beside the largest of its column."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        length = index.data(BAR_ROLE)
        super().paint(painter, option, index)
        if length:
            color = self._theme.color("accent")
            color.setAlphaF(_STRENGTH)
            room = option.rect.adjusted(2, 3, -2, -3)
            width = max(_LEAST, round(room.width() * length))
            painter.fillRect(QRect(room.left(), room.top(), width, room.height()), color)
