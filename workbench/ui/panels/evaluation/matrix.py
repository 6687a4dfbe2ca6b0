"""The confusion matrix as a heat map: true classes down, predicted ones across."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from workbench.ui import quantities
from workbench.ui.images.pictures import picture
from workbench.ui.theme import Theme, figures, scaled

if TYPE_CHECKING:
    from workbench.ui.panels.evaluation.mask_results import MaskResults
    from workbench.ui.panels.evaluation.results import Results

_LARGEST_CELL, _CELL, _SMALLEST_CELL = 56, 16, 7
_LABELLED = 40
"""With more classes than these, names and numbers would be unreadable and cells may be small."""
_LABEL_WIDTH = 110
_PAD = 6
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
Cell = tuple[int, int]


class ConfusionMatrix(QWidget):
    """Arrows move the frame, Return or a click picks a cell. Right answers are blue, mistakes are orange."""

    picked = Signal(int, int)
    """True and predicted class of the cell that was picked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts: list[list[int]] = []
        self._names: tuple[str, ...] = ()
        self._noun = "image"
        self._fills: QImage | None = None
        """A pixel a cell; made anew where it is None."""
        self._shares = False
        self._hovered: Cell | None = None
        self.cell: Cell | None = None
        """Where the frame is."""
        self.setFont(scaled(figures(self.font()), 0.85))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Confusion matrix")
        theme.changed.connect(self._forget_fills)

    def show_results(self, results: Results | MaskResults) -> None:
        """Draws another matrix."""
        self._counts = results.report.confusion.tolist()
        self._names = results.names
        self._noun = results.noun
        self._fills = None
        self.cell = self._hovered = None
        self.setMinimumSize(self._smallest())
        self.updateGeometry()
        self.update()

    def show_shares(self, shares: bool) -> None:
        """Percents of each true class instead of counts."""
        self._shares = shares
        self.update()

    def rect_of(self, true: int, guess: int) -> QRect:
        """Where a cell is drawn."""
        left, top = self._corner()
        side = self._side()
        x, y = left + round(guess * side), top + round(true * side)
        return QRect(x, y, left + round((guess + 1) * side) - x, top + round((true + 1) * side) - y)

    def describe(self, true: int, guess: int) -> str:
        """A cell in words."""
        count, total = self._counts[true][guess], sum(self._counts[true])
        share = f", {count / total:.1%} of them" if total else ""
        taken = "recognised" if true == guess else f"taken for {self._names[guess]}"
        return f"{self._names[true]} {taken}: {quantities.counted(count, self._noun)}{share}"

    def sizeHint(self) -> QSize:
        left, top = self._corner()
        side = max(_CELL, 24) * max(1, len(self._names))
        return QSize(left + side + _PAD, top + side + _PAD)

    # -- painting
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._names:
            return
        painter = QPainter(self)
        left, top = self._corner()
        size = self._side() * len(self._names)
        if self._fills is None:
            self._fills = _fills(self._counts, self._theme)
        painter.drawImage(QRectF(left, top, size, size), self._fills)
        if len(self._names) <= _LABELLED:
            self._paint_numbers(painter, event.rect())
            self._paint_names(painter, self._side())
        for cell, token in ((self._hovered, "border_strong"), (self.cell, "focus")):
            if cell is not None:
                painter.setPen(QPen(self._theme.color(token), 2))
                painter.drawRect(self.rect_of(*cell).adjusted(0, 0, -1, -1))

    def _paint_numbers(self, painter: QPainter, visible: QRect) -> None:
        """A line between the cells, and what is in each; nothing where it does not fit."""
        metrics = QFontMetrics(self.font())
        ground = self._theme.color("surface")
        for true, row in enumerate(self._counts):
            total = sum(row)
            for guess, count in enumerate(row):
                rect = self.rect_of(true, guess)
                if not rect.intersects(visible):
                    continue
                painter.setPen(ground)
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
                text = f"{count / total * 100:.0f}" if self._shares and total else quantities.compact(count)
                if count and metrics.horizontalAdvance(text) < rect.width() and metrics.ascent() <= rect.height():
                    fill = self._fills.pixelColor(guess, true) if self._fills else ground
                    painter.setPen(_on(fill))
                    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_names(self, painter: QPainter, side: float) -> None:
        left, top = self._corner()
        metrics = QFontMetrics(self.font())
        muted = self._theme.color("text_muted")
        painter.setPen(muted)
        painter.drawText(QRect(0, 0, left - _PAD, top - 2), Qt.AlignmentFlag.AlignRight, "true ↓  predicted →")
        painter.setPen(self._theme.color("text"))
        for index, name in enumerate(self._names):
            row = QRectF(0, top + index * side, left - _PAD, side)
            elided = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, left - _PAD)
            painter.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, elided)
            column = QRectF(left + index * side, 0, side - 1, top - 2)
            short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, round(side) - 2)
            painter.drawText(column, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, short)

    # -- geometry
    def _corner(self) -> tuple[int, int]:
        if len(self._names) > _LABELLED:
            return _PAD, _PAD
        metrics = QFontMetrics(self.font())
        widest = max((metrics.horizontalAdvance(name) for name in self._names), default=0)
        heading = metrics.horizontalAdvance("true ↓  predicted →")
        return min(_LABEL_WIDTH, max(widest, heading)) + 2 * _PAD, metrics.height() + 4

    def _side(self) -> float:
        count = max(1, len(self._names))
        left, top = self._corner()
        room = min(self.width() - left - _PAD, self.height() - top - _PAD) / count
        return max(self._least(), min(float(_LARGEST_CELL), room))

    def _least(self) -> float:
        return float(_CELL if len(self._names) <= _LABELLED else _SMALLEST_CELL)

    def _smallest(self) -> QSize:
        left, top = self._corner()
        side = round(self._least() * len(self._names))
        return QSize(left + side + _PAD, top + side + _PAD)

    def _at(self, place: QPoint) -> Cell | None:
        left, top = self._corner()
        side = self._side()
        true, guess = int((place.y() - top) // side), int((place.x() - left) // side)
        inside = 0 <= true < len(self._names) and 0 <= guess < len(self._names)
        return (true, guess) if inside else None

    # -- what a person does
    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            cell = self._at(event.pos())
            if cell is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self.describe(*cell), self, self.rect_of(*cell))
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self._at(event.position().toPoint())
        if cell != self._hovered:
            self._hovered = cell
            self.setCursor(Qt.CursorShape.PointingHandCursor if cell else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self._at(event.position().toPoint())
        if cell is not None and event.button() is Qt.MouseButton.LeftButton:
            self._move_to(cell)
            self.picked.emit(*cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self._names and key in _STEPS:
            true, guess = self.cell or (0, 0)
            down, across = _STEPS[key] if self.cell else (0, 0)
            last = len(self._names) - 1
            self._move_to((min(max(true + down, 0), last), min(max(guess + across, 0), last)))
        elif self.cell is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.picked.emit(*self.cell)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_key = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if self._names and self.cell is None and by_key:
            self._move_to((0, 0))

    def _forget_fills(self) -> None:
        self._fills = None
        self.update()

    def _move_to(self, cell: Cell) -> None:
        self.cell = cell
        self.setAccessibleDescription(self.describe(*cell))
        self.setToolTip("")
        self.update()


def _fills(counts: list[list[int]], theme: Theme) -> QImage:
    """Strong where much of a class goes; the square root lets rare mistakes be seen."""
    import numpy as np

    matrix = np.array(counts, np.float64)
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    right = np.eye(len(matrix), dtype=bool)
    strength = np.where(share > 0, 0.12 + 0.88 * np.where(right, share, np.sqrt(share)), 0)[..., np.newaxis]
    ground, blue, orange = (_rgb(theme.color(token)) for token in ("surface_raised", "plot_1", "plot_2"))
    ink = np.where(right[..., np.newaxis], np.array(blue), np.array(orange))
    return picture(np.array(ground) * (1 - strength) + ink * strength)


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


def _on(fill: QColor) -> QColor:
    """White or nearly black, whichever is read better on the colour (WCAG's luminance)."""
    values = (fill.redF(), fill.greenF(), fill.blueF())
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return QColor("#ffffff" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.18 else "#1b2530")
