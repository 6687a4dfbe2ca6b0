"""Probabilities as bars, the largest first; the true class is marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.ui.panels.evaluation.headline import percent
from workbench.ui.theme import Theme, figures

_ROW_GAP = 6
_NAME_SHARE = 0.36
_MOST = 10


class ProbabilityBars(QWidget):
    """As many classes as there is room for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: list[tuple[str, float, bool]] = []
        """Name, probability, whether it is the true class."""
        self.setFont(figures(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(150)
        self.setAccessibleName("Probabilities")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(220, self._row_height() * _MOST)

    def show_probabilities(self, names: Sequence[str], values: Sequence[float], true: int = -1) -> None:
        """Shows others; the true class is always among them."""
        order = sorted(range(len(values)), key=lambda index: -values[index])
        shown = order[:_MOST]
        if true >= 0 and true not in shown:
            shown = [*shown[:-1], true]
        self.rows = [(names[index], float(values[index]), index == true) for index in shown]
        self.setAccessibleDescription(", ".join(f"{name} {percent(value)}" for name, value, _ in self.rows[:3]))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = self._row_height()
        number_width = painter.fontMetrics().horizontalAdvance("100.0 %") + 6
        name_width = round((self.width() - number_width) * _NAME_SHARE)
        for row, (name, value, true) in enumerate(self.rows):
            top = row * height
            if top + height > self.height() + 2:
                break
            label = f"✓ {name}" if true else name
            painter.setPen(self._theme.color("ok" if true else "text"))
            words = QRect(0, top, name_width - 6, height)
            elided = painter.fontMetrics().elidedText(label, Qt.TextElideMode.ElideMiddle, words.width())
            painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, elided)
            room = QRect(name_width, top + 3, self.width() - name_width - number_width, height - 6)
            painter.fillRect(room, self._theme.color("surface_raised"))
            filled = QRect(room.left(), room.top(), max(1, round(room.width() * value)), room.height())
            painter.fillRect(filled, self._theme.color("plot_3" if true else "plot_1"))
            painter.setPen(self._theme.color("text_muted"))
            painter.drawText(
                QRect(room.right() + 4, top, number_width, height), Qt.AlignmentFlag.AlignVCenter, percent(value)
            )

    def _row_height(self) -> int:
        return self.fontMetrics().height() + _ROW_GAP
